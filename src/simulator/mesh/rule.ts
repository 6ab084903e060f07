/** What one HTTP rule of a VirtualService says, read once. */
import type { RuleHeaders } from "./headerEdits.ts";
import type { RetryPolicy } from "./retryPolicy.ts";
import type { TextMatch } from "./textMatch.ts";

export interface RequestMatch {
  readonly uri: TextMatch | undefined;
  readonly ignoreUriCase: boolean;
  readonly scheme: TextMatch | undefined;
  readonly method: TextMatch | undefined;
  readonly authority: TextMatch | undefined;
  readonly headers: readonly NamedMatch[];
  readonly withoutHeaders: readonly NamedMatch[];
  readonly queryParams: readonly NamedMatch[];
  readonly port: number | undefined;
  /** Names of Gateways, or `mesh`; empty for all that the VirtualService is bound to. */
  readonly gateways: readonly string[];
}

export interface NamedMatch {
  readonly name: string;
  readonly match: TextMatch;
}

export interface Destination {
  readonly host: string;
  readonly subset: string;
  readonly port: number | undefined;
}

export interface WeightedDestination {
  readonly destination: Destination;
  readonly weight: number;
  readonly headers: RuleHeaders;
}

export interface Redirect {
  readonly uri: string | undefined;
  readonly prefixRewrite: string | undefined;
  readonly authority: string | undefined;
  readonly scheme: string | undefined;
  readonly port: number | "request" | undefined;
  readonly status: number;
}

export type Action =
  | { readonly kind: "route"; readonly destinations: readonly WeightedDestination[] }
  | { readonly kind: "redirect"; readonly redirect: Redirect }
  | { readonly kind: "respond"; readonly status: number; readonly body: string };

export type UriRewrite =
  | { readonly kind: "none" }
  | { readonly kind: "prefix"; readonly text: string }
  | { readonly kind: "regex"; readonly pattern: RegExp; readonly replacement: string };

export interface Mirror {
  readonly destination: Destination;
  readonly percent: number;
}

export interface Fault {
  readonly delay: { readonly percent: number; readonly millis: number } | undefined;
  readonly abort: { readonly percent: number; readonly status: number } | undefined;
}

export interface Cors {
  readonly origins: readonly TextMatch[];
  readonly methods: string;
  readonly headers: string;
  readonly exposed: string;
  readonly maxAgeSeconds: number | undefined;
  readonly allowsCredentials: boolean;
  readonly unmatchedPreflights: "forward" | "ignore";
}

export interface HttpRule {
  readonly matches: readonly RequestMatch[];
  readonly action: Action;
  readonly rewrite: UriRewrite;
  readonly headers: RuleHeaders;
  /** Undefined for no limit, which is Istio's default. */
  readonly timeoutMillis: number | undefined;
  readonly retries: RetryPolicy | undefined;
  readonly fault: Fault;
  readonly mirrors: readonly Mirror[];
  readonly cors: Cors | undefined;
}

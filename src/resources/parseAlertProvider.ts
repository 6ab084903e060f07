import type { Refusal } from "../domain/spec.ts";
import type { ALERT_PROVIDERS } from "./alertProviderSchema.ts";
import { alertProviderSpecSchema } from "./alertProviderSchema.ts";
import { refusalsOf } from "./issues.ts";
import { unreadableIn } from "./unreadable.ts";
import { objectOr, textOr, withoutNulls } from "./wire.ts";

/** Where alerts go. Exactly one of address and secretName is there. */
export interface ParsedAlertProvider {
  readonly type: (typeof ALERT_PROVIDERS)[number];
  readonly channel: string | undefined;
  readonly username: string | undefined;
  readonly address: string | undefined;
  readonly proxy: string | undefined;
  /** Secret with the address, in the provider's own namespace. */
  readonly secretName: string | undefined;
}

/** Parse any JSON as an AlertProvider. Never throws: what is wrong becomes a refusal. */
export function parseAlertProvider(object: unknown): {
  readonly provider: ParsedAlertProvider | undefined;
  readonly refusals: readonly Refusal[];
} {
  const spec = withoutNulls(objectOr(object)["spec"]);
  const { data, error } = alertProviderSpecSchema.safeParse(spec, { reportInput: true });
  if (error !== undefined) return { provider: undefined, refusals: refusalsOf(error, "spec") };
  const unreadable = unreadableIn(spec, "spec");
  if (unreadable.length > 0) return { provider: undefined, refusals: unreadable };
  const { type, channel, username, address, proxy, secretRef } = data;
  return {
    provider: {
      type,
      channel: textOr(channel),
      username: textOr(username),
      address: textOr(address),
      proxy: textOr(proxy),
      secretName: textOr(secretRef?.name),
    },
    refusals: [],
  };
}

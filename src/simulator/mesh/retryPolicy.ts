import { type Json, millisOf, numberOf, textOf } from "./wire.ts";

export interface RetryPolicy {
  /** Tries after the first one. */
  readonly attempts: number;
  readonly perTryMillis: number | undefined;
  readonly conditions: ReadonlySet<string>;
  readonly statusCodes: ReadonlySet<number>;
  readonly ignoresPreviousHosts: boolean;
  readonly baseBackoffMillis: number;
}

/** How one try ended without an answer that could be passed on, or with one. */
export type TryOutcome =
  /** No connection could be made. */
  | { readonly kind: "connect failure" }
  /** The connection ended before the head of a response came. */
  | { readonly kind: "reset" }
  | { readonly kind: "per-try timeout" }
  | { readonly kind: "response"; readonly status: number; readonly grpcStatus: number | undefined };

const ISTIO_CONDITIONS = "connect-failure,refused-stream,unavailable,cancelled,retriable-status-codes";
const BASE_BACKOFF_MILLIS = 25;

/** A VirtualService that is silent on retries gets these, and so does a Service without one. */
export const DEFAULT_RETRIES: RetryPolicy = {
  attempts: 2,
  perTryMillis: undefined,
  conditions: new Set(ISTIO_CONDITIONS.split(",")),
  statusCodes: new Set(),
  ignoresPreviousHosts: true,
  baseBackoffMillis: BASE_BACKOFF_MILLIS,
};

/** Undefined for none at all, which `attempts: 0` asks for. */
export function parseRetries(value: unknown): RetryPolicy | undefined {
  if (typeof value !== "object" || value === null) return DEFAULT_RETRIES;
  const { attempts, perTryTimeout, retryOn, retryIgnorePreviousHosts, backoff } = value as Json;
  const count = numberOf(attempts) ?? 0;
  if (count <= 0) return undefined;
  const words = (textOf(retryOn) || ISTIO_CONDITIONS)
    .split(",")
    .map((word) => word.trim())
    .filter((word) => word !== "");
  const codes = words.filter((word) => /^[1-5]\d\d$/.test(word));
  const conditions = new Set(words.filter((word) => !codes.includes(word)));
  if (codes.length > 0) conditions.add("retriable-status-codes");
  return {
    attempts: count,
    perTryMillis: millisOf(perTryTimeout),
    conditions,
    statusCodes: new Set(codes.map(Number)),
    ignoresPreviousHosts: retryIgnorePreviousHosts !== false,
    baseBackoffMillis: millisOf(backoff) ?? BASE_BACKOFF_MILLIS,
  };
}

/** Whether the policy wants another try after this one. How many there were already is not asked here. */
export function wantsRetry(policy: RetryPolicy, outcome: TryOutcome): boolean {
  const { conditions } = policy;
  switch (outcome.kind) {
    case "connect failure":
      return conditions.has("connect-failure") || onAnyReset(conditions) || conditions.has("reset-before-request");
    case "reset":
    case "per-try timeout":
      return onAnyReset(conditions);
    case "response":
      return onResponse(policy, outcome.status, outcome.grpcStatus);
  }
}

const onAnyReset = (conditions: ReadonlySet<string>): boolean =>
  conditions.has("reset") || conditions.has("5xx") || conditions.has("gateway-error");

const GRPC_CODES: Readonly<Record<number, string>> = {
  1: "cancelled",
  4: "deadline-exceeded",
  8: "resource-exhausted",
  13: "internal",
  14: "unavailable",
};

function onResponse({ conditions, statusCodes }: RetryPolicy, status: number, grpcStatus: number | undefined): boolean {
  if (conditions.has("5xx") && status >= 500) return true;
  if (conditions.has("gateway-error") && [502, 503, 504].includes(status)) return true;
  if (conditions.has("retriable-4xx") && status === 409) return true;
  if (conditions.has("retriable-status-codes") && statusCodes.has(status)) return true;
  const code = grpcStatus === undefined ? undefined : GRPC_CODES[grpcStatus];
  return code !== undefined && conditions.has(code);
}

/** How long to wait before the try of this number, counted from 1: anything up to a bound that doubles, as Envoy does it. */
export function backoffMillisOf({ baseBackoffMillis }: RetryPolicy, retry: number, chance: number): number {
  const bound = Math.min(baseBackoffMillis * (2 ** retry - 1), baseBackoffMillis * 10);
  return Math.floor(chance * bound);
}

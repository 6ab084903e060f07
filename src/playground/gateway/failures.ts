/** Tries that brought no answer, and what becomes of them. */
import type { TryOutcome } from "../../simulator/mesh/retryPolicy.ts";
import type { TryResult } from "./upstream.ts";

/** What a client gets when no pod answered. */
export interface Failure {
  readonly status: number;
  readonly body: string;
  readonly flags: string;
}

/** What a retry policy is asked about. */
export function outcomeOf(result: TryResult): TryOutcome {
  if (result.kind !== "response") return { kind: result.kind };
  const { statusCode = 0, headers } = result.response;
  const grpc = headers["grpc-status"];
  return { kind: "response", status: statusCode, grpcStatus: grpc === undefined ? undefined : Number(grpc) };
}

/** Let an answer go that nobody is to see. */
export function discard(result: TryResult): void {
  if (result.kind === "response") result.response.resume();
}

/** In Envoy's own words, which people search for. */
export function failureOf(kind: "connect failure" | "reset" | "per-try timeout"): Failure {
  const reset = "upstream connect error or disconnect/reset before headers. reset reason:";
  switch (kind) {
    case "connect failure":
      return { status: 503, body: `${reset} remote connection failure`, flags: "UF" };
    case "reset":
      return { status: 503, body: `${reset} connection termination`, flags: "UC" };
    case "per-try timeout":
      return { status: 504, body: "upstream request timeout", flags: "UT" };
  }
}

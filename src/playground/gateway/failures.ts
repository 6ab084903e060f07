/** Tries that brought no answer. */
import type { TryOutcome } from "../../simulator/mesh/retryPolicy.ts";
import type { TryResult } from "./upstream.ts";

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

import type { Instant } from "../domain/time.ts";
import type { Desk } from "./observe.ts";
import type { Key } from "./ports.ts";
import { type Retry, retryFor } from "./retry.ts";
import { tick } from "./tick.ts";

/** How one pass over a rollout ended, and so when the next one is due. */
export type Pass =
  | { readonly kind: "done"; readonly wakeAt: Instant | undefined }
  | {
      readonly kind: "failed";
      /** When the rollout would have been looked at again anyway. */
      readonly wakeAt: Instant | undefined;
      readonly retry: Retry;
      readonly error: unknown;
    };

/**
 * One pass over one rollout. Never rejects: whatever goes wrong comes back as what to do about it. A refusal by the API
 * server is remembered, so that the next pass tells it on the object.
 */
export async function pass(key: Key, desk: Desk): Promise<Pass> {
  let wakeAt: Instant | undefined;
  try {
    await tick(key, desk, (planned) => {
      wakeAt = planned;
    });
    // Gone through: what was refused before is not any more. Look again so that the object says so.
    return { kind: "done", wakeAt: desk.rejections.forget(key) ? desk.ports.clock.now() : wakeAt };
  } catch (error) {
    const retry = retryFor(error);
    if (retry.kind === "edit" && desk.rejections.remember(key, retry.message)) {
      return { kind: "failed", wakeAt, retry: { kind: "now" }, error };
    }
    return { kind: "failed", wakeAt, retry, error };
  }
}

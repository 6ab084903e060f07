import { InvariantError, RejectedError, StaleError, UnavailableError } from "./errors.ts";

/** What an error means for the queue. Nothing else in the controller knows about retries. */
export type Retry =
  /** Our facts were old: look again at once. */
  | { readonly kind: "now" }
  /** The world is down: later, ever more patiently. */
  | { readonly kind: "backoff" }
  /** A person must edit something: told on the object, tried again seldom in case the edit is out of our sight. */
  | { readonly kind: "edit"; readonly message: string }
  /** We are wrong: leave the rollout where it stands. */
  | { readonly kind: "never" };

export function retryFor(error: unknown): Retry {
  if (error instanceof StaleError) return { kind: "now" };
  if (error instanceof RejectedError) return { kind: "edit", message: error.message };
  if (error instanceof UnavailableError) return { kind: "backoff" };
  if (error instanceof InvariantError) return { kind: "never" };
  // Whatever escaped translation is a bug, but one that may pass: a rollout frozen for it would be worse.
  return { kind: "backoff" };
}

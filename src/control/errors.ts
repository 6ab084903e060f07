/**
 * The four meanings an error can have for the work queue. Adapters translate at their edge and keep the original as
 * `cause`; `retry.ts` alone says what follows from each.
 */

/** Our facts were old. Look again at once; nobody needs to be told. */
export class StaleError extends Error {
  override readonly name = "StaleError";
}

/** The world is down or slow. Try again later, ever more patiently. */
export class UnavailableError extends Error {
  override readonly name = "UnavailableError";
}

/** A person must change something first. Told on the object, with the path of the field. */
export class RejectedError extends Error {
  override readonly name = "RejectedError";
}

/** We are wrong. The rollout is frozen where it stands. */
export class InvariantError extends Error {
  override readonly name = "InvariantError";
}

/** State a fact that must hold, whatever the input. */
export function invariant(holds: boolean, fact: string): asserts holds {
  if (!holds) throw new InvariantError(`broken invariant: ${fact}`);
}

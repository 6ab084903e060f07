/** A law does not hold; the message says which, and of what. */
export class BrokenLawError extends Error {
  override readonly name = "BrokenLawError";
}

/** State a law. `what` is only asked for where it is broken. */
export function law(holds: boolean, sentence: string, what: () => unknown = () => ""): asserts holds {
  if (holds) return;
  const shown = what();
  const text = typeof shown === "string" ? shown : JSON.stringify(shown);
  throw new BrokenLawError(text === "" ? sentence : `${sentence}: ${text.slice(0, 2000)}`);
}

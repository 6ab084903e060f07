import type { Ending } from "./ending.ts";
import type { Law, Tell } from "./law.ts";

/** Once nothing goes wrong any more, everything comes to rest. */
export class ComesToRest implements Law {
  readonly #tell: Tell;

  constructor(tell: Tell) {
    this.#tell = tell;
  }

  ended(atMillis: number, { isSettled }: Ending): void {
    if (!isSettled) this.#tell("long after the storm the world is not at rest", atMillis);
  }
}

/** What went wrong leaves no trace: the world ends as if it had never been. */
export class StormForgotten implements Law {
  readonly #tell: Tell;

  constructor(tell: Tell) {
    this.#tell = tell;
  }

  ended(atMillis: number, { difference }: Ending): void {
    if (difference !== undefined) this.#tell(`the world ends otherwise than in fine weather: ${difference}`, atMillis);
  }
}

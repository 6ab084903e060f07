import { type Sample, unmeasurable } from "./sample.ts";

interface Shared {
  readonly sample: Promise<Sample>;
  readonly abandon: AbortController;
  askers: number;
}

/** Asks what is to be answered; gives up when the controller aborts. Never rejects. */
export type AskOnce = (abandon: AbortController) => Promise<Sample>;

/** One for all: to make one for each question is dearer than the rest of asking it. */
const NOBODY_WAITS = new Error("nobody waits for the answer any more");

/** The same question asked several times at once is one request. */
export class SharedQuestions {
  readonly #underWay = new Map<string, Shared>();

  /** The answer to the question of that key, which `start` asks unless it is under way. */
  async ask(key: string, start: AskOnce, signal?: AbortSignal): Promise<Sample> {
    const shared = this.#underWay.get(key) ?? this.#start(key, start);
    shared.askers++;
    try {
      return await unlessAborted(shared.sample, signal);
    } finally {
      shared.askers--;
      // One asker's withdrawal leaves the others their answer; the last one's ends the request.
      if (shared.askers === 0) {
        if (this.#underWay.get(key) === shared) this.#underWay.delete(key);
        shared.abandon.abort(NOBODY_WAITS);
      }
    }
  }

  #start(key: string, start: AskOnce): Shared {
    const abandon = new AbortController();
    const shared = { sample: start(abandon), abandon, askers: 0 };
    this.#underWay.set(key, shared);
    return shared;
  }
}

function unlessAborted(sample: Promise<Sample>, signal: AbortSignal | undefined): Promise<Sample> {
  if (signal === undefined) return sample;
  const withdrawn = unmeasurable("the question was withdrawn before the answer came");
  if (signal.aborted) return Promise.resolve(withdrawn);
  return new Promise((resolve) => {
    const withdraw = () => resolve(withdrawn);
    signal.addEventListener("abort", withdraw, { once: true });
    void sample.then(resolve).finally(() => signal.removeEventListener("abort", withdraw));
  });
}

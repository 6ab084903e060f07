/** Lives side by side, on as many cores as may be used. This file is the beginning of each of its threads as well. */
import { on } from "node:events";
import { type MessagePort, parentPort, Worker, workerData } from "node:worker_threads";
import { settingOf } from "../../simulation/scenario/setting.ts";
import { type Held, type Stage, stageOf, type Trial } from "../../simulation/scenario/trial.ts";
import { type Life, livesOn, type RunLife } from "./life.ts";
import type { Manifest } from "./manifests.ts";
import type { SimulateOptions } from "./options.ts";

export interface Crew {
  readonly run: RunLife;
  /** What is still under way is given up. */
  end(): Promise<void>;
}

/** What a stage is made of: a thread makes its own. */
export interface Script {
  readonly objects: readonly Manifest[];
  readonly canary: Manifest;
}

/** Lives begin in the order in which they are asked for, so many at a time. */
export function crewOf(workers: number, stage: Stage, script: Script, options: SimulateOptions): Crew {
  return workers === 1 ? alone(livesOn(stage, options)) : new Threads(workers, { ...script, options });
}

/** In this thread, one after the other. */
function alone(run: RunLife): Crew {
  let last: Promise<unknown> = Promise.resolve();
  return {
    run: (life) => {
      const next = last.then(turn).then(() => run(life));
      last = next.catch(() => {});
      return next;
    },
    end: async () => {},
  };
}

/** A life lets nothing else happen until it is over: what waits is let in between two of them. */
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

interface Task extends PromiseWithResolvers<Trial | Held> {
  readonly life: Life;
}

const MARK = "serin simulate";

interface Told extends Script {
  readonly options: SimulateOptions;
}

class Threads implements Crew {
  readonly #most: number;
  readonly #told: Told;
  readonly #waiting: Task[] = [];
  readonly #idle: Worker[] = [];
  readonly #busy = new Map<Worker, Task>();

  constructor(most: number, told: Told) {
    this.#most = most;
    this.#told = told;
  }

  readonly run: RunLife = (life) => {
    const task: Task = { life, ...Promise.withResolvers<Trial | Held>() };
    this.#waiting.push(task);
    this.#assign();
    return task.promise;
  };

  async end(): Promise<void> {
    const threads = [...this.#idle, ...this.#busy.keys()];
    this.#waiting.length = 0;
    this.#busy.clear();
    this.#idle.length = 0;
    await Promise.all(threads.map((thread) => thread.terminate()));
  }

  #assign(): void {
    while (this.#waiting.length > 0) {
      const hasRoom = this.#idle.length + this.#busy.size < this.#most;
      const thread = this.#idle.pop() ?? (hasRoom ? this.#hire() : undefined);
      const task = thread && this.#waiting.shift();
      if (thread === undefined || task === undefined) return;
      this.#busy.set(thread, task);
      thread.postMessage(task.life);
    }
  }

  #hire(): Worker {
    const thread = new Worker(new URL(import.meta.url), { workerData: { mark: MARK, ...this.#told } });
    thread.on("message", (outcome: Trial | Held) => {
      const task = this.#busy.get(thread);
      if (task === undefined) return;
      this.#busy.delete(thread);
      this.#idle.push(thread);
      task.resolve(outcome);
      this.#assign();
    });
    thread.on("error", (error) => {
      this.#busy.get(thread)?.reject(error);
      this.#busy.delete(thread);
    });
    return thread;
  }
}

/** In a thread: one life after the other, as they are asked for. */
async function serve(port: MessagePort, { objects, canary, options }: Told): Promise<void> {
  // Heard from now on: what is asked meanwhile is not missed.
  const asked = on(port, "message") as AsyncIterable<readonly [Life]>;
  const staged = await stageOf(settingOf(objects, canary));
  if ("refused" in staged) throw new Error("a thread refuses what was taken before");
  const run = livesOn(staged.stage, options);
  for await (const [life] of asked) port.postMessage(await run(life));
}

if (parentPort !== null && workerData?.mark === MARK) void serve(parentPort, workerData);

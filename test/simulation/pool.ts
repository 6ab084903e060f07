/** Many lives on several threads. */
import { availableParallelism } from "node:os";
import { Worker } from "node:worker_threads";
import type { Orders, Report } from "./worker.ts";

export interface PoolOptions extends Orders {
  readonly seeds: Iterable<number>;
  /** As many as there are cores unless told otherwise. */
  readonly threads?: number;
  /** Told of each life as it ends, in no order. Answering true asks for no more of them. */
  readonly onReport: (report: Report) => boolean | undefined;
}

/** Resolves when all lives are over, or enough of them. Rejects where a thread dies. */
export async function liveAll({ seeds, threads, onReport, ...orders }: PoolOptions): Promise<void> {
  const waiting = seeds[Symbol.iterator]();
  let isEnough = false;
  const next = (): number | undefined => {
    const { done, value } = isEnough ? { done: true, value: 0 } : waiting.next();
    return done === true ? undefined : value;
  };
  const run = async (): Promise<void> => {
    const worker = new Worker(new URL("./worker.ts", import.meta.url), {
      workerData: orders,
      // A life makes much that soon is of no use: with more room, far less of it is looked at twice.
      resourceLimits: { maxYoungGenerationSizeMb: 128 },
    });
    try {
      await serve(worker, next, (report) => {
        isEnough = onReport(report) === true || isEnough;
      });
    } finally {
      await worker.terminate();
    }
  };
  await Promise.all(Array.from({ length: threads ?? availableParallelism() }, run));
}

function serve(worker: Worker, next: () => number | undefined, tell: (report: Report) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const give = (): void => {
      const seed = next();
      if (seed === undefined) resolve();
      else worker.postMessage(seed);
    };
    worker.on("message", (report: Report) => {
      tell(report);
      give();
    });
    worker.on("error", reject);
    give();
  });
}

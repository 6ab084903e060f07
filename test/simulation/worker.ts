/** One thread that lives and judges lives, with a mistake in its code or without. */
import { parentPort, workerData } from "node:worker_threads";
import type { Breach } from "../../src/simulation/laws/court.ts";
import type { LifeName } from "./lives.ts";
import { infect, type Mutant } from "./mutants/mutant.ts";

export interface Orders {
  readonly mutant?: Mutant;
  readonly ends: Ends;
  readonly laws?: readonly Breach["law"][];
  /** As drawn unless told otherwise. */
  readonly life?: LifeName;
}

/** Which lives' ends are compared with those of the same lives in fine weather. It costs a second life. */
export type Ends = "all" | "one of four" | "none";

const isCompared = (ends: Ends, seed: number): boolean => ends === "all" || (ends === "one of four" && seed % 4 === 0);

/** What is told of each life. */
export interface Report {
  readonly seed: number;
  readonly breaches: readonly Breach[];
  readonly ticks: number;
  readonly writes: number;
  readonly cpuMillis: number;
  readonly digest: string;
  /** Files of the mutant that nothing has loaded: then it was never tried. */
  readonly unused: readonly string[];
  /** Why the life could not be lived. */
  readonly error: string | undefined;
}

/** Lives are full of errors that are expected, and most of what one costs is to find out where it came from. */
const FRAMES = 2;

if (parentPort !== null) {
  Error.stackTraceLimit = FRAMES;
  const port = parentPort;
  const { mutant, ends, ...orders } = workerData as Orders;
  const unused = mutant === undefined ? () => [] : infect(mutant);
  // Loaded only now, with the mistake in it.
  const { judge } = await import("./judge.ts");
  port.on("message", async (seed: number) => {
    try {
      const judged = await judge({ seed, ...orders, compareEnds: isCompared(ends, seed) });
      const { breaches, ticks, writes, cpuMillis, digest } = judged;
      const report: Report = { seed, breaches, ticks, writes, cpuMillis, digest, unused: unused(), error: undefined };
      port.postMessage(report);
    } catch (error) {
      const none = { breaches: [], ticks: 0, writes: 0, cpuMillis: 0, digest: "" };
      const report: Report = { seed, ...none, unused: unused(), error: String((error as Error).stack ?? error) };
      port.postMessage(report);
    }
  });
}

/** `npm run fuzz`: objects that nobody would write in earnest, through the controller from parsing to writing. */
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { isMainThread, parentPort, Worker, workerData } from "node:worker_threads";
import { printYaml } from "../../src/resources/yaml.ts";
import { play } from "./play.ts";
import { sceneOf } from "./sceneOf.ts";
import { shrunk } from "./shrink.ts";

const help = `Usage: npm run fuzz [-- OPTIONS]

Each case is a Canary, a cluster around it and what happens to both, drawn from one seed: every field of the three kinds,
workloads, Services, routes and endpoints of any shape, statuses by anybody's hand; parts of them spoiled. All of it goes
through parse, observe, decide and apply as in production, pass after pass until it rests, under the laws of test/fuzz.

  --cases N     how many; 100000 unless told otherwise
  --seed S      seed of the first case, the next one has S + 1; drawn by the clock unless told otherwise
  --workers N   how many at once; ${availableParallelism()} on this machine
  --most N      end after so many failures; 1 unless told otherwise
  --help        this text

A failure prints the smallest scene that fails in the same way, as YAML, and the seed that plays it again.
Exit codes: 0 every law held; 1 one did not; 2 wrong usage
`;

/** Cases between two signs of life of a worker. */
const BATCH = 200;

interface Failure {
  readonly seed: number;
  readonly words: string;
}

interface Order {
  readonly seed: number;
  readonly cases: number;
}

/** What a worker tells: so many more cases are done, and which of them failed. */
interface News {
  readonly done: number;
  readonly failures: readonly Failure[];
}

async function work({ seed, cases }: Order, tell: (news: News) => void): Promise<void> {
  for (let first = seed; first < seed + cases; first += BATCH) {
    const failures: Failure[] = [];
    const last = Math.min(first + BATCH, seed + cases);
    for (let one = first; one < last; one += 1) {
      const words = await failureOf(one);
      if (words !== undefined) failures.push({ seed: one, words });
    }
    tell({ done: last - first, failures });
  }
}

async function failureOf(seed: number): Promise<string | undefined> {
  try {
    await play(sceneOf(seed));
    return undefined;
  } catch (error) {
    return wordsOf(error);
  }
}

function wordsOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.name === "BrokenLawError" ? `broken law: ${error.message}` : (error.stack ?? error.message);
}

/** Two failures are the same when they begin alike: the law, or the error and the line that threw it. */
const kindOf = (words: string): string =>
  words
    .split(/: [{["]|\n/, 2)
    .join("")
    .slice(0, 160);

async function report({ seed, words }: Failure): Promise<void> {
  const kind = kindOf(words);
  const isSame = async (scene: ReturnType<typeof sceneOf>): Promise<boolean> =>
    await play(scene).then(
      () => false,
      (error: unknown) => kindOf(wordsOf(error)) === kind,
    );
  const smallest = await shrunk(sceneOf(seed), isSame);
  console.log(`\ncase ${seed}: ${words.slice(0, 3000)}\n\nthe smallest scene that fails in the same way:\n`);
  console.log(printYaml(smallest));
  console.log(`again: npm run fuzz -- --seed ${seed} --cases 1`);
}

async function main(args: readonly string[]): Promise<number> {
  const options = readOptions(args);
  if (options === undefined) return 2;
  if (options === "help") {
    console.log(help);
    return 0;
  }
  const { cases, seed, workers, most } = options;
  console.log(`seed ${seed}, ${cases} cases, ${workers} at once`);
  const start = performance.now();
  const failures: Failure[] = [];
  let done = 0;
  let shown = start;
  const threads = shares({ seed, cases }, workers).map(
    (share) => new Worker(import.meta.filename, { workerData: share }),
  );
  const ends = threads.map(async (thread) => {
    thread.on("message", (news: News) => {
      done += news.done;
      failures.push(...news.failures);
      for (const { seed: one, words } of news.failures) console.log(`case ${one}: ${words.slice(0, 300)}`);
      if (failures.length >= most) for (const each of threads) void each.terminate();
      if (performance.now() - shown < 5000) return;
      shown = performance.now();
      console.log(`${done} cases, ${rate(done, start)}, ${failures.length} failures`);
    });
    await new Promise<void>((resolve, reject) => thread.on("exit", () => resolve()).on("error", reject));
  });
  await Promise.all(ends);
  console.log(
    `${done} cases in ${((performance.now() - start) / 1000).toFixed(1)} s, ${rate(done, start)}, ${failures.length} failures`,
  );
  for (const failure of failures.slice(0, most)) await report(failure);
  return failures.length === 0 ? 0 : 1;
}

const rate = (done: number, start: number): string =>
  `${Math.round((done * 1000) / (performance.now() - start))} cases/s`;

function shares({ seed, cases }: Order, workers: number): readonly Order[] {
  const each = Math.ceil(cases / workers);
  return Array.from({ length: workers }, (_, place) => ({
    seed: seed + place * each,
    cases: Math.min(each, cases - place * each),
  })).filter((order) => order.cases > 0);
}

function readOptions(args: readonly string[]) {
  try {
    const text = { type: "string" } as const;
    const { values } = parseArgs({
      args: [...args],
      options: { cases: text, seed: text, workers: text, most: text, help: { type: "boolean" } },
    });
    if (values.help === true) return "help";
    const count = (name: "cases" | "seed" | "workers" | "most", otherwise: number, least: number): number => {
      const value = values[name] === undefined ? otherwise : Number(values[name]);
      if (Number.isSafeInteger(value) && value >= least) return value;
      throw new Error(`--${name}: ${values[name]} is not a whole number from ${least} on`);
    };
    return {
      cases: count("cases", 100_000, 1),
      seed: count("seed", Math.floor(Date.now() / 1000), 0),
      workers: count("workers", availableParallelism(), 1),
      most: count("most", 1, 1),
    };
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n\n${help}`);
    return undefined;
  }
}

if (isMainThread) {
  if (import.meta.main) process.exitCode = await main(process.argv.slice(2));
} else await work(workerData as Order, (news) => parentPort?.postMessage(news));

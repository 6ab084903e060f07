/** One run: a fresh plane, a fresh controller, many canaries, and what it all cost. */
import { readFile } from "node:fs/promises";
import { loadavg } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { request } from "undici";
import { parse } from "yaml";
import type { Controller } from "../plane/controller.ts";
import { run } from "../plane/progress.ts";
import { type Stage, setStage } from "../plane/stage.ts";
import { Fleet } from "./fleet.ts";
import type { Options } from "./options.ts";
import { between, type RequestCount, reads, requestsSoFar, total } from "./requests.ts";
import { startStubPrometheus } from "./stubPrometheus.ts";
import { Vitals } from "./vitals.ts";

const repository = join(import.meta.dirname, "../..");
const bundle = join(repository, "dist/serin.js");

/** Events are gathered for a second and sent in turn: the last ones belong to the rollout as well. */
const afterglowMillis = 5000;
/** What initialising left to do is over. */
const calmMillis = 5000;

export interface Figures {
  readonly canaries: number;
  /** Load average of the last minute when the roll began, and when it ended. */
  readonly load: readonly [number, number];
  readonly initSeconds: number;
  readonly idle: { readonly seconds: number; readonly requests: number; readonly upkeep: number } | undefined;
  readonly rollSeconds: number;
  readonly firstWeightSeconds: readonly number[];
  /** The part of it after the pods were available. */
  readonly readyToWeightSeconds: readonly number[];
  /** The whole of it for one that was rolled alone. */
  readonly loneFirstWeightSeconds: number | undefined;
  readonly cpuMillisPerRollout: number;
  /** By program: who else the machine worked for. */
  readonly everybodysCpuMillisPerRollout: Readonly<Record<string, number>>;
  readonly readsPerRollout: number;
  readonly requestsPerRollout: number;
  readonly requests: readonly RequestCount[];
  readonly upkeep: readonly RequestCount[];
  readonly queriesPerRollout: number;
  readonly passesPerRollout: number;
  readonly memory: Memory;
}

/** In MB. */
export interface Memory {
  readonly idle: number;
  readonly now: number;
  readonly peak: number;
  readonly highWater: number;
  readonly heap: { readonly used: number; readonly total: number };
}

export interface Run {
  readonly canaries: number;
  /** Idleness and a lone rollout are looked at in one run only: they take a minute and more, and hardly vary. */
  readonly isFull: boolean;
  readonly label: string;
}

export async function measure({ canaries, isFull, label }: Run, options: Options): Promise<Figures> {
  const say = (line: string) => console.log(`[${label}] ${line}`);
  say("starting the plane");
  const stage = await setStage({ istio: false, prometheus: false, audit: true, servers: "none" });
  const stub = await startStubPrometheus(stage.plane.urls.prometheus);
  const fleet = new Fleet(stage, canaries, say);
  try {
    const controller = await startAsChart(stage, options);
    const vitals = new Vitals(controller.pid ?? 0);
    try {
      const seen = await observe(
        { stage, controller, fleet, vitals, say, stub, canaries },
        isFull ? options.idleSeconds : 0,
      );
      if (isFull) say("rolling one alone");
      const alone = isFull ? await fleet.nudge("app-0") : undefined;
      return { ...seen, loneFirstWeightSeconds: alone?.firstWeightSeconds[0] };
    } finally {
      vitals.stop();
      await controller.stop();
    }
  } finally {
    fleet.stop();
    stub.stop();
    await stage.stop();
  }
}

interface Scene {
  readonly stage: Stage;
  readonly controller: Controller;
  readonly fleet: Fleet;
  readonly vitals: Vitals;
  readonly stub: { readonly queries: number };
  readonly canaries: number;
  readonly say: (line: string) => void;
}

async function observe(
  { stage, controller, fleet, vitals, stub, canaries, say }: Scene,
  idleSeconds: number,
): Promise<Omit<Figures, "loneFirstWeightSeconds">> {
  say(`making ${canaries} canaries`);
  const initSeconds = await fleet.initialise();
  say(`all initialized after ${initSeconds.toFixed(1)} s`);
  await sleep(calmMillis);
  const idle = idleSeconds > 0 ? await beIdle(stage, idleSeconds, say) : undefined;

  const idleMemory = vitals.memory().now;
  const counts = async () => ({
    requests: await requestsSoFar(stage.plane),
    ...(await ownCounts(controller)),
    queries: stub.queries,
    cpu: vitals.everybodysCpuMillis(),
  });
  const before = await counts();
  const loadBefore = loadavg()[0] ?? 0;
  say(`rolling all ${canaries} at once; load ${loadBefore.toFixed(1)}`);
  const { seconds, ...times } = await fleet.roll();
  const loadAfter = loadavg()[0] ?? 0;
  say(`the last one is promoted after ${seconds.toFixed(1)} s; load ${loadAfter.toFixed(1)}`);
  await sleep(afterglowMillis);
  const after = await counts();
  const { work, upkeep } = between(before.requests, after.requests);
  return {
    canaries,
    load: [loadBefore, loadAfter],
    initSeconds,
    idle,
    rollSeconds: seconds,
    ...times,
    cpuMillisPerRollout: (after.cpu["serin"] ?? 0) / canaries - (before.cpu["serin"] ?? 0) / canaries,
    everybodysCpuMillisPerRollout: Object.fromEntries(
      Object.entries(after.cpu).map(([name, spent]) => [name, (spent - (before.cpu[name] ?? 0)) / canaries]),
    ),
    readsPerRollout: total(reads(work)) / canaries,
    requestsPerRollout: total(work) / canaries,
    requests: work,
    upkeep,
    queriesPerRollout: (after.queries - before.queries) / canaries,
    passesPerRollout: (after.passes - before.passes) / canaries,
    memory: { idle: idleMemory, ...vitals.memory(), heap: after.heapMegabytes },
  };
}

async function beIdle(stage: Stage, seconds: number, say: Scene["say"]): Promise<Figures["idle"]> {
  say(`counting requests of ${seconds} s of idleness`);
  const before = await requestsSoFar(stage.plane);
  await sleep(seconds * 1000);
  const { work, upkeep } = between(before, await requestsSoFar(stage.plane));
  say(`${total(work)} requests, and ${total(upkeep)} watches or leases renewed`);
  return { seconds, requests: total(work), upkeep: total(upkeep) };
}

/** What the controller says of itself: how often it looked at a rollout, and its JavaScript heap. */
async function ownCounts(controller: Controller) {
  const { body } = await request(`${controller.url}/metrics`);
  const text = await body.text();
  const series = (name: string) => Number(new RegExp(`^${name} ([\\d.e+]+)$`, "m").exec(text)?.[1] ?? 0);
  const heap = { used: "nodejs_heap_size_used_bytes", total: "nodejs_heap_size_total_bytes" };
  return {
    passes: series("serin_queue_work_seconds_count"),
    heapMegabytes: { used: series(heap.used) / 2 ** 20, total: series(heap.total) / 2 ** 20 },
  };
}

/** The bundle under the chart's service account and heap limit, started as the image starts it, at the log level it has by default. */
async function startAsChart(stage: Stage, { cpuProfile, flags }: Options) {
  if (cpuProfile !== undefined) {
    const profile = ["--cpu-prof", `--cpu-prof-dir=${cpuProfile}`, join(repository, "src/serin.ts"), "controller"];
    return stage.controller({ command: [process.execPath, ...profile], logLevel: "info", args: flags });
  }
  const compileCache = join(stage.plane.directory, "compile-cache");
  // As the Dockerfile does: compiled once, before the first start.
  await run("env", [`NODE_COMPILE_CACHE=${compileCache}`, process.execPath, bundle, "version"]);
  const values: unknown = parse(await readFile(join(repository, "charts/serin/values.yaml"), "utf8"));
  const { maxOldSpaceMegabytes } = values as { readonly maxOldSpaceMegabytes: number };
  const { nodeOptions, variables } = await imageSettings();
  return stage.controller({
    command: [process.execPath, ...nodeOptions, bundle, "controller"],
    logLevel: "info",
    args: flags,
    env: {
      ...variables,
      NODE_ENV: "production",
      NODE_COMPILE_CACHE: compileCache,
      NODE_OPTIONS: `--max-old-space-size=${maxOldSpaceMegabytes}`,
    },
  });
}

/** What the Dockerfile tells Node and the C library about memory. */
async function imageSettings() {
  const text = await readFile(join(repository, "Dockerfile"), "utf8");
  const entry: unknown = JSON.parse(/^ENTRYPOINT (.+)$/m.exec(text)?.[1] ?? "[]");
  const words = Array.isArray(entry) ? entry.map(String) : [];
  const arenas = /^ENV MALLOC_ARENA_MAX=(\d+)$/m.exec(text)?.[1];
  return {
    nodeOptions: words.filter((word) => word.startsWith("--")),
    variables: arenas === undefined ? {} : { MALLOC_ARENA_MAX: arenas },
  };
}

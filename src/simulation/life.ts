import type { Log } from "../runtime/log.ts";
import type { ApiServer } from "../simulator/api/apiServer.ts";
import { textAt } from "../simulator/api/json.ts";
import type { Watcher, WriteSeen } from "../simulator/happening.ts";
import type { Client } from "../simulator/traffic/client.ts";
import { Dice, pick } from "../simulator/weather/dice.ts";
import type { Fault, FaultKind } from "../simulator/weather/faults.ts";
import type { AppPlan } from "./app.ts";
import { FIRST } from "./author.ts";
import { clusterImage, LIFE_BEGINS_MILLIS } from "./clusterImage.ts";
import { type Deed, found, perform } from "./deeds.ts";
import { endState } from "./endState.ts";
import { drawPlan, type LifePlan } from "./plan.ts";
import { NAMESPACE } from "./users.ts";
import { SimWorld } from "./world.ts";

export interface LifeOptions {
  readonly seed: number;
  readonly watchers?: readonly Watcher[];
  /** Where its cluster begins. Made anew without it, which costs more than the life. */
  readonly image?: ApiServer;
  /** What the seed would draw, unless told otherwise. */
  readonly plan?: LifePlan;
  /** Faults of these kinds only; none at all where it is empty. Without it, the seed draws them. */
  readonly kinds?: readonly FaultKind[];
  /** Of the faults, from 0 to 1. Without it, the seed draws it. */
  readonly intensity?: number;
  /** Deeds and faults, by id, that are left out: to shorten a story. */
  readonly without?: ReadonlySet<string>;
  readonly onFault?: (fault: Fault) => void;
  /** Told of each deed as it is done; `isDone` is false where there was nothing to do it to. */
  readonly onDeed?: (deed: Deed, atMillis: number, isDone: boolean) => void;
  /** Of the replicas. */
  readonly log?: Log;
}

/** A phase that the status of a Canary named. */
export interface PhaseTold {
  /** Since the epoch. */
  readonly atMillis: number;
  readonly canary: string;
  readonly phase: string;
}

export interface Life {
  readonly seed: number;
  readonly plan: LifePlan;
  readonly phases: readonly PhaseTold[];
  /** That took effect, of whoever. */
  readonly writes: number;
  /** Of the replicas to the API server, watches not counted. */
  readonly requests: number;
  /** Passes over rollouts, of all replicas. */
  readonly ticks: number;
  /** Whether everything came to rest in time. */
  readonly isSettled: boolean;
  /** How long that took from the end of the storm, and how long it lived in all, in virtual milliseconds. */
  readonly calmMillis: number;
  readonly livedMillis: number;
  /** The world as it is in the end, without times and whatever chance named: see `endState`. */
  readonly endState: string;
}

/** After so long in which nothing happened, nothing will. */
const QUIET_MILLIS = 60_000;
/** Longer than any rollout takes when nothing goes wrong: then it is stuck. */
const CALM_LIMIT_MILLIS = 3_600_000;
const LOOK_MILLIS = 5_000;
/** Shorter than what the controller is told to wait for proxies: a longer one is a wrong setting, and loses requests. */
const MOST_PROXY_LAG_MILLIS = 900;

/** Kinds whose writes say nothing of whether anything still goes on. */
const ALWAYS = new Set(["Lease", "Event", "HorizontalPodAutoscaler"]);
const RESTING = new Set(["Initialized", "Succeeded", "Failed"]);

/** One life: everything in it follows from its seed. Storm first, then calm, until all is at rest or should long have been. */
export async function runLife(options: LifeOptions): Promise<Life> {
  const { seed, plan = drawPlan(seed), without = new Set(), image = await clusterImage() } = options;
  const record = new Memory();
  const world = worldOf(options, plan, image, [record, ...(options.watchers ?? [])]);
  await world.start();
  for (let number = 0; number < plan.replicas; number++) world.addReplica().start();
  for (const app of plan.apps) found(app, FIRST, world);
  for (const deed of plan.deeds) {
    if (!without.has(deed.id)) world.clock.setTimer(deed.atMillis, () => act(deed, world, options));
  }
  await world.clock.advance(plan.stormMillis);
  const isSettled = (await settle(world, record)) && (await conclude(world, record, options, plan.last));
  const livedMillis = world.clock.monotonic();
  const end = endState(world.api);
  await world.stop();
  const sum = (of: (replica: SimWorld["replicas"][number]) => number): number =>
    world.replicas.reduce((total, replica) => total + of(replica), 0);
  return {
    seed,
    plan,
    phases: record.phases,
    writes: world.writes,
    requests: sum(({ requests }) => requests),
    ticks: sum(({ ticks }) => ticks),
    isSettled,
    calmMillis: livedMillis - plan.stormMillis,
    livedMillis,
    endState: end,
  };
}

function worldOf(options: LifeOptions, plan: LifePlan, image: ApiServer, watchers: readonly Watcher[]): SimWorld {
  const { seed, kinds, intensity, without, onFault, log } = options;
  const weather = {
    stormEndsAtMillis: LIFE_BEGINS_MILLIS + plan.stormMillis,
    mostProxyLagMillis: MOST_PROXY_LAG_MILLIS,
    ...(kinds === undefined ? {} : { kinds }),
    ...(intensity === undefined ? {} : { intensity }),
    ...(without === undefined ? {} : { without }),
    ...(onFault === undefined ? {} : { onFault }),
  };
  const clients = plan.apps.map((app) => clientOf(app, seed));
  return new SimWorld({ image, seed, watchers, weather, clients, ...(log === undefined ? {} : { log }) });
}

function clientOf({ name, crowds }: AppPlan, seed: number): Client {
  const random = new Dice(seed).stream(`clients of ${name}`);
  const ratePerSecond = pick(random, [5, 20, 20, 50]);
  const episodes = crowds.map(({ fromMillis, toMillis, factor }) => ({
    fromMillis: LIFE_BEGINS_MILLIS + fromMillis,
    toMillis: LIFE_BEGINS_MILLIS + toMillis,
    factor,
  }));
  return {
    service: `${NAMESPACE}/${name}`,
    gateway: "ingress",
    host: `${name}.example.com`,
    port: 80,
    comes: "once it is served",
    shape: { ratePerSecond, day: { swing: 0.3, peakHour: 14 }, ...(episodes.length === 0 ? {} : { episodes }), seed },
  };
}

function act(deed: Deed, world: SimWorld, { onDeed }: LifeOptions): void {
  const isDone = perform(deed, world);
  onDeed?.(deed, world.clock.now(), isDone);
}

async function conclude(
  world: SimWorld,
  record: Memory,
  options: LifeOptions,
  last: readonly Deed[],
): Promise<boolean> {
  const deeds = last.filter(({ id }) => options.without?.has(id) !== true);
  if (deeds.length === 0) return true;
  for (const deed of deeds) act(deed, world, options);
  return settle(world, record);
}

/** Let time pass until nothing goes on any more. Answers false where that takes too long. */
async function settle({ clock }: SimWorld, record: Memory): Promise<boolean> {
  const limit = clock.monotonic() + CALM_LIMIT_MILLIS;
  while (clock.monotonic() < limit) {
    if (record.isAtRest && clock.now() - record.lastWriteMillis >= QUIET_MILLIS) return true;
    await clock.advance(LOOK_MILLIS);
  }
  return false;
}

/** What a life remembers of itself. */
class Memory implements Watcher {
  readonly phases: PhaseTold[] = [];
  readonly #phases = new Map<string, string>();
  lastWriteMillis = LIFE_BEGINS_MILLIS;

  get isAtRest(): boolean {
    return [...this.#phases.values()].every((phase) => RESTING.has(phase));
  }

  wrote({ kind, name, atMillis, after }: WriteSeen): void {
    if (!ALWAYS.has(kind)) this.lastWriteMillis = atMillis;
    if (kind !== "Canary") return;
    if (after === undefined) {
      this.#phases.delete(name);
      return;
    }
    const phase = textAt(after, "status", "phase") ?? "";
    if (this.#phases.get(name) === phase) return;
    this.#phases.set(name, phase);
    if (phase !== "") this.phases.push({ atMillis, canary: name, phase });
  }
}

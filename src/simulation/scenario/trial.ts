/** One rollout of a setting: the world is made, the Canary begins, a new version is released, and it is watched until it is over. */
import { objectOr, textOr } from "../../resources/wire.ts";
import { seededRandom } from "../../runtime/random.ts";
import type { KubeObject } from "../../runtime/transport.ts";
import type { ApiServer } from "../../simulator/api/apiServer.ts";
import { objectsAt } from "../../simulator/api/json.ts";
import { MetricsServer } from "../../simulator/metrics/metricsServer.ts";
import { type PodProfile, profileInManifest } from "../../simulator/traffic/profile.ts";
import { type Shape, steady } from "../../simulator/traffic/shape.ts";
import { settlePromises, VirtualClock } from "../../simulator/virtualClock.ts";
import { clusterImage, LIFE_BEGINS_MILLIS } from "../clusterImage.ts";
import { SimWorld } from "../world.ts";
import { admit, type Complaint } from "./admission.ts";
import { type Entry, isAnswered, problemsIn, RolloutRecord, type WeightChange } from "./record.ts";
import { isOfRelease, NEW_TAG, releaseOf, type Setting, USUAL_START_SECONDS } from "./setting.ts";
import type { Requests } from "./slices.ts";
import { type StandIn, standInsFor, withStandIns } from "./standIns.ts";

/** A setting that the API server took. */
export interface Stage {
  readonly setting: Setting;
  readonly image: ApiServer;
  readonly standIns: readonly StandIn[];
}

/** What both versions have in common, and how the world is. */
export interface Conditions {
  readonly ratePerSecond: number;
  /** Of the answers of a healthy version. */
  readonly errorPercent: number;
  /** The median of a healthy version. */
  readonly latencyMillis: number;
  readonly scrapeSeconds: number;
  readonly weather: "calm" | "storm";
}

/** What is released. */
export interface Release {
  readonly profile: Partial<PodProfile>;
  readonly shapeOf: (shape: Shape) => Shape;
}

export interface Trial {
  readonly end: "promoted" | "rolled back" | "stranded" | "not begun" | "not over";
  /** The controller's own sentence. */
  readonly reason: string;
  /** Its word for why it took the version back, for example `FailedChecks`; undefined where it did not. */
  readonly retreat: string | undefined;
  /** From the release until it was at rest again, or until it was given up. */
  readonly lastedMillis: number;
  /** From applying the Canary until its primary served all traffic. */
  readonly initialisedMillis: number;
  readonly entries: readonly Entry[];
  readonly weights: readonly WeightChange[];
  readonly requests: Requests;
  /** Problems that do not hold the rollout. */
  readonly advice: readonly string[];
}

/** The controller would not begin with this setting. */
export interface Held {
  readonly end: "held";
  readonly problems: readonly string[];
  /** Its sentence where it names no problem. */
  readonly reason: string;
}

const PLACE = { apiVersion: "flagger.app/v1beta1", kind: "Canary" };
const SUSPENDED = "spec.suspend: is true, and the controller begins nothing while it is: remove it to simulate";
const LOOK_MILLIS = 1_000;
/** As long as a problem may pass by itself, once everything is there. */
const PATIENCE_MILLIS = 10_000;
/** Between the beginning and the release, so that counters and routes are at rest. */
const BEFORE_MILLIS = 30_000;
const MINUTE_MILLIS = 60_000;
const DAY_MILLIS = 1440 * MINUTE_MILLIS;
const LONGEST_MILLIS = 14 * DAY_MILLIS;
const OVER = new Map<string, Trial["end"]>([
  ["Steady", "promoted"],
  ["Failed", "rolled back"],
  ["Stranded", "stranded"],
]);

/** Put a setting into a cluster that nothing has happened in yet. What the API server refuses is answered instead. */
export async function stageOf(
  setting: Setting,
): Promise<
  { readonly stage: Stage; readonly dropped: readonly Complaint[] } | { readonly refused: readonly Complaint[] }
> {
  // Without controllers: what they have done to an image would depend on how soon a life begins with it.
  const still = { clock: new VirtualClock(LIFE_BEGINS_MILLIS, settlePromises), random: seededRandom(1) };
  const image = (await clusterImage()).fork(still);
  const { refused, dropped } = admit(image, setting.objects);
  if (refused.length > 0) return { refused };
  const vocabulary = new MetricsServer({ ...still, counters: () => [] });
  return { stage: { setting, image, standIns: standInsFor(setting, vocabulary) }, dropped };
}

/** One life with this release. The same stage, conditions, release and seed give the same trial. */
export async function runTrial(
  stage: Stage,
  conditions: Conditions,
  release: Release,
  seed: number,
): Promise<Trial | Held> {
  const { setting } = stage;
  const { namespace, canary } = setting;
  const madeUp = new Set(stage.standIns.map(({ metric }) => metric.name));
  const watched = { namespace, name: canary.metadata.name, newVersion: NEW_TAG, madeUp };
  const record: RolloutRecord = new RolloutRecord(watched, () => world.clock.now());
  const world: SimWorld = worldOf(stage, conditions, release, { seed, record });
  try {
    await world.start();
    world.addReplica({ config: { leaderElection: false } }).start();
    const held = await begin(world, record, setting);
    if (held !== undefined) return held;
    const initialisedMillis = world.clock.monotonic();
    await world.clock.advance(BEFORE_MILLIS);
    world.traffic.setShape(serviceOf(setting), release.shapeOf(steady(conditions.ratePerSecond)));
    record.release();
    const { metadata, apiVersion = "apps/v1" } = setting.deployment;
    world.hands.patch({ apiVersion, kind: "Deployment", ...metadata }, releaseOf(setting.deployment));
    return { ...(await watch(world, record, setting)), initialisedMillis };
  } finally {
    await world.stop();
  }
}

function worldOf(
  { image, setting, standIns }: Stage,
  conditions: Conditions,
  { profile }: Release,
  { seed, record }: { readonly seed: number; readonly record: RolloutRecord },
): SimWorld {
  const { ratePerSecond, scrapeSeconds, weather } = conditions;
  const { gateway, host, port, ...request } = setting.callers;
  const stormEndsAtMillis = LIFE_BEGINS_MILLIS + Math.min(DAY_MILLIS, limitOf(setting) + 30 * MINUTE_MILLIS);
  return new SimWorld({
    image,
    seed,
    watchers: [record],
    log: record.log,
    scrapeSeconds,
    stretchMillis: stretchOf(setting),
    profileOf: (pod) => profileOf(pod, conditions, profile),
    overPrometheus: (client) => withStandIns(client, standIns),
    clients: [
      {
        service: serviceOf(setting),
        gateway,
        host,
        port,
        mix: [{ share: 1, ...request }],
        comes: "once it is served",
        shape: steady(ratePerSecond),
      },
    ],
    ...(weather === "calm" ? {} : { weather: { stormEndsAtMillis } }),
  });
}

/** Long intervals are told in longer stretches: their figures say as much, and cost less. */
function stretchOf({ spec }: Setting): number {
  const interval = spec?.analysis.interval ?? MINUTE_MILLIS;
  return Math.max(1000, Math.min(15_000, Math.floor(interval / 30_000) * 1000));
}

const serviceOf = ({ namespace, spec }: Setting): string => `${namespace}/${spec?.service.name ?? ""}`;

/** A pod says when it is ready and how it ends; how it answers is the scenario's to say. */
function profileOf(pod: KubeObject, conditions: Conditions, released: Partial<PodProfile>): PodProfile {
  const isNew = isOfRelease(pod);
  const manifest = profileInManifest(pod);
  const probes = objectsAt(pod, "spec", "containers").map((container) => objectOr(container["readinessProbe"]));
  const delays = probes.map(({ initialDelaySeconds }) => Number(initialDelaySeconds ?? 0));
  return {
    version: isNew ? NEW_TAG : "before",
    startSeconds: Math.max(USUAL_START_SECONDS, ...delays),
    errorPercent: conditions.errorPercent,
    latencyMillis: conditions.latencyMillis,
    fate: "serves",
    shutdown: manifest.shutdown,
    shutdownSeconds: manifest.shutdownSeconds,
    cpuMillicores: manifest.cpuMillicores,
    ready: true,
    clumps: undefined,
    leak: undefined,
    flap: undefined,
    crashAfterSeconds: undefined,
    spike: undefined,
    ...(isNew ? released : {}),
  };
}

/** Until the primary serves; or what holds the controller back. */
async function begin(world: SimWorld, record: RolloutRecord, setting: Setting): Promise<Held | undefined> {
  const { clock, hands } = world;
  const place = { ...PLACE, namespace: setting.namespace, name: setting.canary.metadata.name };
  const limit = clock.monotonic() + 2 * (setting.spec?.progressDeadline ?? 0) + 10 * MINUTE_MILLIS;
  let heldSince: number | undefined;
  while (clock.monotonic() < limit) {
    await clock.advance(LOOK_MILLIS);
    if (record.stage === "Steady") return undefined;
    const grave = problemsIn(record.status).filter(({ severity }) => severity !== "advisory");
    if (grave.length === 0 || !isAnswered(hands.find(place))) heldSince = undefined;
    else heldSince ??= clock.monotonic();
    if (heldSince !== undefined && clock.monotonic() - heldSince >= PATIENCE_MILLIS)
      return { end: "held", problems: grave.map(({ message }) => message), reason: "" };
  }
  if (setting.spec?.suspend === true) return { end: "held", problems: [SUSPENDED], reason: "" };
  return { end: "held", problems: [], reason: textOr(record.status["message"]) ?? "nothing happens to it" };
}

async function watch(
  { clock }: SimWorld,
  record: RolloutRecord,
  setting: Setting,
): Promise<Omit<Trial, "initialisedMillis">> {
  const released = clock.now();
  const limit = released + limitOf(setting);
  while (clock.now() < limit) {
    await clock.advance(LOOK_MILLIS);
    if (record.hasBegun && OVER.has(record.stage)) break;
    if (!record.hasBegun && clock.now() - released > 2 * MINUTE_MILLIS) break;
  }
  const isOver = record.hasBegun && OVER.has(record.stage);
  const end = isOver ? (OVER.get(record.stage) ?? "not over") : record.hasBegun ? "not over" : "not begun";
  return {
    end,
    reason: textOr(record.status["message"]) ?? "",
    retreat: textOr(record.status["reason"]),
    lastedMillis: isOver ? record.stageSinceMillis - released : clock.now() - released,
    entries: record.entries,
    weights: record.weights,
    requests: record.requests,
    advice: problemsIn(record.status).map(({ message }) => message),
  };
}

/** Longer than any rollout can take by its own deadlines. */
function limitOf({ spec }: Setting): number {
  if (spec === undefined) return 0;
  const { interval, threshold, strategy } = spec.analysis;
  const steps =
    strategy.stepWeights.length + (strategy.promotionStepWeight > 0 ? 100 / strategy.promotionStepWeight : 0);
  const all = (steps + threshold + 1) * interval + (steps + 6) * (spec.progressDeadline + interval);
  return Math.min(LONGEST_MILLIS, all);
}

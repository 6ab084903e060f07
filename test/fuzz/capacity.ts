import type { ClusterObject } from "../../src/control/ports.ts";
import type { PhaseName } from "../../src/domain/phase.ts";
import { law } from "./broken.ts";
import type { Moment } from "./moment.ts";
import { DRAIN_MILLIS, SETTLE_MILLIS, type SeenPods } from "./reach.ts";
import { NAME, NAMESPACE } from "./scene.ts";
import { type Change, changesOf, fieldOf, hostsIn, rulesOf, type SeenVersion, splitOf } from "./split.ts";
import type { Stage } from "./stage.ts";

/** Weights that are not percents become such, in whole numbers: beside a fraction of a foreign one, of 99 and a little more. */
const ROUNDING = 100 / 99;

/** No traffic to what cannot take it, said of any two moments around a pass over anything. */
export function checkCapacity(before: Moment, after: Moment, pods: SeenPods): void {
  const now = new World(before, after, pods);
  checkScaling(before, after);
  const name = nameOf(after);
  if (after.record === undefined || name === "GivingBack") return;
  checkApex(now);
  const [was, is] = [before, after].map(({ objects }) => objects.get(`VirtualService/${NAME}`));
  for (const change of was === is ? [] : changesOf(was, is)) checkRise(change, now);
  checkPlannedMoves(was, now);
}

const nameOf = ({ record }: Moment): PhaseName | undefined => record?.status.phase.name;

/** What the laws ask of the world, of workloads as they are after the pass: it cannot have made pods. */
class World {
  readonly before: Moment;
  readonly after: Moment;
  readonly #pods: SeenPods;

  constructor(before: Moment, after: Moment, pods: SeenPods) {
    this.before = before;
    this.after = after;
    this.#pods = pods;
  }

  workload(version: SeenVersion): ClusterObject | undefined {
    return this.after.objects.get(`Deployment/${NAME}${version === "primary" ? "-primary" : ""}`);
  }

  behind(version: SeenVersion) {
    const portName = this.before.record?.spec?.service.portName ?? "http";
    return this.#pods.behind(`${NAME}-${version}`, portName);
  }

  available(version: SeenVersion): number {
    return numberAt(this.workload(version), "status", "availableReplicas") ?? 0;
  }

  /** The pods that make a version whole, by its threshold. */
  whole(version: SeenVersion): number {
    const { analysis } = this.before.record?.spec ?? {};
    const percent =
      version === "primary" ? analysis?.primaryReadyThresholdPercent : analysis?.canaryReadyThresholdPercent;
    return Math.max(1, Math.floor((replicasOf(this.workload(version)) * (percent ?? 100)) / 100));
  }

  /** For the words of a broken law. */
  told(more: object): object {
    const sides = (["primary", "canary"] as const).map((version) => ({
      version,
      available: this.available(version),
      whole: this.whole(version),
      ...this.behind(version),
    }));
    return { ...more, from: this.before.record?.status.phase, to: this.after.record?.status.phase, sides };
  }
}

function checkScaling(before: Moment, after: Moment): void {
  const [was, is] = [before, after].map(({ objects }) => objects.get(`Deployment/${NAME}`));
  if (replicasOf(was) === 0 || replicasOf(is) !== 0) return;
  const route = before.objects.get(`VirtualService/${NAME}`);
  // Beside ours there may be others, such as one that sends testers to the canary whatever comes.
  const ours = rulesOf(route).filter((rule) =>
    ["primary", "canary"].every((host) => hostsIn(rule).includes(host as SeenVersion)),
  );
  const isLeft = ours.length === 0 || ours.some((rule) => splitOf(rule).share.canary === 0);
  law(isLeft, "traffic away before pods", () => route);
}

function checkRise({ rule, from, to }: Change, now: World): void {
  const told = () => now.told({ rule, before: from, after: to });
  const rises = (version: SeenVersion): boolean =>
    to.share[version] > from.share[version] + ROUNDING && to.ratio[version] > from.ratio[version] + ROUNDING;
  for (const version of ["primary", "canary"] as const) {
    if (rises(version)) law(now.behind(version).ready > 0, "no traffic to a Service that has nobody", told);
  }
  if (rises("canary")) {
    const name = nameOf(now.after);
    law(name !== "Retreating" && name !== "Failed", "a retreat only retreats", told);
    const needed = (now.whole("canary") * to.share.canary) / 100;
    law(now.available("canary") >= needed, "no traffic to a canary without the pods for it", told);
  }
  if (rises("primary")) law(now.available("primary") >= 1, "no traffic to a primary without pods", told);
}

/** Traffic that nothing drives waits until the slowest proxy has heard of the pods that it goes to. */
function checkPlannedMoves(was: ClusterObject | undefined, now: World): void {
  const [from, to] = [nameOf(now.before), nameOf(now.after)];
  const heard = (version: SeenVersion): boolean => now.behind(version).heard >= now.whole(version);
  const isFirst = rulesOf(was).every((rule) => splitOf(rule).share.canary === 0);
  if (from === "Warming" && (to === "Baking" || to === "Handing") && isFirst) {
    law(heard("canary"), "the first share waits for proxies to hear of the canary's pods", () => now.told({}));
  }
  // Pods that nobody asks for any more are on their way out.
  const isLeaving = replicasOf(now.workload("canary")) <= 0;
  const isFlight = isLeaving || now.available("canary") < now.whole("canary");
  if (from === "Replacing" && (to === "Returning" || to === "Draining") && !isFlight) {
    law(heard("primary"), "the way home waits for proxies to hear of the primary's pods", () => now.told({}));
  }
}

/** The apex Service is what clients without a proxy use, and all of them before there is a route. */
function checkApex(now: World): void {
  const [was, is] = [now.before, now.after].map(({ objects }) => objects.get(`Service/${NAME}`));
  const [from, to] = [was, is].map((service) => JSON.stringify(fieldOf(service?.["spec"], "selector")));
  if (was === undefined || was === is || from === to) return;
  const told = () => now.told({ selectorBefore: from, selectorAfter: to });
  law(now.available("primary") >= 1, "the apex Service is not pointed at a primary without pods", told);
  if (nameOf(now.before) !== "Adopting") return;
  const { heard } = now.behind("primary");
  law(
    heard >= now.whole("primary"),
    "the apex Service is taken over once proxies have heard of the primary's pods",
    told,
  );
}

/** With the Canary its primary is collected, which may have had traffic until the last object was given back. */
export function checkFarewell(before: Moment, after: Moment, { cluster, now }: Stage): void {
  const { record } = before;
  const isLetGo = record?.facts.hasFinalizer === true && after.record?.facts.hasFinalizer !== true;
  if (!isLetGo || record.spec === undefined || nameOf(before) !== "GivingBack") return;
  // Without its target there is nobody who could serve instead, and nothing to wait for.
  if (!before.objects.has(`Deployment/${NAME}`)) return;
  for (const kind of ["Service", "VirtualService"] as const) {
    const writtenAt = cluster.writtenAt(kind, NAMESPACE, NAME);
    const isOver = writtenAt === undefined || now - writtenAt >= SETTLE_MILLIS + DRAIN_MILLIS;
    law(isOver, "a Canary goes a drain after what was there is back", () => ({ kind, writtenAt, now }));
  }
}

function replicasOf(deployment: ClusterObject | undefined): number {
  return numberAt(deployment, "spec", "replicas") ?? 1;
}

function numberAt(object: ClusterObject | undefined, part: "spec" | "status", name: string): number | undefined {
  const value = fieldOf(object?.[part], name);
  return typeof value === "number" ? value : undefined;
}

/** How many pods an autoscaler's metrics ask for, reckoned as kube-controller-manager does it. */
import type { WireObject } from "../../../resources/wire.ts";
import type { KubeObject } from "../../../runtime/transport.ts";
import { numberAt, objectAt, objectsAt, textAt } from "../../api/json.ts";
import { type CpuOf, cores, milliCores, requestOf } from "./metrics.ts";
import { groupPods } from "./podGroups.ts";

export interface Measured {
  readonly pods: readonly KubeObject[];
  /** Undefined where the cluster has nobody who measures pods. */
  readonly cpuOf: CpuOf | undefined;
  /** How many pods there are to be now. */
  readonly current: number;
  /** Of the wall clock. */
  readonly now: number;
}

/** Why a metric asks for nothing. */
export interface Failure {
  readonly reason: string;
  /** What could not be done. */
  readonly error: string;
  /** For whom: the metric that was asked for. */
  readonly about: string;
}

interface Proposal {
  readonly replicas: number;
  /** What the metric is called where its word counts. */
  readonly metric: string;
  readonly status: WireObject;
}

export interface Recommendation {
  /** Undefined where no metric may be followed. */
  readonly wanted: { readonly replicas: number; readonly metric: string } | undefined;
  /** Of the first metric that failed, though others may be followed. */
  readonly failure: Failure | undefined;
  readonly failures: number;
  /** One for each metric, empty for those that failed. */
  readonly statuses: readonly WireObject[];
}

/** The most that any metric asks for. Where some fail, the others may ask for more than there is, but not for less. */
export function recommend(autoscaler: KubeObject, measured: Measured): Recommendation {
  const answers = objectsAt(autoscaler, "spec", "metrics").map((metric) => proposalOf(autoscaler, metric, measured));
  const proposals = answers.filter((answer): answer is Proposal => "replicas" in answer);
  const failed = answers.filter((answer): answer is Failure => "error" in answer);
  const statuses = answers.map((answer) => ("replicas" in answer ? answer.status : { type: "" }));
  const most = proposals.reduce<Proposal | undefined>(
    (best, one) => (best === undefined || one.replicas > best.replicas ? one : best),
    undefined,
  );
  const isUnsure = failed.length > 0 && most !== undefined && most.replicas < measured.current;
  return { wanted: isUnsure ? undefined : most, failure: failed[0], failures: failed.length, statuses };
}

function proposalOf(autoscaler: KubeObject, metric: WireObject, measured: Measured): Proposal | Failure {
  const name = textAt(metric, "resource", "name");
  if (name === undefined) {
    const type = textAt(metric, "type") ?? "";
    const error = `metrics of type ${type} are not measured here`;
    return {
      reason: `FailedGet${type.replace(/Resource$/, "ResourceMetric").replace(/(?<!Metric)$/, "Metric")}`,
      error,
      about: type,
    };
  }
  const about = `${name} resource`;
  const failed = (error: string): Failure => ({ reason: "FailedGetResourceMetric", error, about });
  const { cpuOf } = measured;
  const target = objectAt(metric, "resource", "target");
  const value = textAt(target, "averageValue");
  const percent = numberAt(target, "averageUtilization");
  const what = `failed to get ${name} ${value === undefined ? "utilization" : "usage"}: `;
  const unmeasured = `${what}unable to get metrics for resource ${name}: `;
  if (cpuOf === undefined)
    return failed(
      `${unmeasured}unable to fetch metrics from resource metrics API: the server could not find the requested resource (get pods.metrics.k8s.io)`,
    );
  const groups = groupPods(measured.pods, name === "cpu" ? cpuOf : () => undefined, measured.now);
  if (![...measured.pods].some((pod) => name === "cpu" && cpuOf(pod) !== undefined))
    return failed(`${unmeasured}no metrics returned from resource metrics API`);
  if (groups.used.size === 0) return failed(`${what}did not receive metrics for targeted pods (pods might be unready)`);
  const scale = value === undefined ? shareOf(measured.pods, percent ?? 0) : amountOf(value);
  if (typeof scale === "string") return failed(`${what}${scale}`);
  const found = replicasFor(groups, scale, { current: measured.current, tolerance: toleranceOf(autoscaler) });
  const current = {
    averageValue: printMilli(found.average),
    ...(value === undefined ? { averageUtilization: found.share } : {}),
  };
  const share = value === undefined ? " utilization (percentage of request)" : "";
  return {
    replicas: found.replicas,
    metric: `${about}${share}`,
    status: { type: "Resource", resource: { name, current } },
  };
}

/** How the use of pods is held against a target. */
interface Scale {
  /** 1 is what the target wants. */
  readonly ratio: (used: ReadonlyMap<KubeObject, number>) => number;
  readonly share: (used: ReadonlyMap<KubeObject, number>) => number;
  /** What a pod is taken to use that nobody measured, where fewer are to be wanted. */
  readonly assumed: (pod: KubeObject) => number;
}

const total = (numbers: Iterable<number>): number => [...numbers].reduce((sum, number) => sum + number, 0);

function shareOf(pods: readonly KubeObject[], percent: number): Scale | string {
  const requests = new Map(pods.map((pod) => [pod, requestOf(pod)] as const));
  const unsaid = [...requests.values()].find((request) => typeof request === "string");
  if (unsaid !== undefined) return unsaid;
  const requestFor = (pod: KubeObject): number => Number(requests.get(pod) ?? 0);
  if (total(pods.map(requestFor)) === 0) return "no metrics returned matched known pods";
  const share = (used: ReadonlyMap<KubeObject, number>): number =>
    Math.trunc((total(used.values()) * 100) / total([...used.keys()].map(requestFor)));
  const assumed = (pod: KubeObject): number => Math.trunc((requestFor(pod) * Math.max(100, percent)) / 100);
  return { ratio: (used) => share(used) / percent, share, assumed };
}

function amountOf(value: string): Scale {
  const target = milliCores(cores(value) ?? 0);
  return { ratio: (used) => averageOf(used) / target, share: () => 0, assumed: () => target };
}

const averageOf = (used: ReadonlyMap<KubeObject, number>): number => Math.trunc(total(used.values()) / used.size);

interface Tolerance {
  readonly up: number;
  readonly down: number;
}

/** A ratio that is so near to 1 changes nothing. */
const TOLERANCE = 0.1;

function toleranceOf(autoscaler: KubeObject): Tolerance {
  const of = (direction: string): number =>
    cores(textAt(autoscaler, "spec", "behavior", direction, "tolerance") ?? "") ?? TOLERANCE;
  return { up: of("scaleUp"), down: of("scaleDown") };
}

interface Found {
  readonly replicas: number;
  readonly average: number;
  readonly share: number;
}

function replicasFor(
  { used, unready, missing }: ReturnType<typeof groupPods>,
  scale: Scale,
  { current, tolerance }: { readonly current: number; readonly tolerance: Tolerance },
): Found {
  const ratio = scale.ratio(used);
  const seen = { average: averageOf(used), share: scale.share(used) };
  const isNear = (one: number): boolean => 1 - tolerance.down <= one && one <= 1 + tolerance.up;
  const countsUnready = unready.length > 0 && ratio > 1;
  if (!countsUnready && missing.length === 0)
    return { ...seen, replicas: isNear(ratio) ? current : Math.ceil(ratio * used.size) };
  // Those of which nothing is known speak for leaving things as they are.
  const assumed = new Map(used);
  if (ratio < 1) for (const pod of missing) assumed.set(pod, scale.assumed(pod));
  if (ratio > 1) for (const pod of missing) assumed.set(pod, 0);
  if (countsUnready) for (const pod of unready) assumed.set(pod, 0);
  const next = scale.ratio(assumed);
  const replicas = Math.ceil(next * assumed.size);
  const turns = (ratio < 1 && next > 1) || (ratio > 1 && next < 1);
  const strays = (next < 1 && replicas > current) || (next > 1 && replicas < current);
  return { ...seen, replicas: isNear(next) || turns || strays ? current : replicas };
}

const printMilli = (milli: number): string => (milli % 1000 === 0 ? String(milli / 1000) : `${milli}m`);

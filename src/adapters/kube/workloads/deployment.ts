import { RejectedError } from "../../../control/errors.ts";
import type {
  Cluster,
  ClusterObject,
  Finding,
  Key,
  Subject,
  TargetShape,
  WorkloadDriver,
  WorkloadPair,
} from "../../../control/ports.ts";
import type { Levels } from "../../../domain/decision.ts";
import type { ConfigFacts, WorkloadFacts } from "../../../domain/observation.ts";
import type { Problem, Status } from "../../../domain/status.ts";
import type { Clock } from "../../../runtime/clock.ts";
import { isHeldByFlagger } from "../managers.ts";
import { Configs } from "./configs.ts";
import { copyTarget } from "./copying.ts";
import {
  controllerOf,
  type LabelRules,
  primaryLabelOf,
  primaryName,
  primarysOwnLabel,
  type SelectorLabel,
  selectorLabelOf,
  targetLabelOf,
} from "./labels.ts";
import { COPY_ID, desiredReplicas, podAnnotationsOf, podSpecOf, REVISION, runsSameTemplate } from "./primary.ts";
import { isObserved, readinessOf } from "./readiness.ts";
import { referencesOf } from "./references.ts";
import { copyId, Revisions } from "./revision.ts";
import { shapeOf } from "./shape.ts";

export interface DeploymentOptions extends LabelRules {
  readonly cluster: Cluster;
  readonly clock: Clock;
  /** Whether ConfigMaps and Secrets that the target mentions are watched for changes and copied for the primary. */
  readonly configTracking: boolean;
  /** Have this Canary looked at again: something it waited for has come. */
  readonly wake: (key: Key) => void;
}

interface Pair {
  readonly target: ClusterObject | undefined;
  /** Undefined as well where the name is taken by somebody else's. */
  readonly primary: ClusterObject | undefined;
  readonly conflict: string | undefined;
}

/** Deployments: the target is the canary, and a copy of it beside it is the primary. */
export class DeploymentDriver implements WorkloadDriver {
  readonly #cluster: Cluster;
  readonly #rules: LabelRules;
  readonly #configs: Configs | undefined;
  readonly #revisions = new Revisions();
  /** By target and primary: comparing two templates is dearer than a tick at rest should be. */
  readonly #same = new WeakMap<ClusterObject, WeakMap<ClusterObject, boolean>>();

  constructor(options: DeploymentOptions) {
    const { cluster, selectorLabels, includeLabelPrefixes } = options;
    this.#cluster = cluster;
    this.#rules = { selectorLabels, includeLabelPrefixes };
    this.#configs = options.configTracking ? new Configs(options) : undefined;
  }

  read(subject: Subject): Finding<WorkloadPair> {
    const { spec, record } = subject;
    const pair = this.#pairOf(subject);
    const { target, primary } = pair;
    const configs = this.#readConfigs(subject, target);
    const isSame = target !== undefined && primary !== undefined && this.#isSame(target, primary);
    return {
      facts: {
        target:
          target &&
          this.#factsOf(target, spec.analysis.canaryReadyThresholdPercent, {
            revision: this.#revisions.of(target),
            matchesPrimary: isSame,
          }),
        primary:
          primary &&
          this.#factsOf(primary, spec.analysis.primaryReadyThresholdPercent, {
            revision: this.#primaryRevision(subject.record.status, primary, isSame ? target : undefined),
            matchesPrimary: isSame,
          }),
        configs: configs.facts,
        shape: this.#shapeOf(pair),
      },
      problems: [...problemsOf(record.facts.namespace, spec.target.name, pair, this.#rules), ...configs.problems],
    };
  }

  /**
   * Pods are told apart by the primary's own label where there is a primary. Selectors never change: a target that was
   * deleted and made again with another label would leave the pods that serve without traffic. And where the target is
   * gone, traffic must still be brought home, and given back.
   */
  #shapeOf({ target, primary }: Pair): TargetShape | undefined {
    const own = primary && primarysOwnLabel(primary);
    const label = own === undefined ? target && selectorLabelOf(target, this.#rules) : targetLabelOf(own);
    const source = target ?? primary;
    return source && label && shapeOf(source, label);
  }

  async apply(subject: Subject, levels: Levels): Promise<void> {
    // Capacity first: whatever else this tick does may be refused, and must not keep pods from coming.
    if (levels.target === "up") await this.#scaleUp(subject);
    if (levels.primary.kind === "runs") await this.#copyTarget(subject, levels.primary.revision);
    if (levels.target === "zero") await this.#scaleTo(subject, 0);
  }

  /** Only a target that still asks for the revision that was judged. */
  async #copyTarget(subject: Subject, revision: string): Promise<void> {
    const { target, primary, conflict } = this.#pairOf(subject);
    const label = target && selectorLabelOf(target, this.#rules);
    if (target === undefined || label === undefined || this.#revisions.of(target) !== revision) return;
    if (conflict !== undefined) throw new RejectedError(conflict);
    const references = this.#configs === undefined ? [] : referencesOf(podSpecOf(target));
    const configs = this.#readConfigs(subject, target).facts;
    const order = { record: subject.record, target, primary, label, revision, references, configs };
    await copyTarget(order, this.#cluster, this.#rules);
  }

  async #scaleUp(subject: Subject): Promise<void> {
    const { target, primary } = this.#pairOf(subject);
    if (target === undefined || desiredReplicas(target) > 0) return;
    // Scaled up before its controller has seen the new template, it would get pods of the old one first. That sight wakes us.
    if (!isObserved(target)) return;
    await this.#scaleTo(subject, Math.max(1, primary === undefined ? 1 : desiredReplicas(primary)));
  }

  async #scaleTo({ record, spec }: Subject, replicas: number): Promise<void> {
    const { namespace } = record.facts;
    const target = this.#cluster.read("Deployment", namespace, spec.target.name);
    if (target === undefined || desiredReplicas(target) === replicas) return;
    // Pods are taken away only from the target that was looked at: another leader may have given it new work since.
    const seen = replicas === 0 ? target.metadata.resourceVersion : undefined;
    await this.#cluster.merge("Deployment", namespace, spec.target.name, { spec: { replicas } }, seen);
  }

  #pairOf({ record, spec }: Subject): Pair {
    const { namespace } = record.facts;
    const target = this.#cluster.read("Deployment", namespace, spec.target.name);
    const found = this.#cluster.read("Deployment", namespace, primaryName(spec.target.name));
    if (found === undefined || isOurs(found, record.uid)) return { target, primary: found, conflict: undefined };
    return { target, primary: undefined, conflict: conflictWith(found, namespace) };
  }

  #readConfigs({ record }: Subject, target: ClusterObject | undefined): Finding<ConfigFacts> {
    if (this.#configs === undefined) return { facts: { kind: "known", checksums: undefined }, problems: [] };
    if (target === undefined) return { facts: { kind: "reading" }, problems: [] };
    const { namespace, name } = record.facts;
    return this.#configs.read(`${namespace}/${name}`, namespace, referencesOf(podSpecOf(target)));
  }

  #factsOf(
    deployment: ClusterObject,
    thresholdPercent: number,
    known: Pick<WorkloadFacts, "revision" | "matchesPrimary">,
  ): WorkloadFacts {
    return {
      kind: "Deployment",
      name: deployment.metadata.name,
      ...known,
      ...readinessOf(deployment, thresholdPercent),
    };
  }

  #isSame(target: ClusterObject, primary: ClusterObject): boolean {
    if (this.#revisions.of(target) === primary.metadata.annotations?.[REVISION]) return true;
    const known = this.#same.get(target)?.get(primary);
    if (known !== undefined) return known;
    const label = selectorLabelOf(target, this.#rules);
    const isSame = label !== undefined && runsSameTemplate({ target, primary, label }, this.#rules);
    const byPrimary = this.#same.get(target) ?? new WeakMap<ClusterObject, boolean>();
    this.#same.set(target, byPrimary.set(primary, isSame));
    return isSame;
  }

  /** The revision of the target that the primary was copied from. `same` is the target, where it asks for the same pods. */
  #primaryRevision(status: Status, primary: ClusterObject, same: ClusterObject | undefined): string {
    const recorded = primary.metadata.annotations?.[REVISION];
    if (recorded === undefined) {
      // Flagger's. While a promotion is under way it is none of ours yet, however equal the templates: configs may differ.
      const isTarget = same !== undefined && status.phase.name !== "Replacing";
      return this.#revisions.of(isTarget ? same : primary);
    }
    const tracked = this.#configs === undefined ? undefined : status.trackedConfigs;
    if (tracked !== undefined && podAnnotationsOf(primary)[COPY_ID] !== copyId(recorded, tracked)) {
      // Or a controller that died between committing a promotion and making the copy would take it for done.
      return `${recorded} with other configs`;
    }
    return same === undefined ? recorded : this.#revisions.of(same);
  }
}

/** A primary controlled by this Canary, or one that a Canary left behind. Anything else of that name is somebody's own. */
function isOurs(primary: ClusterObject, uid: string): boolean {
  const controller = controllerOf(primary);
  if (controller !== undefined) return controller.uid === uid;
  return primary.metadata.annotations?.[REVISION] !== undefined || isHeldByFlagger(primary);
}

function isSelectedBy(primary: ClusterObject, { key, value }: SelectorLabel): boolean {
  const label = primarysOwnLabel(primary);
  return label?.key === key && label.value === value;
}

function conflictWith(taken: ClusterObject, namespace: string): string {
  const controller = controllerOf(taken);
  const owner =
    controller === undefined ? "was not made by a Canary" : `belongs to ${controller.kind} ${controller.name}`;
  return `spec.targetRef: Deployment ${namespace}/${taken.metadata.name} ${owner}, but the name is needed for the primary`;
}

function problemsOf(
  namespace: string,
  name: string,
  { target, primary, conflict }: Pair,
  rules: LabelRules,
): readonly Problem[] {
  const problems: Problem[] = [];
  const label = target && selectorLabelOf(target, rules);
  if (target === undefined) {
    const message = `spec.targetRef: Deployment ${namespace}/${name} does not exist`;
    problems.push({ reason: "TargetNotFound", message, severity: "blocking" });
  } else if (label === undefined) {
    const wanted = `spec.selector.matchLabels must contain one of [${rules.selectorLabels.join(" ")}]`;
    const message = `spec.targetRef: deployment ${name}.${namespace} ${wanted}`;
    problems.push({ reason: "SelectorLabelMissing", message, severity: "blocking" });
  } else if (primary !== undefined && !isSelectedBy(primary, primaryLabelOf(label))) {
    const { key, value } = primaryLabelOf(label);
    const message = `spec.targetRef: Deployment ${namespace}/${primary.metadata.name} was made for another label of its target and cannot be changed to select its pods by ${key}=${value}; delete it to have it made anew`;
    problems.push({ reason: "WorkloadConflict", message, severity: "blocking" });
  }
  if (conflict !== undefined) problems.push({ reason: "WorkloadConflict", message: conflict, severity: "blocking" });
  return problems;
}

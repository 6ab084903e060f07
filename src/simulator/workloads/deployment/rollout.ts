import type { KubeObject } from "../../../runtime/transport.ts";
import { isEqual, numberAt, objectAt } from "../../api/json.ts";
import { claim, referenceTo } from "../claim.ts";
import { isConflict, RefusedError } from "../client.ts";
import { announce } from "../events.ts";
import { isBeingDeleted, namespaceOf, timestamp, type World } from "../world.ts";
import { newestAnnotations, replicasAnnotations } from "./annotations.ts";
import { aCondition, type Condition, conditionOf, conditionsOf, REASONS, withCondition } from "./conditions.ts";
import { REVISION, revisionOf, type Sets, sizeOf, sortSets, sum } from "./sets.ts";
import { newestSize, type Resize } from "./sizes.ts";
import { type DeploymentSpec, specOf } from "./spec.ts";
import type { Status } from "./status.ts";
import { HASH_LABEL, isSameTemplate, templateHash, withHash } from "./template.ts";

const COMPONENT = "deployment-controller";

/** One look at one Deployment: what it asks for, what there is, and the writes that bring the two together. */
export class Rollout {
  readonly #world: World;
  #deployment: KubeObject;
  #sets: readonly KubeObject[];

  private constructor(world: World, deployment: KubeObject, sets: readonly KubeObject[]) {
    this.#world = world;
    this.#deployment = deployment;
    this.#sets = sets;
  }

  static async of(world: World, deployment: KubeObject): Promise<Rollout> {
    return new Rollout(world, deployment, await claim(deployment, world.kinds.replicaSets));
  }

  get deployment(): KubeObject {
    return this.#deployment;
  }

  get spec(): DeploymentSpec {
    return specOf(this.#deployment);
  }

  get sets(): Sets {
    return sortSets(this.#deployment, this.#sets);
  }

  /** The newest ReplicaSet, if there is one, has the highest revision, and the Deployment says which that is. */
  async syncRevision(): Promise<void> {
    const { newest, old } = this.sets;
    if (newest === undefined) return;
    const highest = Math.max(0, ...old.map(revisionOf));
    const annotations = newestAnnotations(this.#deployment, newest, highest + 1);
    const { minReadySeconds } = this.spec;
    const isCurrent = (numberAt(newest, "spec", "minReadySeconds") ?? 0) === minReadySeconds;
    let set = newest;
    if (!isCurrent || !isEqual(annotations, newest.metadata.annotations ?? {})) {
      set = await this.#replace(newest, { annotations, spec: { minReadySeconds } });
    }
    await this.#tellRevision(set, REASONS.found, `Found new replica set "${set.metadata.name}"`);
  }

  /** Make the ReplicaSet of the newest template, where it is missing. */
  async createNewest(): Promise<void> {
    await this.syncRevision();
    const before = this.sets;
    if (before.newest !== undefined) return;
    const { spec } = this;
    const replicas = newestSize(spec, { size: 0, total: sum(before.old, sizeOf) });
    const created = await this.#createSet(replicas, Math.max(0, ...before.old.map(revisionOf)) + 1);
    this.#sets = [...this.#sets, created];
    if (replicas > 0) {
      this.#announce("ScalingReplicaSet", `Scaled up replica set ${created.metadata.name} from 0 to ${replicas}`);
    }
    await this.#tellRevision(created, REASONS.created, `Created new replica set "${created.metadata.name}"`);
  }

  /** Answers whether any size changed. Sizes that stay are written as well where their annotations are old. */
  async resize(resizes: readonly Resize[]): Promise<boolean> {
    let isChanged = false;
    for (const { set, size } of resizes) isChanged = (await this.#resizeOne(set, size)) || isChanged;
    return isChanged;
  }

  /** Old ReplicaSets without pods, as far as there are more than the history may keep. */
  async cleanUp(): Promise<void> {
    const old = this.sets.old.filter((set) => !isBeingDeleted(set));
    const surplus = old.length - this.spec.revisionHistoryLimit;
    if (surplus <= 0) return;
    const byRevision = [...old].sort((one, other) => revisionOf(one) - revisionOf(other));
    for (const set of byRevision.slice(0, surplus)) {
      const isObserved = (numberAt(set, "status", "observedGeneration") ?? 0) >= (set.metadata.generation ?? 0);
      if (sizeOf(set) > 0 || (numberAt(set, "status", "replicas") ?? 0) > 0 || !isObserved) continue;
      await this.#world.kinds.replicaSets.delete(set);
    }
  }

  async writeStatus(status: Status): Promise<void> {
    const before = objectAt(this.#deployment, "status") ?? {};
    // The server leaves out what is zero.
    const wanted = Object.fromEntries(Object.entries(status).filter(([, value]) => value !== 0));
    const known = Object.fromEntries(Object.entries(before).filter(([, value]) => value !== 0));
    const { collisionCount: _, ...counted } = known;
    if (isEqual(wanted, counted)) return;
    await this.#updateStatus({ ...wanted, ...pick(before, "collisionCount") });
  }

  async writeCondition(condition: Omit<Condition, "lastUpdateTime" | "lastTransitionTime">): Promise<void> {
    const status = objectAt(this.#deployment, "status") ?? {};
    const conditions = withCondition(conditionsOf(status), aCondition(timestamp(this.#world), condition));
    await this.#updateStatus({ ...status, conditions });
  }

  async #updateStatus(status: object, annotations = this.#deployment.metadata.annotations): Promise<void> {
    const { metadata } = this.#deployment;
    const changed = { ...this.#deployment, metadata: { ...metadata, ...(annotations && { annotations }) }, status };
    this.#deployment = await this.#world.kinds.deployments.update(changed, "status");
  }

  async #tellRevision(set: KubeObject, reason: string, message: string): Promise<void> {
    const status = objectAt(this.#deployment, "status") ?? {};
    const conditions = conditionsOf(status);
    const revision = String(revisionOf(set));
    const isTold = this.#deployment.metadata.annotations?.[REVISION] === revision;
    const isWatched = this.spec.progressDeadlineSeconds !== undefined;
    // Of what was found only where nothing is known of any progress: it is no news otherwise.
    const isNews = isWatched && (reason === REASONS.created || conditionOf(conditions, "Progressing") === undefined);
    if (isTold && !isNews) return;
    const news = aCondition(timestamp(this.#world), { type: "Progressing", status: "True", reason, message });
    const annotations = { ...this.#deployment.metadata.annotations, [REVISION]: revision };
    await this.#updateStatus(
      { ...status, ...(isNews && { conditions: withCondition(conditions, news) }) },
      annotations,
    );
    // Some servers take only the status from a write of the status.
    if (this.#deployment.metadata.annotations?.[REVISION] === revision) return;
    this.#deployment = await this.#world.kinds.deployments.patch(this.#deployment, {
      metadata: { annotations: { [REVISION]: revision } },
    });
  }

  async #createSet(replicas: number, revision: number, attempt = 0): Promise<KubeObject> {
    const { template, minReadySeconds } = this.spec;
    const hash = templateHash(template, attempt);
    const name = `${this.#deployment.metadata.name}-${hash}`;
    const namespace = namespaceOf(this.#deployment);
    const labelled = withHash(template, hash);
    const selector = objectAt(this.#deployment, "spec", "selector") ?? {};
    const matchLabels = { ...objectAt(selector, "matchLabels"), [HASH_LABEL]: hash };
    const annotations = newestAnnotations(this.#deployment, undefined, revision);
    const body = {
      metadata: {
        name,
        namespace,
        labels: objectAt(labelled, "metadata", "labels"),
        annotations: { ...annotations, ...replicasAnnotations(this.spec) },
        ownerReferences: [referenceTo(this.#deployment)],
      },
      spec: { replicas, minReadySeconds, selector: { ...selector, matchLabels }, template: labelled },
    };
    try {
      return await this.#world.kinds.replicaSets.create(namespace, body);
    } catch (error) {
      if (!isConflict(error)) return this.#cannotCreate(error);
      const taken = await this.#world.client.read(this.#world.kinds.replicaSets.kind, { namespace, name });
      // Ours, and the cache does not know yet: the next look does.
      if (taken === undefined || isSameTemplate(objectAt(taken, "spec", "template") ?? {}, template)) throw error;
      return this.#createSet(replicas, revision, attempt + 1);
    }
  }

  async #cannotCreate(error: unknown): Promise<never> {
    if (error instanceof RefusedError && this.spec.progressDeadlineSeconds !== undefined) {
      const { message } = error;
      await this.writeCondition({ type: "Progressing", status: "False", reason: "ReplicaSetCreateError", message });
    }
    throw error;
  }

  async #resizeOne(set: KubeObject, size: number): Promise<boolean> {
    const annotations = { ...set.metadata.annotations, ...replicasAnnotations(this.spec) };
    const before = sizeOf(set);
    if (before === size && isEqual(annotations, set.metadata.annotations)) return false;
    await this.#replace(set, { annotations, spec: { replicas: size } });
    if (before === size) return false;
    const direction = before < size ? "up" : "down";
    this.#announce(
      "ScalingReplicaSet",
      `Scaled ${direction} replica set ${set.metadata.name} from ${before} to ${size}`,
    );
    return true;
  }

  async #replace(
    set: KubeObject,
    { annotations, spec }: { readonly annotations: object; readonly spec: object },
  ): Promise<KubeObject> {
    const metadata = { ...set.metadata, annotations: { ...annotations } };
    const changed = { ...set, metadata, spec: { ...objectAt(set, "spec"), ...spec } };
    const written = await this.#world.kinds.replicaSets.update(changed);
    this.#sets = this.#sets.map((known) => (known.metadata.uid === written.metadata.uid ? written : known));
    return written;
  }

  #announce(reason: string, message: string): void {
    announce(this.#world, this.#deployment, { type: "Normal", reason, message, component: COMPONENT });
  }
}

const pick = (object: Readonly<Record<string, unknown>>, field: string): object =>
  object[field] === undefined ? {} : { [field]: object[field] };

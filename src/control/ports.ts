import type { Announcement, Levels, Round } from "../domain/decision.ts";
import type { CanaryFacts, ConfigFacts, RoundResult, RouteFacts, WorkloadFacts } from "../domain/observation.ts";
import type { CanarySpec, JsonObject, Refusal, TargetRef } from "../domain/spec.ts";
import type { Problem, Status } from "../domain/status.ts";
import type { Duration, Instant } from "../domain/time.ts";

/** The interfaces that the line needs of the world. Adapters implement them; nothing here knows a library. */

/** Names one Canary: `namespace/name`. */
export type Key = string;

export interface Clock {
  now(): Instant;
}

/** A Canary as its store holds it, parsed. */
export interface CanaryRecord {
  readonly facts: CanaryFacts;
  readonly uid: string;
  /** Undefined when the spec cannot be understood at all; the refusals say why. */
  readonly spec: CanarySpec | undefined;
  readonly refusals: readonly Refusal[];
  readonly status: Status;
  /** Whether the object says that it is elsewhere than the status says: a hand or another controller wrote it. */
  readonly isMisreported?: boolean;
  /** The resourceVersion that was observed; a commit compares and swaps on it. */
  readonly version: string;
}

/** The Canary objects themselves. */
export interface Canaries {
  get(key: Key): CanaryRecord | undefined;
  /** Keys of all Canaries that name this one's target, its own among them, earliest created first. */
  sharingTarget(record: CanaryRecord): readonly Key[];
  /** Write the status if the object is still the one that was observed; StaleError when it is not. */
  commit(record: CanaryRecord, status: Status): Promise<void>;
  setFinalizer(record: CanaryRecord, presence: "present" | "absent"): Promise<void>;
}

/** What a driver or a router found, with whatever stands in the way. */
export interface Finding<Facts> {
  readonly facts: Facts;
  readonly problems: readonly Problem[];
}

/** What drivers need to know of the Canary they work for. */
export interface Subject {
  readonly record: CanaryRecord;
  readonly spec: CanarySpec;
}

/** The selector label of a target and the ports its containers name: what Services are made from. */
export interface TargetShape {
  readonly labelKey: string;
  readonly labelValue: string;
  readonly containerPorts: readonly ContainerPort[];
}

export interface ContainerPort {
  readonly name: string;
  readonly port: number;
}

export interface WorkloadPair {
  readonly target: WorkloadFacts | undefined;
  readonly primary: WorkloadFacts | undefined;
  readonly configs: ConfigFacts;
  readonly shape: TargetShape | undefined;
}

/** One kind of workload with a primary copy beside it. Reads caches, renders, applies; never decides. */
export interface WorkloadDriver {
  read(subject: Subject): Finding<WorkloadPair>;
  /** Make the primary and the target's replicas so. Safe to repeat; writes only where the world differs. */
  apply(subject: Subject, levels: Levels): Promise<void>;
}

export interface RoutingFacts {
  readonly route: RouteFacts | undefined;
  readonly apexOnPrimary: boolean;
  readonly givenBack: boolean;
  /** When the objects that clients go by got what they ask for now. */
  readonly givenBackSince?: Instant | undefined;
}

/** One way of sending requests to two versions: Services and routes. Reads caches, renders, applies; never decides. */
export interface TrafficRouter {
  read(subject: Subject, shape: TargetShape | undefined): Finding<RoutingFacts>;
  /** Make the Services and the route so. Safe to repeat; writes only where the world differs. */
  apply(subject: Subject, shape: TargetShape, levels: Levels): Promise<void>;
  /** Whether the route that `read` tells of is the one that proxies are told of: StaleError where it is not any more. */
  confirm(subject: Subject): Promise<void>;
}

/** Who answers behind a Service. */
export interface Endpoints {
  /** Names of the pods that it sends requests for this port to now, in a fixed order. From the cache. */
  ready(namespace: string, service: string, portName: string): readonly string[];
}

/** Where measurements come from. */
export interface Metrics {
  /** Problems with the metrics as they are defined now, and how far their own texts make them look back. */
  inspect(subject: Subject): Finding<{ readonly literalWindow: Duration }>;
  /** Start one round; the answer lands in the inbox and wakes the key. Never throws. A round in flight is not started twice. */
  start(subject: Subject, round: Round, at: Instant): void;
}

/** Answers from slow outsiders, waiting to be observed. Metrics deliver into it, which wakes the key. */
export interface InboxPort {
  deliver(key: Key, result: RoundResult): void;
  drop(key: Key): void;
}

/** Where the ends and the numbers of rollouts are counted. Never blocks and never throws. */
export interface Outcomes {
  /** Called once for each committed change of status. */
  note(subject: Subject, before: Status, after: Status, at: Instant): void;
}

/** Where people are told. Never blocks and never throws. */
export interface Announcer {
  announce(record: CanaryRecord, announcements: readonly Announcement[]): void;
}

/** Whether this instance can prove that it is the leader. */
export interface Leadership {
  mayAct(): boolean;
}

/** A Kubernetes object as raw JSON. */
export interface ClusterObject {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata: ClusterMeta;
  readonly [field: string]: unknown;
}

export interface ClusterMeta {
  readonly name: string;
  readonly namespace?: string;
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly generation?: number;
  readonly creationTimestamp?: string;
  readonly deletionTimestamp?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly ownerReferences?: readonly ClusterOwner[];
  readonly [field: string]: unknown;
}

export interface ClusterOwner {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
  readonly controller?: boolean;
  readonly blockOwnerDeletion?: boolean;
}

/** Kinds that the controller reads and writes, by the name used on the wire. */
export type KindName =
  | "Canary"
  | "MetricTemplate"
  | "Deployment"
  | "Service"
  | "EndpointSlice"
  | "VirtualService"
  | "DestinationRule"
  | "ConfigMap"
  | "Secret";

/** The cluster as drivers and routers see it: caches to read, and writes that are seen by the next read. */
export interface Cluster {
  /** From the cache. ConfigMaps and Secrets are metadata only. `undefined`: there is none. */
  read(kind: KindName, namespace: string, name: string): ClusterObject | undefined;
  /**
   * When our last write to this object took place, as the server recorded it: for what is so since before this process
   * could look. Undefined for what it saw happen, and for objects that we never wrote.
   */
  writtenAt(kind: KindName, namespace: string, name: string): Instant | undefined;
  /** When this process first saw the object in its present content. */
  seenSince(kind: KindName, namespace: string, name: string): Instant | undefined;
  /**
   * Server-side apply with our one field manager, forced onto what the cache shows; StaleError where there is an object of
   * somebody else's that it does not show yet. The answer is in the cache before this returns.
   */
  apply(kind: KindName, object: ClusterObject): Promise<void>;
  /** JSON merge patch with our field manager. With `resourceVersion`, only onto that version (StaleError otherwise). */
  merge(kind: KindName, namespace: string, name: string, patch: JsonObject, resourceVersion?: string): Promise<void>;
  /** From the API server, not the cache, with its data: for configs, which are never cached. */
  fetch(kind: "ConfigMap" | "Secret", namespace: string, name: string): Promise<ClusterObject | undefined>;
  /** Ask the API server itself: StaleError where it has another version than the cache showed, which shows that one then. */
  confirm(kind: KindName, namespace: string, name: string): Promise<void>;
}

/** Everything one tick works with. */
export interface Ports {
  readonly clock: Clock;
  readonly canaries: Canaries;
  readonly workloads: Readonly<Record<TargetRef["kind"], WorkloadDriver | undefined>>;
  readonly routers: Readonly<Record<string, TrafficRouter | undefined>>;
  readonly defaultProvider: string;
  readonly endpoints: Endpoints;
  readonly metrics: Metrics;
  readonly inbox: InboxPort;
  readonly announcer: Announcer;
  readonly outcomes: Outcomes;
  readonly leadership: Leadership;
}

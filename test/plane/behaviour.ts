/** What a pod's manifest tells its stand-in to do: the test says it in the container's environment, as a release would differ. */

export interface PodObject {
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly uid: string;
    readonly deletionTimestamp?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly ownerReferences?: readonly {
      readonly kind: string;
      readonly name: string;
      readonly controller?: boolean;
    }[];
  };
  readonly spec: {
    readonly nodeName?: string;
    readonly containers: readonly Container[];
    readonly initContainers?: readonly Container[];
  };
  readonly status?: { readonly podIP?: string };
}

export interface Container {
  readonly name: string;
  readonly image: string;
  readonly ports?: readonly { readonly containerPort: number; readonly protocol?: string }[];
  readonly env?: readonly { readonly name: string; readonly value?: string }[];
  readonly readinessProbe?: { readonly initialDelaySeconds?: number };
}

export interface Behaviour {
  /** What `x-version` says: VERSION, else the image's tag. */
  readonly version: string;
  /** START_SECONDS, or the readiness probe's initial delay: connections are refused until then. */
  readonly startSeconds: number;
  /** ERROR_PERCENT of responses are 500, spread evenly rather than by chance. */
  readonly errorPercent: number;
  /** LATENCY_MILLIS before each response. */
  readonly latencyMillis: number;
  /** CRASH=1 crashes at each start; an image that is `missing` is never pulled. */
  readonly fate: "serves" | "crashes" | "image missing";
  /**
   * SHUTDOWN: `abrupt` refuses connections from the instant of deletion, as most programs do on SIGTERM; `graceful` serves
   * SHUTDOWN_SECONDS longer, as a preStop sleep would have it.
   */
  readonly shutdown: "abrupt" | "graceful";
  readonly shutdownSeconds: number;
  /** False keeps the pod running but not ready; only ever set by a test while the pod runs. */
  readonly ready: boolean;
}

export function behaviourOf(pod: PodObject): Behaviour {
  const { containers } = pod.spec;
  const environment = new Map(
    containers.flatMap(({ env = [] }) => env.map(({ name, value = "" }) => [name, value] as const)),
  );
  const number = (name: string, otherwise: number) => Number(environment.get(name) ?? otherwise);
  const probeDelay = Math.max(0, ...containers.map(({ readinessProbe }) => readinessProbe?.initialDelaySeconds ?? 0));
  const isMissing = containers.some(({ image }) => image.includes("missing"));
  return {
    version: environment.get("VERSION") ?? tagOf(containers[0]?.image ?? ""),
    startSeconds: number("START_SECONDS", probeDelay),
    errorPercent: number("ERROR_PERCENT", 0),
    latencyMillis: number("LATENCY_MILLIS", 0),
    fate: isMissing ? "image missing" : environment.get("CRASH") === "1" ? "crashes" : "serves",
    shutdown: environment.get("SHUTDOWN") === "graceful" ? "graceful" : "abrupt",
    shutdownSeconds: number("SHUTDOWN_SECONDS", 2),
    ready: true,
  };
}

/** The workload's name as Istio's sidecar derives it: the owner's, without the ReplicaSet's hash. */
export function workloadOf(pod: PodObject): string {
  const owner = pod.metadata.ownerReferences?.find(({ controller }) => controller);
  if (!owner) return pod.metadata.name;
  const hash = pod.metadata.labels?.["pod-template-hash"];
  return owner.kind === "ReplicaSet" && hash && owner.name.endsWith(`-${hash}`)
    ? owner.name.slice(0, -hash.length - 1)
    : owner.name;
}

export function portsOf(pod: PodObject): number[] {
  const ports = pod.spec.containers.flatMap((container) => container.ports ?? []);
  return [
    ...new Set(ports.filter(({ protocol = "TCP" }) => protocol === "TCP").map(({ containerPort }) => containerPort)),
  ];
}

function tagOf(image: string): string {
  const name = image.split("@")[0]?.split("/").at(-1) ?? "";
  return name.includes(":") ? (name.split(":").at(-1) ?? "latest") : "latest";
}

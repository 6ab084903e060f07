/** What a kubelet would write into a pod's status. */
import { type Container, containersOf, type PodObject } from "../../simulator/pods/podObject.ts";

export type PodState =
  | { readonly name: "creating" }
  /** The container runs, and nobody may send to it yet. */
  | { readonly name: "running"; readonly restarts: number }
  | { readonly name: "ready"; readonly restarts: number }
  | { readonly name: "crashed"; readonly restarts: number }
  | { readonly name: "image missing"; readonly reason: "ErrImagePull" | "ImagePullBackOff" };

export interface StatusContext {
  readonly hostIP: string;
  readonly podIP: string;
  /** When the node took the pod, and now. */
  readonly startedAt: string;
  readonly now: string;
  /** When the container that runs was started. */
  readonly runningSince: string;
  /** The conditions as they were told last: a time changes only with what it is the time of. */
  readonly before: readonly Condition[];
}

export interface Condition {
  readonly type: string;
  readonly status: "True" | "False";
  readonly lastTransitionTime: string;
  readonly reason?: string;
  readonly message?: string;
}

export interface PodStatus {
  readonly conditions: readonly Condition[];
  readonly [field: string]: unknown;
}

export function podStatus(pod: PodObject, state: PodState, context: StatusContext): PodStatus {
  const { hostIP, podIP, startedAt } = context;
  const hasAddress = state.name !== "creating" && state.name !== "image missing";
  return {
    phase: hasAddress ? "Running" : "Pending",
    conditions: conditionsOf(pod, state, context),
    hostIP,
    hostIPs: [{ ip: hostIP }],
    startTime: startedAt,
    qosClass: "BestEffort",
    ...(hasAddress ? { podIP, podIPs: [{ ip: podIP }] } : {}),
    ...initStatuses(pod, context),
    containerStatuses: containersOf(pod).map((container) => containerStatus(container, state, context)),
  };
}

function conditionsOf(pod: PodObject, state: PodState, { now, before }: StatusContext): readonly Condition[] {
  const names = containersOf(pod).map(({ name }) => name);
  const condition = (type: string, holds: boolean): Condition => {
    const status = holds ? "True" : "False";
    const earlier = before.find((other) => other.type === type && other.status === status);
    const why = { reason: "ContainersNotReady", message: `containers with unready status: [${names.join(" ")}]` };
    return {
      type,
      status,
      lastTransitionTime: earlier?.lastTransitionTime ?? now,
      ...(holds ? {} : why),
    };
  };
  const isReady = state.name === "ready";
  return [
    condition("PodScheduled", true),
    condition("Initialized", true),
    condition("ContainersReady", isReady),
    condition("Ready", isReady),
  ];
}

function initStatuses(pod: PodObject, { startedAt }: StatusContext): Readonly<Record<string, unknown>> {
  const containers = pod.spec?.initContainers ?? [];
  if (containers.length === 0) return {};
  const terminated = { exitCode: 0, reason: "Completed", startedAt, finishedAt: startedAt };
  const statuses = containers.map((container) => ({
    ...base(container),
    ready: true,
    state: { terminated },
  }));
  return { initContainerStatuses: statuses };
}

const base = ({ name, image = "" }: Container) => ({
  name,
  image,
  imageID: "",
  lastState: {},
  ready: false,
  started: false,
  restartCount: 0,
});

function containerStatus(container: Container, state: PodState, context: StatusContext): Record<string, unknown> {
  const { now, runningSince } = context;
  const { name, image } = container;
  const waiting = (reason: string, message?: string) => ({ waiting: { reason, ...(message ? { message } : {}) } });
  const died = (restarts: number) =>
    restarts === 0
      ? {}
      : { terminated: { exitCode: 1, reason: "Error", startedAt: runningSince, finishedAt: runningSince } };
  switch (state.name) {
    case "creating":
      return { ...base(container), state: waiting("ContainerCreating") };
    case "running":
    case "ready": {
      const { restarts } = state;
      const ready = state.name === "ready";
      const running = { running: { startedAt: runningSince } };
      return {
        ...base(container),
        ready,
        started: true,
        restartCount: restarts,
        state: running,
        lastState: died(restarts),
      };
    }
    case "crashed": {
      const lastState = { terminated: { exitCode: 1, reason: "Error", startedAt: runningSince, finishedAt: now } };
      const message = `back-off restarting failed container ${name}`;
      return {
        ...base(container),
        restartCount: state.restarts,
        state: waiting("CrashLoopBackOff", message),
        lastState,
      };
    }
    case "image missing": {
      const message =
        state.reason === "ErrImagePull"
          ? `failed to pull image "${image}": not found`
          : `Back-off pulling image "${image}"`;
      return { ...base(container), state: waiting(state.reason, message) };
    }
  }
}

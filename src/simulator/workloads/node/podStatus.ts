import type { WireObject } from "../../../resources/wire.ts";
import type { KubeObject } from "../../../runtime/transport.ts";
import { objectsAt, textAt } from "../../api/json.ts";

/** How a pod is, as its node sees it. */
export type PodState =
  | { readonly name: "starting" }
  | { readonly name: "ready" }
  | { readonly name: "unready" }
  | { readonly name: "crashed"; readonly restarts: number }
  | { readonly name: "image missing" };

export interface Surroundings {
  readonly podIP: string;
  readonly hostIP: string;
  /** The time, as Kubernetes writes it. */
  readonly at: string;
}

/** What a kubelet would write into a pod's status. */
export function podStatus(pod: KubeObject, state: PodState, { podIP, hostIP, at }: Surroundings): WireObject {
  const isReady = state.name === "ready";
  const names = objectsAt(pod, "spec", "containers").map((container) => textAt(container, "name") ?? "");
  const unready = { reason: "ContainersNotReady", message: `containers with unready status: [${names.join(" ")}]` };
  const condition = (type: string, holds: boolean): WireObject => ({
    type,
    status: holds ? "True" : "False",
    lastTransitionTime: since(pod, type, holds) ?? at,
    ...(holds ? {} : unready),
  });
  const isUp = state.name !== "starting" && state.name !== "image missing";
  return {
    phase: isUp ? "Running" : "Pending",
    conditions: [
      condition("PodScheduled", true),
      condition("Initialized", true),
      condition("ContainersReady", isReady),
      condition("Ready", isReady),
    ],
    hostIP,
    hostIPs: [{ ip: hostIP }],
    startTime: textAt(pod, "status", "startTime") ?? at,
    ...(state.name === "image missing" ? {} : { podIP, podIPs: [{ ip: podIP }] }),
    containerStatuses: objectsAt(pod, "spec", "containers").map((container) => containerStatus(container, state, at)),
  };
}

/** When a condition came to be as it is, where it does not change now. */
function since(pod: KubeObject, type: string, holds: boolean): string | undefined {
  const known = objectsAt(pod, "status", "conditions").find((condition) => condition["type"] === type);
  return textAt(known, "status") === (holds ? "True" : "False") ? textAt(known, "lastTransitionTime") : undefined;
}

function containerStatus(container: WireObject, state: PodState, at: string): WireObject {
  const { name, image } = container;
  const isReady = state.name === "ready";
  const base = { name, image, imageID: "", ready: isReady, started: isReady, restartCount: 0 };
  const waiting = (reason: string, message?: string): WireObject => ({
    waiting: { reason, ...(message === undefined ? {} : { message }) },
  });
  switch (state.name) {
    case "starting":
      return { ...base, state: waiting("ContainerCreating") };
    case "ready":
    case "unready":
      return { ...base, started: true, state: { running: { startedAt: at } } };
    case "crashed":
      return {
        ...base,
        restartCount: state.restarts,
        state: waiting("CrashLoopBackOff", `back-off restarting failed container ${String(name)}`),
        lastState: { terminated: { exitCode: 1, reason: "Error", startedAt: at, finishedAt: at } },
      };
    case "image missing":
      return { ...base, state: waiting("ImagePullBackOff", `Back-off pulling image "${String(image)}"`) };
  }
}

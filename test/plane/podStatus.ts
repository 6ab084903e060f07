/** What a kubelet would write into a pod's status. */
import type { Container, PodObject } from "./behaviour.ts";
import { nodeAddress } from "./enter.ts";

export type PodState =
  | { readonly name: "starting"; readonly podIP: string }
  | { readonly name: "ready"; readonly podIP: string }
  | { readonly name: "unready"; readonly podIP: string }
  | { readonly name: "crashed"; readonly podIP: string; readonly restarts: number }
  | { readonly name: "image missing" };

export function podStatus(pod: PodObject, state: PodState, now: Date): Record<string, unknown> {
  const at = `${now.toISOString().slice(0, 19)}Z`;
  const isReady = state.name === "ready";
  const condition = (type: string, holds: boolean) => ({
    type,
    status: holds ? "True" : "False",
    lastTransitionTime: at,
    ...(holds ? {} : { reason: "ContainersNotReady", message: `containers with unready status: [${namesOf(pod)}]` }),
  });
  const podIP = "podIP" in state ? { podIP: state.podIP, podIPs: [{ ip: state.podIP }] } : {};
  return {
    phase: state.name === "image missing" || state.name === "starting" ? "Pending" : "Running",
    conditions: [
      condition("PodScheduled", true),
      condition("Initialized", true),
      condition("ContainersReady", isReady),
      condition("Ready", isReady),
    ],
    hostIP: nodeAddress,
    hostIPs: [{ ip: nodeAddress }],
    startTime: at,
    ...podIP,
    containerStatuses: pod.spec.containers.map((container) => containerStatus(container, state, at)),
  };
}

function containerStatus(container: Container, state: PodState, at: string): Record<string, unknown> {
  const { name, image } = container;
  const base = {
    name,
    image,
    imageID: "",
    ready: state.name === "ready",
    started: state.name === "ready",
    restartCount: 0,
  };
  const waiting = (reason: string, message?: string) => ({ waiting: { reason, ...(message ? { message } : {}) } });
  switch (state.name) {
    case "starting":
      return { ...base, state: waiting("ContainerCreating") };
    case "ready":
    case "unready":
      return { ...base, state: { running: { startedAt: at } } };
    case "crashed":
      return {
        ...base,
        restartCount: state.restarts,
        state: waiting("CrashLoopBackOff", `back-off restarting failed container ${name}`),
        lastState: { terminated: { exitCode: 1, reason: "Error", startedAt: at, finishedAt: at } },
      };
    case "image missing":
      return { ...base, state: waiting("ImagePullBackOff", `Back-off pulling image "${image}"`) };
  }
}

function namesOf(pod: PodObject): string {
  return pod.spec.containers.map(({ name }) => name).join(" ");
}

/** The scenes that real controllers play too, in the embedded world, whose time does not let anybody wait. */
import { setTimeout as sleep } from "node:timers/promises";
import { jsonLog } from "../../../src/runtime/log.ts";
import { seededRandom } from "../../../src/runtime/random.ts";
import { ApiServer } from "../../../src/simulator/api/apiServer.ts";
import { transportTo } from "../../../src/simulator/api/transport.ts";
import { VirtualClock } from "../../../src/simulator/virtualClock.ts";
import { cores } from "../../../src/simulator/workloads/autoscaling/metrics.ts";
import { fakeNode } from "../../../src/simulator/workloads/node/fakeNode.ts";
import { workloadOf } from "../../../src/simulator/workloads/node/podBehaviour.ts";
import { startWorkloads } from "../../../src/simulator/workloads/startWorkloads.ts";
import { AUTOSCALER_SECONDS, type WorkloadCluster } from "../../conformance/workloads/cluster.ts";
import { workloadSuite } from "../../conformance/workloads/suite.ts";
import { hasKubectl, kubectlOn } from "../embeddedKubectl.ts";

async function embedded(): Promise<WorkloadCluster> {
  const clock = new VirtualClock();
  const common = { clock, random: seededRandom(7) };
  const api = new ApiServer(common);
  const log = jsonLog({ clock, level: "warn" });
  const node = fakeNode({ ...common, transport: transportTo(api, "kubelet"), log });
  const used = new Map<string, number | undefined>();
  const workloads = startWorkloads({
    ...common,
    transport: transportTo(api, "kube-controller-manager"),
    log,
    cpuOf: (pod) => used.get(`${pod.metadata.namespace}/${workloadOf(pod)}`),
    autoscalerSeconds: AUTOSCALER_SECONDS,
  });
  await Promise.all([node.ready, workloads.ready]);
  const kubectl = hasKubectl ? await kubectlOn(api) : undefined;
  return {
    transport: transportTo(api, "kubectl"),
    kubectl: kubectl && ((...args) => whileRunning(kubectl.run(...args), clock)),
    time: { monotonic: () => clock.monotonic(), pass: (millis) => clock.advance(millis) },
    setReady: async (workload, readiness) => {
      for (const pod of api.all("/pods")) {
        const { name, namespace = "" } = pod.metadata;
        if (`${namespace}/${workloadOf(pod)}` === workload) node.setReady({ namespace, name }, readiness);
      }
    },
    useCpu: async (workload, cpu) => void used.set(workload, cores(cpu)),
    stop: async () => {
      await kubectl?.close();
      node.stop();
      await workloads.stop();
    },
  };
}

/** A program has a time of its own, and may wait for what happens in the world: the world goes on, ten times as fast, until it ends. */
async function whileRunning<T>(program: Promise<T>, clock: VirtualClock): Promise<T> {
  let hasEnded = false;
  const ended = program.finally(() => {
    hasEnded = true;
  });
  while (!hasEnded) {
    await clock.advance(50);
    await Promise.race([ended, sleep(5)]);
  }
  return ended;
}

workloadSuite("ours, in the embedded world", embedded);

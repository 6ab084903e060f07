/** The scenes that real controllers play too, in the embedded world. */
import { systemClock } from "../../../src/runtime/clock.ts";
import { jsonLog } from "../../../src/runtime/log.ts";
import { seededRandom } from "../../../src/runtime/random.ts";
import { ApiServer } from "../../../src/simulator/api/apiServer.ts";
import { transportTo } from "../../../src/simulator/api/transport.ts";
import { cores } from "../../../src/simulator/workloads/autoscaling/metrics.ts";
import { fakeNode } from "../../../src/simulator/workloads/node/fakeNode.ts";
import { workloadOf } from "../../../src/simulator/workloads/node/podBehaviour.ts";
import { startWorkloads } from "../../../src/simulator/workloads/startWorkloads.ts";
import { AUTOSCALER_SECONDS, type WorkloadCluster } from "../../conformance/workloads/cluster.ts";
import { workloadSuite } from "../../conformance/workloads/suite.ts";
import { hasKubectl, kubectlOn } from "../embeddedKubectl.ts";

async function embedded(): Promise<WorkloadCluster> {
  const common = { clock: systemClock(), random: seededRandom(7) };
  const api = new ApiServer(common);
  const log = jsonLog({ clock: common.clock, level: "warn" });
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
    kubectl: kubectl?.run,
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

workloadSuite("ours, in the embedded world", embedded);

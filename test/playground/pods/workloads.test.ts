/** The scenes that real controllers play too, with the playground's pods: real HTTP servers on a node that is none. */
import { PodHost } from "../../../src/playground/pods/podHost.ts";
import { systemClock } from "../../../src/runtime/clock.ts";
import { jsonLog } from "../../../src/runtime/log.ts";
import { seededRandom } from "../../../src/runtime/random.ts";
import { ApiServer } from "../../../src/simulator/api/apiServer.ts";
import { transportTo } from "../../../src/simulator/api/transport.ts";
import { cores } from "../../../src/simulator/workloads/autoscaling/metrics.ts";
import { startWorkloads } from "../../../src/simulator/workloads/startWorkloads.ts";
import { AUTOSCALER_SECONDS, REAL_TIME, type WorkloadCluster } from "../../conformance/workloads/cluster.ts";
import { workloadSuite } from "../../conformance/workloads/suite.ts";
import { hasKubectl, kubectlOn } from "../../simulator/embeddedKubectl.ts";

async function playground(): Promise<WorkloadCluster> {
  const common = { clock: systemClock(), random: seededRandom(7) };
  const api = new ApiServer(common);
  const log = jsonLog({ clock: common.clock, level: "warn" });
  const host = new PodHost({ ...common, transport: transportTo(api, "kubelet"), log });
  const workloads = startWorkloads({
    ...common,
    transport: transportTo(api, "kube-controller-manager"),
    log,
    cpuOf: (pod) => host.cpuOf(pod),
    autoscalerSeconds: AUTOSCALER_SECONDS,
  });
  await Promise.all([host.start(), workloads.ready]);
  const kubectl = hasKubectl ? await kubectlOn(api) : undefined;
  return {
    transport: transportTo(api, "kubectl"),
    kubectl: kubectl?.run,
    time: REAL_TIME,
    setReady: async (workload, readiness) => host.behave(workload, { ready: readiness === "ready" }),
    useCpu: async (workload, cpu) => host.behave(workload, { cpuMillicores: (cores(cpu) ?? 0) * 1000 }),
    stop: async () => {
      await kubectl?.close();
      host.stop();
      await workloads.stop();
    },
  };
}

workloadSuite("ours, with the playground's pods", playground);

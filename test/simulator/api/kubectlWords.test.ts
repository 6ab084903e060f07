/** The words of kubectl, where this machine has one, on the embedded API server with the playground's controllers and pods. */
import { definitions } from "../../../src/resources/crds.ts";
import { systemClock } from "../../../src/runtime/clock.ts";
import { jsonLog } from "../../../src/runtime/log.ts";
import { seededRandom } from "../../../src/runtime/random.ts";
import { ApiServer } from "../../../src/simulator/api/apiServer.ts";
import { transportTo } from "../../../src/simulator/api/transport.ts";
import { fakeNode } from "../../../src/simulator/workloads/node/fakeNode.ts";
import { startWorkloads } from "../../../src/simulator/workloads/startWorkloads.ts";
import { type KubectlCluster, kubectlSuite } from "../../conformance/kubectl/suite.ts";
import { hasKubectl, kubectlOn } from "../embeddedKubectl.ts";

async function embedded(): Promise<KubectlCluster> {
  const clock = systemClock();
  const common = { clock, random: seededRandom(7), log: jsonLog({ clock, level: "warn" }) };
  const api = new ApiServer(common);
  for (const { crd } of definitions()) {
    const path = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
    api.request({ method: "POST", path, body: crd, user: "test" });
  }
  const node = fakeNode({ ...common, transport: transportTo(api, "kubelet") });
  const workloads = startWorkloads({ ...common, transport: transportTo(api, "kube-controller-manager") });
  await Promise.all([node.ready, workloads.ready]);
  const { command, directory, close } = await kubectlOn(api);
  return {
    command,
    directory,
    stop: async () => {
      await close();
      node.stop();
      await workloads.stop();
    },
  };
}

if (hasKubectl) kubectlSuite("the embedded API server", embedded);

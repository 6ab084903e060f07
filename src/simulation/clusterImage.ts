import { definitions } from "../resources/crds.ts";
import { seededRandom } from "../runtime/random.ts";
import { ApiServer } from "../simulator/api/apiServer.ts";
import { transportTo } from "../simulator/api/transport.ts";
import { istioDefinitions } from "../simulator/mesh/istioDefinitions.ts";
import { settlePromises, VirtualClock } from "../simulator/virtualClock.ts";
import { fakeNode } from "../simulator/workloads/node/fakeNode.ts";
import { startWorkloads } from "../simulator/workloads/startWorkloads.ts";
import { Hands } from "./hands.ts";
import { QUIET_LOG } from "./quietLog.ts";
import { CONTROLLER_NAMESPACE, NAMESPACE, USERS } from "./users.ts";

/** When every life begins, in milliseconds since the epoch: a Thursday, 0:00 UTC. */
export const LIFE_BEGINS_MILLIS = Date.UTC(2026, 0, 1);

const FOUNDED_MILLIS = LIFE_BEGINS_MILLIS - 3_600_000;
const GATEWAY = { name: "public", namespace: "istio-system" };

/**
 * A cluster as it is before anybody comes: kinds, namespaces, a node, a way in. Lives begin with forks of it, so that what
 * is the same for all of them is made once. The same in every process.
 */
export async function clusterImage(): Promise<ApiServer> {
  const clock = new VirtualClock(FOUNDED_MILLIS, settlePromises);
  const random = seededRandom(1);
  const api = new ApiServer({ clock, random });
  const hands = new Hands(api, USERS.founder);
  const namespaces = ["istio-system", CONTROLLER_NAMESPACE, NAMESPACE];
  hands.apply(...definitions().map(({ crd }) => crd), ...istioDefinitions());
  hands.apply(...namespaces.map((name) => ({ apiVersion: "v1", kind: "Namespace", metadata: { name } })));
  hands.apply({
    apiVersion: "networking.istio.io/v1",
    kind: "Gateway",
    metadata: GATEWAY,
    spec: {
      selector: { istio: "ingressgateway" },
      servers: [{ port: { number: 80, name: "http", protocol: "HTTP" }, hosts: ["*"] }],
    },
  });
  const shared = { clock, random, log: QUIET_LOG };
  const node = fakeNode({ ...shared, transport: transportTo(api, USERS.node) });
  const workloads = startWorkloads({ ...shared, transport: transportTo(api, USERS.controllers) });
  await clock.advance(1_000);
  await Promise.all([node.ready, workloads.ready]);
  await clock.advance(60_000);
  node.stop();
  await workloads.stop();
  return api;
}

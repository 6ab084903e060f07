/** The gateway's suite on the real thing: Envoy, told by istiod. */
import { request } from "undici";
import { countsOf, type Mesh, type Received } from "../conformance/gateway/mesh.ts";
import { gatewaySuite } from "../conformance/gateway/suite.ts";
import type { ApiObject } from "./api.ts";
import { nodeAddress } from "./enter.ts";
import { gatewayPort, namespace } from "./manifests.ts";
import { Objects } from "./objects.ts";
import { startPlane } from "./plane.ts";

async function realMesh(): Promise<Mesh> {
  const plane = await startPlane({ prometheus: false });
  const objects = new Objects(plane.api);
  await objects.apply(namespace("mesh"));
  const read = async (url: string) => (await request(url)).body.text();
  return {
    url: `http://${nodeAddress}:${gatewayPort}`,
    apply: (...manifests) => objects.apply(...(manifests as readonly object[] as readonly ApiObject[])),
    async received() {
      const pods = await objects.list("pod", "mesh");
      const all = pods.map(async ({ metadata, status }) => {
        const text = await read(`http://${String(status?.["podIP"])}:9898/-/requests`);
        return (JSON.parse(text) as Received[]).map((one) => ({ ...one, pod: metadata.name }));
      });
      return (await Promise.all(all)).flat();
    },
    async counts(cluster) {
      const text = await read(`${plane.envoyAdmin}/stats/prometheus`);
      // Without Istio's own rules for the names of statistics, a cluster's ends at its first dot, and the rest is in the metric's.
      const [start = ""] = cluster.split(".");
      const metric = /^envoy_cluster_\w+_svc_cluster_local__upstream_rq\{/;
      return countsOf(text, (line) => metric.test(line) && line.includes(`"${start}"`));
    },
    stop: () => plane.stop(),
  };
}

gatewaySuite("Envoy behind istiod", realMesh);

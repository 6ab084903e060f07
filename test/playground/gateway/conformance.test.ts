import { countsOf, type Mesh, type Received } from "../../conformance/gateway/mesh.ts";
import { gatewaySuite } from "../../conformance/gateway/suite.ts";
import { startEmbedded } from "../embedded.ts";

async function embeddedMesh(): Promise<Mesh> {
  const { host, gateway, apply, stop } = await startEmbedded({ serves: 8080 });
  return {
    url: gateway.url,
    apply,
    async received() {
      const all = host.pods.map(async (pod) => {
        const answer = await fetch(`http://127.0.0.1:${pod.server.port}/-/requests`);
        return ((await answer.json()) as Received[]).map((one) => ({ ...one, pod: pod.object.metadata.name }));
      });
      return (await Promise.all(all)).flat();
    },
    async counts(cluster) {
      const text = await (await fetch(`${gateway.adminUrl}/stats/prometheus`)).text();
      return countsOf(text, (line) => line.startsWith("envoy_cluster_upstream_rq{") && line.includes(`"${cluster}"`));
    },
    stop,
  };
}

gatewaySuite("the playground", embeddedMesh);

import { Gateway } from "../../../src/playground/gateway/gateway.ts";
import { PodHost } from "../../../src/playground/pods/podHost.ts";
import { systemClock } from "../../../src/runtime/clock.ts";
import { silentLog } from "../../../src/runtime/log.ts";
import { seededRandom } from "../../../src/runtime/random.ts";
import { countsOf, type Mesh, type Received } from "../../conformance/gateway/mesh.ts";
import { gatewaySuite } from "../../conformance/gateway/suite.ts";
import { FakeApi } from "../fakeApi.ts";

async function embeddedMesh(): Promise<Mesh> {
  const api = new FakeApi();
  const options = { transport: api, clock: systemClock(), random: seededRandom(11), log: silentLog() };
  const host = new PodHost(options);
  const gateway = new Gateway({
    ...options,
    endpoints: "pods",
    propagationMillis: 20,
    serves: 8080,
    resolve: (address, port) => host.resolve(address, port),
  });
  await host.start();
  await gateway.start();
  return {
    url: gateway.url,
    apply: async (...objects) => {
      for (const object of objects) api.put(object);
    },
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
    async stop() {
      gateway.stop();
      host.stop();
    },
  };
}

gatewaySuite("the playground", embeddedMesh);

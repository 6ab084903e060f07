/** The playground's parts put together for tests, without HTTP in front of the API server. */
import { Gateway, type GatewayOptions } from "../../src/playground/gateway/gateway.ts";
import { PodHost } from "../../src/playground/pods/podHost.ts";
import { systemClock } from "../../src/runtime/clock.ts";
import { silentLog } from "../../src/runtime/log.ts";
import { seededRandom } from "../../src/runtime/random.ts";
import type { KubeObject, Method, Transport } from "../../src/runtime/transport.ts";
import { ApiServer } from "../../src/simulator/api/apiServer.ts";
import { transportTo } from "../../src/simulator/api/transport.ts";
import { istioDefinitions } from "../../src/simulator/mesh/istioDefinitions.ts";
import { startWorkloads } from "../../src/simulator/workloads/startWorkloads.ts";
import { AUTOSCALER_SECONDS } from "../conformance/workloads/cluster.ts";

export interface Embedded {
  readonly host: PodHost;
  readonly gateway: Gateway;
  readonly transport: Transport;
  /** Server-side apply, in order. */
  apply(...objects: readonly object[]): Promise<void>;
  send(method: Method, path: string, body?: unknown): Promise<KubeObject>;
  stop(): Promise<void>;
}

export async function startEmbedded(more: Partial<GatewayOptions> = {}): Promise<Embedded> {
  const shared = { clock: systemClock(), random: seededRandom(11), log: silentLog() };
  const api = new ApiServer(shared);
  const as = (user: string) => ({ ...shared, transport: transportTo(api, user) });
  const host = new PodHost(as("node"));
  const gateway = new Gateway({ ...as("istiod"), resolve: (address, port) => host.resolve(address, port), ...more });
  const transport = transportTo(api, "test");
  const send = async (method: Method, path: string, body?: unknown, contentType = "application/json") => {
    const query = contentType.includes("apply") ? { fieldManager: "test", force: "true" } : {};
    const answer = await transport.request({ method, path, query, body, contentType, timeoutMillis: 5000 });
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body as KubeObject;
  };
  const apply = async (...objects: readonly object[]) => {
    for (const object of objects)
      await send("PATCH", pathOf(object as KubeObject), object, "application/apply-patch+yaml");
  };
  await apply(...istioDefinitions(), namespace("istio-system"), namespace("test"), namespace("mesh"));
  const workloads = startWorkloads({
    ...as("kube-controller-manager"),
    cpuOf: (pod) => host.cpuOf(pod),
    autoscalerSeconds: AUTOSCALER_SECONDS,
  });
  await workloads.ready;
  await host.start();
  await gateway.start();
  const stop = async () => {
    gateway.stop();
    host.stop();
    await workloads.stop();
  };
  return { host, gateway, transport, apply, send, stop };
}

const namespace = (name: string) => ({ apiVersion: "v1", kind: "Namespace", metadata: { name } });

export function pathOf({ apiVersion = "", kind = "", metadata }: KubeObject): string {
  const root = apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const place = metadata.namespace === undefined ? "" : `/namespaces/${metadata.namespace}`;
  return `${root}${place}/${kind.toLowerCase()}s/${metadata.name}`;
}

/** Which pods stand behind a Service, and when they no longer do. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { deployment, service } from "../../plane/manifests.ts";
import type { Open } from "./deployments.ts";
import type { Json, Scene } from "./scene.ts";

interface Endpoint {
  readonly addresses: readonly string[];
  readonly conditions: { readonly ready: boolean; readonly serving: boolean; readonly terminating: boolean };
  readonly nodeName: string;
  readonly targetRef: Json;
}

async function endpointsOf(scene: Scene, name: string): Promise<readonly Endpoint[]> {
  const slices = await scene.list("endpointSlices", `kubernetes.io/service-name=${name}`);
  return slices.flatMap((slice) => (slice["endpoints"] ?? []) as readonly Endpoint[]);
}

const standing = ({ conditions: { ready, serving, terminating } }: Endpoint): string =>
  [ready && "ready", serving && "serving", terminating && "terminating"].filter(Boolean).join(" ");

export function endpointScenes(open: Open): void {
  test("a Service has its pods, in a slice and in Endpoints", async () => {
    const scene = await open("slices");
    const { namespace } = scene;
    await scene.create("services", service("web", { namespace }));
    await scene.until(
      "an empty slice says that there is nobody",
      async () => (await scene.list("endpointSlices")).length === 1,
    );
    await scene.create("deployments", deployment("web", { namespace, replicas: 2 }));
    await scene.rolledOut("web");
    await scene.until("both are in", async () => (await endpointsOf(scene, "web")).length === 2);
    const [slice, ...others] = await scene.list("endpointSlices");
    assert.ok(slice !== undefined);
    assert.deepEqual(others, []);
    assert.deepEqual(slice.metadata.labels, {
      "endpointslice.kubernetes.io/managed-by": "endpointslice-controller.k8s.io",
      "kubernetes.io/service-name": "web",
    });
    assert.match(slice.metadata.name, /^web-\w{5}$/);
    assert.equal(slice.metadata.ownerReferences?.[0]?.kind, "Service");
    assert.deepEqual(slice["ports"], [{ name: "http", port: 9898, protocol: "TCP" }]);
    assert.equal(slice["addressType"], "IPv4");
    const pods = await scene.list("pods");
    const wanted = pods.map(({ metadata: { name, uid }, status }) => ({
      addresses: [status?.["podIP"]],
      conditions: { ready: true, serving: true, terminating: false },
      nodeName: "node-1",
      targetRef: { kind: "Pod", namespace, name, uid },
    }));
    const byName = (one: { targetRef: Json }, other: { targetRef: Json }): number =>
      String(one.targetRef["name"]) < String(other.targetRef["name"]) ? -1 : 1;
    assert.deepEqual([...(await endpointsOf(scene, "web"))].sort(byName), [...wanted].sort(byName));
    await scene.until("so are they in the older form", async () => {
      const subsets = ((await scene.find("endpoints", "web"))?.["subsets"] ?? []) as readonly {
        readonly addresses?: readonly Json[];
        readonly ports: readonly Json[];
      }[];
      return (subsets[0]?.addresses?.length === 2 && subsets[0].ports[0]?.["port"] === 9898) || subsets;
    });
  });

  test("a pod that is not ready is no target, and is one again when it is", async () => {
    const scene = await open("readiness");
    const { namespace } = scene;
    await scene.create("services", service("web", { namespace }));
    await scene.create("deployments", deployment("web", { namespace, env: { START_SECONDS: 1 } }));
    const becomes = (wanted: string): Promise<void> =>
      scene.until(`it is ${wanted}`, async () => {
        const seen = (await endpointsOf(scene, "web")).map(standing);
        return (seen.length === 1 && seen[0] === wanted) || seen;
      });
    await becomes("");
    await becomes("ready serving");
    await scene.cluster.setReady(`${namespace}/web`, "unready");
    await becomes("");
    await scene.until("Endpoints say so too", async () => {
      const subsets = ((await scene.find("endpoints", "web"))?.["subsets"] ?? []) as readonly Json[];
      return (Array.isArray(subsets[0]?.["notReadyAddresses"]) && subsets[0]["addresses"] === undefined) || subsets;
    });
    await scene.cluster.setReady(`${namespace}/web`, "ready");
    await becomes("ready serving");
  });

  test("a pod that is told to end is no target from then on", async () => {
    const scene = await open("ending");
    const { namespace } = scene;
    await scene.create("services", service("web", { namespace }));
    const env = { SHUTDOWN: "graceful", SHUTDOWN_SECONDS: 2 };
    await scene.create("deployments", deployment("web", { namespace, replicas: 2, env }));
    await scene.rolledOut("web");
    await scene.until("both are in", async () => (await endpointsOf(scene, "web")).length === 2);
    const pods = await scene.list("pods");
    await scene.patch("deployments", "web", { spec: { replicas: 1 } });
    await scene.until("one is left", async () => (await scene.list("pods")).length === 1);
    await scene.until("in the slice as well", async () => (await endpointsOf(scene, "web")).length === 1);
    const left = new Set((await scene.list("pods")).map(({ metadata }) => metadata.uid));
    const gone = pods.find(({ metadata }) => !left.has(metadata.uid));
    const states = scene.history.flatMap(({ kind, object }) =>
      kind === "endpointSlices"
        ? ((object["endpoints"] ?? []) as readonly Endpoint[]).filter(
            ({ targetRef }) => targetRef["uid"] === gone?.metadata.uid,
          )
        : [],
    );
    const seen = states.map(standing).filter((state, at, all) => state !== all[at - 1]);
    // With the plane's pods that do not listen, the end comes at once: what terminates may never be seen.
    assert.ok(
      ["ready serving", "ready serving,serving terminating"].includes(seen.filter((state) => state !== "").join(",")),
      seen.join(),
    );
  });

  test("a named port is each pod's own, and a selector that changes has other pods", async () => {
    const scene = await open("ports");
    const { namespace } = scene;
    await scene.create("deployments", deployment("one", { namespace, ports: [9898] }));
    await scene.create("deployments", deployment("two", { namespace, labels: { more: "yes" } }));
    const ports = [{ name: "http", port: 80, targetPort: "http" }];
    await scene.create("services", { metadata: { name: "web" }, spec: { selector: { app: "one" }, ports } });
    await scene.rolledOut("one");
    await scene.rolledOut("two");
    const names = async (): Promise<readonly string[]> =>
      (await endpointsOf(scene, "web")).map(({ targetRef }) => String(targetRef["name"]).slice(0, 3));
    await scene.until("it has one", async () => (await names()).join() === "one");
    const [slice] = await scene.list("endpointSlices");
    assert.deepEqual(slice?.["ports"], [{ name: "http", port: 9898, protocol: "TCP" }]);
    await scene.patch("services", "web", { spec: { selector: { app: "two" } } });
    await scene.until("it has two", async () => (await names()).join() === "two");
    await scene.delete("services", "web");
    await scene.until("the slice goes with it", async () => (await scene.list("endpointSlices")).length === 0);
    await scene.until("and so do Endpoints", async () => (await scene.find("endpoints", "web")) === undefined);
  });

  test("whoever wants pods that are not ready gets them", async () => {
    const scene = await open("eager");
    const { namespace } = scene;
    const spec = {
      clusterIP: "None",
      publishNotReadyAddresses: true,
      selector: { app: "web" },
      ports: [{ port: 9898 }],
    };
    await scene.create("services", { metadata: { name: "web" }, spec });
    await scene.create("deployments", deployment("web", { namespace, env: { START_SECONDS: 3 } }));
    await scene.until("it is a target", async () => {
      const seen = (await endpointsOf(scene, "web")).map(standing);
      return seen.join() === "ready" || seen;
    });
    const [slice] = await scene.list("endpointSlices");
    assert.equal(slice?.metadata.labels?.["service.kubernetes.io/headless"], "");
  });
}

/** The real kubectl on the embedded API server, where this machine has one. */
import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { definitions } from "../../../src/resources/crds.ts";
import { systemClock } from "../../../src/runtime/clock.ts";
import { seededRandom } from "../../../src/runtime/random.ts";
import { ApiServer } from "../../../src/simulator/api/apiServer.ts";
import { aDeployment } from "../../conformance/cluster/scripts/requests.ts";
import { type EmbeddedKubectl, hasKubectl, kubectlOn } from "../embeddedKubectl.ts";

interface Output {
  readonly code: number;
  readonly text: string;
}

describe("kubectl", { skip: hasKubectl ? false : "there is no kubectl on this machine" }, () => {
  let embedded: EmbeddedKubectl;

  before(async () => {
    embedded = await kubectlOn(new ApiServer({ clock: systemClock(), random: seededRandom(3) }));
    const crds = definitions().map(({ crd }) => crd);
    const { text } = await apply("crds.json", { apiVersion: "v1", kind: "List", items: crds });
    assert.match(text, /canaries.flagger.app created/);
  });

  after(() => embedded?.close());

  const kubectl = async (...args: readonly string[]): Promise<Output> => {
    const { code, stdout, stderr } = await embedded.run(...args);
    return { code, text: `${stdout}${stderr}` };
  };

  async function apply(name: string, object: object, ...flags: readonly string[]): Promise<Output> {
    const file = join(embedded.directory, name);
    await writeFile(file, JSON.stringify(object));
    return kubectl("apply", "-f", file, ...flags);
  }

  const says = async (words: RegExp, ...args: readonly string[]): Promise<void> => {
    const { text } = await kubectl(...args);
    assert.match(text, words);
  };

  it("applies by its own reckoning", async () => {
    assert.match((await apply("own.json", aDeployment("own", { replicas: 2 }))).text, /own created/);
    assert.match((await apply("own.json", aDeployment("own", { replicas: 2 }))).text, /own unchanged/);
    assert.match((await apply("own.json", aDeployment("own", { paused: true }))).text, /own configured/);
    await says(/^\{"paused":true|"replicas":1/, "get", "deployment", "own", "-o", "jsonpath={.spec}");
  });

  it("applies by the server's", async () => {
    assert.match((await apply("own.json", aDeployment("served"), "--server-side")).text, /served serverside-applied/);
    await says(/served scaled/, "scale", "deployment/served", "--replicas=3");
    const refused = await apply("own.json", aDeployment("served", { replicas: 2 }), "--server-side");
    // Scale leaves its own mark as the owner of the replicas.
    assert.match(refused.text, /conflict with "kubectl" with subresource "scale" using apps\/v1: \.spec\.replicas/);
  });

  it("makes objects without a file, which it sends in protobuf", async () => {
    await says(/deployment.apps\/made created/, "create", "deployment", "made", "--image=made:1", "--port=80");
    await says(/created/, "create", "configmap", "made", "--from-literal=a=b");
    await says(/"a":"b"/, "get", "configmap", "made", "-o", "jsonpath={.data}");
    await says(/created/, "create", "secret", "generic", "made", "--from-literal=a=b");
    await says(/"a":"Yg=="/, "get", "secret", "made", "-o", "jsonpath={.data}");
    await says(/autoscaled/, "autoscale", "deployment", "made", "--max=3");
    await says(/exposed/, "expose", "deployment", "made", "--port=80", "--target-port=http");
    await says(/http/, "get", "service", "made", "-o", "jsonpath={.spec.ports[0].targetPort}");
  });

  it("patches in every way", async () => {
    await apply("own.json", aDeployment("patched"));
    const patch = (type: string, body: string): Promise<Output> =>
      kubectl("patch", "deployment", "patched", `--type=${type}`, "-p", body);
    assert.match((await patch("merge", '{"spec":{"replicas":4}}')).text, /patched patched/);
    assert.match((await patch("json", '[{"op":"replace","path":"/spec/replicas","value":5}]')).text, /patched patched/);
    const env = '{"spec":{"template":{"spec":{"containers":[{"name":"app","env":[{"name":"A","value":"1"}]}]}}}}';
    assert.match((await patch("strategic", env)).text, /patched patched/);
    assert.match((await patch("merge", '{"spec":{"replicas":5}}')).text, /no change/);
    await says(/image updated/, "set", "image", "deployment/patched", "app=example.com/app:2.0");
    await says(/restarted/, "rollout", "restart", "deployment/patched");
    await says(/labeled/, "label", "deployment", "patched", "a=b");
    await says(/annotated/, "annotate", "deployment", "patched", "a=b");
    await says(/Image:\s+example.com\/app:2.0/, "describe", "deployment", "patched");
  });

  it("shows, waits and deletes", async () => {
    await apply("own.json", aDeployment("shown", { replicas: 2 }));
    await says(/NAME +READY +UP-TO-DATE +AVAILABLE +AGE\nshown +0\/2 +0 +0 +\ds/, "get", "deployment", "shown");
    await says(/CONTAINERS +IMAGES +SELECTOR/, "get", "deployment", "shown", "-o", "wide");
    await says(/condition met/, "wait", "deployment/shown", "--for=jsonpath={.spec.replicas}=2", "--timeout=5s");
    await says(/"shown" deleted/, "delete", "deployment", "shown", "--timeout=5s");
    await says(/NotFound/, "get", "deployment", "shown");
    await says(/yes/, "auth", "can-i", "create", "pods");
    await says(/^ok$/, "get", "--raw", "/readyz");
  });

  it("knows our own kinds", async () => {
    const canary = {
      apiVersion: "flagger.app/v1beta1",
      kind: "Canary",
      metadata: { name: "web" },
      spec: {
        targetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "web" },
        service: { port: 80 },
        analysis: { interval: "10s", threshold: 5 },
      },
    };
    assert.match((await apply("canary.json", canary)).text, /canary.flagger.app\/web created/);
    await says(/NAME +STATUS +WEIGHT +LASTTRANSITIONTIME\nweb/, "get", "canary");
    await says(/STEPWEIGHTS/, "get", "canary", "-o", "wide");
    const odd = { ...canary, spec: { ...canary.spec, anlysis: {} } };
    assert.match((await apply("canary.json", odd)).text, /unknown field "spec.anlysis"/);
  });
});

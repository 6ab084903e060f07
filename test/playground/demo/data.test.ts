/** `--data`: what a folder holds is its owner's, in whatever state it is, and the demo goes on with that. */
import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { APP, canary, deployment, ownRoute } from "../../../src/playground/demo/application.ts";
import { NAMESPACE } from "../../../src/playground/firstObjects.ts";
import { startPlayground } from "../../../src/playground/playground.ts";
import { apiOf, type Demo, start } from "./running.ts";

const DEPLOYMENT = `/apis/apps/v1/namespaces/${NAMESPACE}/deployments/${APP}`;
const CANARY = `/apis/flagger.app/v1beta1/namespaces/${NAMESPACE}/canaries/${APP}`;

describe("the demo with a folder of data", { concurrency: 2 }, () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), "serin-demo-data-"));
  });
  after(() => rmSync(folder, { recursive: true }));

  /** As a playground left it that somebody had changed. */
  async function left(name: string, ...objects: readonly object[]): Promise<string> {
    const data = join(folder, name);
    const playground = await startPlayground({ dataDirectory: data });
    await playground.cluster.apply(...objects);
    playground.begun();
    await playground.stop();
    return data;
  }

  async function invited(demo: Demo): Promise<string> {
    const [, kubeconfig = ""] = await demo.says(/export KUBECONFIG=(\S+)[\s\S]*kubectl delete canary/, 20_000);
    return apiOf(kubeconfig);
  }

  const get = async (api: string, path: string) => {
    const response = await fetch(api + path);
    return { status: response.status, body: (await response.json()) as Readonly<Record<string, unknown>> };
  };

  it("opens it where the application answers nobody, and leaves all as it was", async () => {
    // No Canary any more, an image that is nowhere, and things that the playground does not obey.
    const own = withContainer({ image: "missing:7.0.0", env: [{ name: "ERROR_PERCENT", value: "30%" }] });
    const strange = {
      apiVersion: "networking.istio.io/v1",
      kind: "VirtualService",
      metadata: { name: "strange", namespace: NAMESPACE },
      spec: { hosts: ["strange.example.com"], tcp: [{ route: [{ destination: { host: APP } }] }] },
    };
    const gateway = {
      apiVersion: "networking.istio.io/v1",
      kind: "Gateway",
      metadata: { name: "public", namespace: "istio-system" },
      spec: { servers: [{ port: { number: 80, name: "http", protocol: "HTTP" }, hosts: ["*.example.com"] }] },
    };
    const data = await left("broken", own, ...ownRoute(), strange, gateway);
    const demo = start("--data", data);
    const api = await invited(demo);
    assert.match(demo.text, /The cluster is as it was left/);
    assert.equal((await get(api, CANARY)).status, 404);
    assert.match(JSON.stringify((await get(api, DEPLOYMENT)).body), /"image":"missing:7\.0\.0"/);
    const kept = await get(api, "/apis/networking.istio.io/v1/namespaces/istio-system/gateways/public");
    assert.match(JSON.stringify(kept.body), /"hosts":\["\*\.example\.com"\]/);
    await demo.says(/event {4}VirtualService test\/strange: spec\.tcp is not obeyed/);
    await demo.says(/event {4}Deployment test\/podinfo: the environment: "ERROR_PERCENT=30%" has no value/);
    await demo.says(/LOST/);
    assert.equal(await demo.end("SIGINT"), 0, demo.text);
  });

  it("invites at once where a run is suspended or failed", async () => {
    const held = { ...canary() } as { spec: object };
    held.spec = { ...held.spec, suspend: true };
    const data = await left("held", deployment(), ...ownRoute(), held);
    const demo = start("--data", data);
    const api = await invited(demo);
    assert.match(JSON.stringify((await get(api, CANARY)).body), /"suspend":true/);
    assert.equal(await demo.end("SIGINT"), 0, demo.text);
  });

  it("goes on with what another demo left, and only one at a time does", async () => {
    const data = join(folder, "twice");
    const first = start("--data", data);
    await first.says(/Initialized, Steady/);
    const second = start("--data", data);
    assert.equal(await second.end(), 2);
    assert.match(second.text, /in use: process \d+ uses it\. .*delete .*in-use/);
    assert.equal(await first.end("SIGKILL"), null);
    const third = start("--data", data);
    await invited(third);
    assert.equal(await third.end("SIGINT"), 0, third.text);
    const again = start("--once", "--data", data);
    assert.equal(await again.end(), 1, again.text);
    assert.match(again.text, /holds a playground already/);
    assert.deepEqual(readdirSync(data), ["cluster.jsonl"]);
  });

  it("says what is wrong with one that cannot be used", async () => {
    const file = join(folder, "file");
    writeFileSync(file, "");
    const damaged = await left("damaged");
    writeFileSync(join(damaged, "cluster.jsonl"), "{}\n", { flag: "a" });
    const cases: readonly (readonly [string, RegExp])[] = [
      [file, /^demo: .*file is a file: name a folder$/m],
      [damaged, /^demo: .*cluster\.jsonl, line \d+ is damaged: .*Remove that line/m],
      [join(file, "in"), /^demo: .* cannot be made: .*Name another folder$/m],
    ];
    for (const [data, why] of cases) {
      const demo = start("--data", data);
      assert.equal(await demo.end(), 2, demo.text);
      assert.match(demo.text, why);
      assert.doesNotMatch(demo.text, /\n +at /, "no trace of the stack");
    }
    assert.deepEqual(readdirSync(damaged), ["cluster.jsonl"]);
  });
});

function withContainer(own: object): object {
  const object = structuredClone(deployment()) as {
    readonly spec: { readonly template: { readonly spec: { readonly containers: object[] } } };
  };
  const { containers } = object.spec.template.spec;
  containers[0] = { ...containers[0], ...own };
  return object;
}

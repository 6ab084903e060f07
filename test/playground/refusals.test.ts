/** What is written in the cluster and not obeyed is said there, on the object. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { PLAYGROUND_COMPONENT } from "../../src/playground/refusals.ts";
import { Watched } from "../../src/playground/show/watched.ts";
import type { KubeObject } from "../../src/runtime/transport.ts";
import { waitFor } from "../plane/until.ts";
import { type Embedded, startEmbedded } from "./embedded.ts";
import { deployment, publicGateway, route } from "./objects.ts";

const BEHAVIOUR = "playground.serin.dev/behaviour";

describe("what the playground does not obey", () => {
  let world: Embedded;
  before(async () => {
    world = await startEmbedded();
  });
  after(() => world?.stop());

  async function warnings(kind: string, name: string): Promise<readonly string[]> {
    const list = await world.send("GET", "/api/v1/namespaces/test/events");
    return (list["items"] as KubeObject[])
      .filter(({ involvedObject }) => {
        const about = involvedObject as Readonly<Record<string, string>>;
        return about["kind"] === kind && about["name"]?.startsWith(name);
      })
      .filter(({ type, reason }) => type === "Warning" && reason === "NotObeyed")
      .map(({ message }) => String(message))
      .toSorted();
  }
  const told = (kind: string, name: string, sentences: readonly string[]) =>
    waitFor(`${kind} ${name}: ${sentences}`, async (saw) => {
      const found = await warnings(kind, name);
      saw(found);
      return found.length === sentences.length && found.every((text, index) => text === sentences[index]);
    });

  it("of a VirtualService is a Warning on it, once, and again when it comes back", async () => {
    const strange = route("web", { web: 100 }, { match: [{ statPrefix: "web" }] });
    await world.apply(publicGateway(), strange);
    const path = "spec.http[0].match[0].statPrefix is not obeyed";
    await told("VirtualService", "web", [path]);
    await world.apply(route("other", { web: 100 }, { fault: { abort: { grpcStatus: "NOT_FOUND" } } }));
    await waitFor("the other is told", async () => (await warnings("VirtualService", "other")).length > 0);
    assert.deepEqual(await warnings("VirtualService", "web"), [path]);
    await world.apply(route("web", { web: 100 }));
    await waitFor("it is obeyed", () => !world.gateway.table.problems.some((problem) => problem.includes("test/web")));
    await world.apply(strange);
    await told("VirtualService", "web", [path, path]);
  });

  it("of a Deployment's environment and image is a Warning on it, once for all its pods", async () => {
    const env = { ERROR_PERCENT: "30%", LATENCY_MILLIS: "fast", START_SECONDS: 0.1 };
    await world.apply(deployment("numbers", { replicas: 2, image: "app:1-errors130", env }));
    await told("Deployment", "numbers", [
      'the environment: "ERROR_PERCENT=30%" has no value that can be used',
      'the environment: "LATENCY_MILLIS=fast" has no value that can be used',
      'the image\'s tag: "errors130" has no amount that can be used',
    ]);
    await waitFor("both run", () => world.host.pods.filter(({ workload }) => workload === "numbers").length === 2);
    assert.deepEqual(await warnings("Pod", "numbers"), []);
    const [pod] = world.host.pods.filter(({ workload }) => workload === "numbers");
    assert.deepEqual([pod?.behaviour.errorPercent, pod?.behaviour.latencyMillis], [0, 0]);
  });

  it("of the behaviour annotation is a Warning on the object that has it", async () => {
    await world.apply(deployment("words", { annotations: { [BEHAVIOUR]: "errors=1%,nonsense" } }));
    await told("Deployment", "words", [`${BEHAVIOUR}: "nonsense" means nothing`]);
    await world.apply(deployment("podwords", { podAnnotations: { [BEHAVIOUR]: "ready=perhaps" } }));
    await told("Pod", "podwords", [`${BEHAVIOUR}: "ready=perhaps" means nothing`]);
  });
});

describe("the demo's onlooker", () => {
  const event = (component: string, name: string) => ({
    kind: "Event",
    metadata: { name: `${name}.1` },
    involvedObject: { kind: "VirtualService", namespace: "shop", name },
    type: "Warning",
    message: "spec.tcp is not obeyed",
    source: { component },
  });

  it("shows what the playground says of any object, and nobody else's", () => {
    const watched = new Watched("podinfo", { where: "here", beganAt: 0, component: PLAYGROUND_COMPONENT });
    watched.see(event(PLAYGROUND_COMPONENT, "web"), 1);
    watched.see(event("another", "other"), 2);
    assert.deepEqual(watched.frame("", undefined, 3).said, [
      { at: 1, text: "VirtualService shop/web: spec.tcp is not obeyed", isWarning: true },
    ]);
  });
});

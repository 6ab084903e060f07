/** What the runtime's own clients see of the embedded API server, under virtual time. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { silentLog } from "../../../src/runtime/log.ts";
import { seededRandom } from "../../../src/runtime/random.ts";
import { Reflector } from "../../../src/runtime/reflector.ts";
import { Store } from "../../../src/runtime/store.ts";
import type { Method, WatchEvent } from "../../../src/runtime/transport.ts";
import { ApiServer } from "../../../src/simulator/api/apiServer.ts";
import type { Journal, JournalEntry } from "../../../src/simulator/api/journal.ts";
import { transportTo } from "../../../src/simulator/api/transport.ts";
import { settle, VirtualClock } from "../../../src/simulator/virtualClock.ts";
import { widgetDefinition } from "../../conformance/cluster/definition.ts";
import { aConfigMap, aWidget, core, widgets } from "../../conformance/cluster/scripts/requests.ts";

const CONFIG_MAPS = core("default", "configmaps");

interface World {
  readonly clock: VirtualClock;
  readonly api: ApiServer;
  readonly send: (method: Method, path: string, body?: unknown, contentType?: string) => number;
}

function aWorld(journal?: Journal): World {
  const clock = new VirtualClock();
  const api = new ApiServer({ clock, random: seededRandom(5), ...(journal === undefined ? {} : { journal }) });
  const send: World["send"] = (method, path, body, contentType) =>
    api.request({ method, path, body, contentType, user: "test" }).status;
  return { clock, api, send };
}

/** A watch, and what it has told so far. */
function listen(api: ApiServer, query: Readonly<Record<string, string>>) {
  const told: WatchEvent[] = [];
  const state = { isOver: false };
  const close = api.watch(
    { path: CONFIG_MAPS, query },
    { event: (event) => void told.push(event), end: () => (state.isOver = true) },
  );
  return { told, state, close };
}

describe("the embedded API server", () => {
  it("keeps a reflector's store equal to itself, through compaction as well", async () => {
    const { clock, api, send } = aWorld();
    const store = new Store();
    const options = { clock, random: seededRandom(2), store, log: silentLog(), kind: "configmaps", path: CONFIG_MAPS };
    const reflector = new Reflector({ ...options, transport: transportTo(api, "test"), pageSize: 2 });
    for (const name of ["a", "b", "c"]) send("POST", CONFIG_MAPS, aConfigMap(name));
    reflector.start();
    await clock.until(() => reflector.isSynced);
    send("DELETE", `${CONFIG_MAPS}/a`);
    send("POST", CONFIG_MAPS, aConfigMap("d"));
    await settle();
    assert.deepEqual(store.keys(), ["default/b", "default/c", "default/d"]);
    reflector.stop();
    send("DELETE", `${CONFIG_MAPS}/b`);
    api.compact();
    reflector.start();
    await clock.until(() => store.size === 2);
    assert.equal(api.watches, 1);
    reflector.stop();
    await settle();
    assert.equal(api.watches, 0);
  });

  it("sends bookmarks every minute to whoever wants them", async () => {
    const { clock, api, send } = aWorld();
    const { told, close } = listen(api, { resourceVersion: api.version, allowWatchBookmarks: "true" });
    const without = listen(api, { resourceVersion: api.version });
    send("POST", core("kube-system", "configmaps"), aConfigMap("elsewhere"));
    await clock.advance(60_000);
    assert.deepEqual(
      told.map(({ type, object }) => [type, object.metadata.resourceVersion]),
      [["BOOKMARK", api.version]],
    );
    assert.equal(without.told.length, 0);
    close();
    without.close();
    assert.equal(clock.pending, 0);
  });

  it("ends a watch when its time is over", async () => {
    const { clock, api } = aWorld();
    const { state } = listen(api, { resourceVersion: api.version, timeoutSeconds: "5" });
    await clock.advance(4_999);
    assert.equal(state.isOver, false);
    await clock.advance(1);
    assert.equal(state.isOver, true);
    assert.equal(api.watches, 0);
  });

  it("tells all watches that see the same of one event", () => {
    const { api, send } = aWorld();
    const one = listen(api, { resourceVersion: api.version });
    const other = listen(api, { resourceVersion: api.version });
    send("POST", CONFIG_MAPS, aConfigMap("a"));
    assert.equal(one.told[0], other.told[0]);
  });

  it("forgets a list that is read too slowly", async () => {
    const { clock, api, send } = aWorld();
    for (const name of ["a", "b"]) send("POST", CONFIG_MAPS, aConfigMap(name));
    const query = { limit: "1" };
    const { body } = api.request({ method: "GET", path: CONFIG_MAPS, query });
    const { metadata } = body as { readonly metadata: { readonly continue: string } };
    await clock.advance(5 * 60_000);
    const late = api.request({ method: "GET", path: CONFIG_MAPS, query: { ...query, continue: metadata.continue } });
    assert.equal(late.status, 410);
  });

  it("forgets events after an hour", async () => {
    const { clock, api, send } = aWorld();
    const event = (name: string): object => ({
      metadata: { name },
      involvedObject: { namespace: "default", kind: "ConfigMap", name: "x" },
    });
    send("POST", core("default", "events"), event("first"));
    await clock.advance(3_600_001);
    send("POST", core("default", "events"), event("second"));
    assert.deepEqual(
      api.all("/events").map(({ metadata }) => metadata.name),
      ["second"],
    );
  });

  it("lives the same life for the same seed", () => {
    const life = (): unknown => {
      const { api, send } = aWorld();
      send("POST", CONFIG_MAPS, { metadata: { generateName: "x-" } });
      send("POST", core("default", "services"), { metadata: { name: "web" }, spec: { ports: [{ port: 80 }] } });
      return [api.all("/configmaps"), api.all("/services")];
    };
    assert.deepEqual(life(), life());
  });

  it("goes on from its journal, with custom kinds, and knows nothing of what came before", () => {
    const entries: JournalEntry[] = [];
    const objects = new Map<string, { collection: string; object: Readonly<Record<string, unknown>> }>();
    const journal: Journal = {
      load: () => ({ version: entries.at(-1)?.version ?? 0, objects: [...objects.values()] }),
      append: (entry) => {
        entries.push(entry);
        const { collection, object, key } = entry;
        const metadata = object?.["metadata"] as { readonly name: string; readonly namespace?: string } | undefined;
        const name =
          key ?? (metadata?.namespace === undefined ? metadata?.name : `${metadata.namespace}/${metadata.name}`);
        if (object === undefined) objects.delete(`${collection} ${name}`);
        else objects.set(`${collection} ${name}`, { collection, object });
      },
    };
    const before = aWorld(journal);
    before.send("POST", "/apis/apiextensions.k8s.io/v1/customresourcedefinitions", widgetDefinition);
    before.send("POST", widgets("default"), aWidget("kept"));
    before.send("POST", widgets("default"), aWidget("gone"));
    before.send("DELETE", widgets("default", "gone"));
    const { version } = before.api;
    const after = aWorld(journal);
    assert.equal(after.api.version, version);
    assert.equal(after.send("GET", widgets("default", "kept")), 200);
    assert.equal(after.send("GET", widgets("default", "gone")), 404);
    assert.deepEqual(after.api.all("suite.example.com/widgets"), before.api.all("suite.example.com/widgets"));
    const late = listen(after.api, { resourceVersion: String(Number(version) - 1) });
    assert.deepEqual([late.told[0]?.type, late.state.isOver], ["ERROR", true]);
  });

  it("takes a namespace out once nothing is in it", () => {
    const { api, send } = aWorld();
    send("POST", "/api/v1/namespaces", { metadata: { name: "x" } });
    const held = aConfigMap("held", {}, { finalizers: ["example.com/hold"] });
    send("POST", core("x", "configmaps"), held);
    send("POST", core("x", "configmaps"), aConfigMap("free"));
    send("DELETE", "/api/v1/namespaces/x");
    assert.deepEqual(
      api.all("/configmaps").map(({ metadata }) => metadata.name),
      ["held"],
    );
    const none = { metadata: { finalizers: null } };
    send("PATCH", core("x", "configmaps", "held"), none, "application/merge-patch+json");
    assert.equal(send("GET", "/api/v1/namespaces/x"), 404);
  });

  it("hands out nothing that a client could change", async () => {
    const { api } = aWorld();
    const transport = transportTo(api, "test");
    const body = aConfigMap("mine", { a: "1" });
    await transport.request({ method: "POST", path: CONFIG_MAPS, body, timeoutMillis: 1 });
    (body["data"] as Record<string, string>)["a"] = "2";
    const answer = await transport.request({ method: "GET", path: `${CONFIG_MAPS}/mine`, timeoutMillis: 1 });
    const { data } = answer.body as { readonly data: Record<string, string> };
    assert.equal(data["a"], "1");
    assert.throws(() => Object.assign(data, { a: "3" }), TypeError);
  });
});

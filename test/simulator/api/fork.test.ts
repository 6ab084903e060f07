/** Servers that begin where another one stands, and who wrote what. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { seededRandom } from "../../../src/runtime/random.ts";
import type { Method } from "../../../src/runtime/transport.ts";
import { ApiServer } from "../../../src/simulator/api/apiServer.ts";
import type { WriteSeen } from "../../../src/simulator/happening.ts";
import { VirtualClock } from "../../../src/simulator/virtualClock.ts";
import { widgetDefinition } from "../../conformance/cluster/definition.ts";
import { aConfigMap, aWidget, core, widgets } from "../../conformance/cluster/scripts/requests.ts";

const CONFIG_MAPS = core("default", "configmaps");
const DEFINITIONS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";

function aServer(): ApiServer {
  const api = new ApiServer({ clock: new VirtualClock(0), random: seededRandom(1) });
  for (const [path, body] of [
    [DEFINITIONS, widgetDefinition],
    [widgets("default"), aWidget("first")],
    [CONFIG_MAPS, aConfigMap("a")],
  ] as const)
    assert.equal(api.request({ method: "POST", path, body, user: "test" }).status, 201);
  return api;
}

const fork = (api: ApiServer, seed = 2): ApiServer =>
  api.fork({ clock: new VirtualClock(5_000), random: seededRandom(seed) });

const status = (api: ApiServer, method: Method, path: string, body?: unknown): number =>
  api.request({ method, path, body, user: "test" }).status;

test("a fork has what its origin had, kinds of its own definitions included", () => {
  const api = aServer();
  const other = fork(api);
  assert.equal(other.version, api.version);
  for (const path of [`${CONFIG_MAPS}/a`, `${widgets("default")}/first`, DEFINITIONS, "/apis", widgets("default")])
    assert.deepEqual(other.request({ method: "GET", path }), api.request({ method: "GET", path }));
  assert.equal(status(other, "POST", widgets("default"), aWidget("second")), 201);
});

test("what one of them does is no news to the other", () => {
  const api = aServer();
  const [one, other] = [fork(api), fork(api)];
  assert.equal(status(one, "DELETE", `${DEFINITIONS}/widgets.suite.example.com`), 200);
  assert.equal(status(one, "DELETE", `${CONFIG_MAPS}/a`), 200);
  assert.equal(status(one, "GET", `${widgets("default")}/first`), 404);
  for (const left of [api, other]) {
    assert.equal(status(left, "GET", `${widgets("default")}/first`), 200);
    assert.equal(status(left, "GET", `${CONFIG_MAPS}/a`), 200);
  }
  assert.notEqual(one.version, other.version);
  assert.equal(api.version, other.version);
});

test("a fork has its own time and its own dice", () => {
  const api = aServer();
  const made = (server: ApiServer): string =>
    JSON.stringify(server.request({ method: "POST", path: CONFIG_MAPS, body: aConfigMap("b"), user: "test" }).body);
  assert.match(made(fork(api, 3)), /1970-01-01T00:00:05Z/);
  assert.equal(made(fork(api, 3)), made(fork(api, 3)));
  assert.notEqual(made(fork(api, 3)), made(fork(api, 4)));
});

test("every write that took effect is told, with who asked for it", () => {
  const api = fork(aServer());
  const told: WriteSeen[] = [];
  const stop = api.onWrite((write) => told.push(write));
  const send = (user: string, method: Method, path: string, body?: unknown): number =>
    api.request({ method, path, body, user }).status;
  assert.equal(send("anna", "POST", CONFIG_MAPS, aConfigMap("b")), 201);
  assert.equal(send("bert", "POST", CONFIG_MAPS, aConfigMap("b")), 409);
  const { body } = api.request({ method: "GET", path: `${CONFIG_MAPS}/b`, user: "carl" });
  assert.equal(send("carl", "PUT", `${CONFIG_MAPS}/b`, body), 200);
  assert.equal(send("bert", "DELETE", `${CONFIG_MAPS}/b`), 200);
  const seen = told.map(({ user, kind, namespace, name, before, after }) => [
    user,
    `${kind} ${namespace}/${name}`,
    before === undefined ? "created" : after === undefined ? "deleted" : "changed",
  ]);
  assert.deepEqual(seen, [
    ["anna", "ConfigMap default/b", "created"],
    ["bert", "ConfigMap default/b", "deleted"],
  ]);
  assert.equal(told[0]?.atMillis, 5_000);
  stop();
  send("anna", "POST", CONFIG_MAPS, aConfigMap("c"));
  assert.equal(told.length, 2);
});

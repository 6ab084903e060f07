import assert from "node:assert/strict";
import { test } from "node:test";
import { CONTROLLER, canary, deployment, PERSON, route, Scene, service } from "./scene.ts";

const rule = (name: string, host: string) => ({ name, route: [{ destination: { host } }] });
const shared = {
  route: [{ destination: { host: "web-primary" } }, { destination: { host: "web-canary" }, weight: 0 }],
};
const http = (...rules: readonly object[]) => route(0, 0, { spec: { hosts: ["web"], exportTo: ["."], http: rules } });

test("foreign-survives: rules, fields and labels of others stay as they are", () => {
  const lost = (after: ReturnType<typeof http>) =>
    new Scene("foreign-survives")
      .write(PERSON, canary(), http(rule("admin", "admin"), { ...shared, fault: { abort: 1 } }))
      .write(CONTROLLER, after).sentences[0] ?? "";
  assert.equal(lost(http(rule("admin", "admin"), { ...shared, fault: { abort: 1 }, timeout: "9s" })), "");
  assert.match(lost(http({ ...shared, fault: { abort: 1 } })), /spec.http of others was/);
  assert.match(lost(http(rule("admin", "admin"), shared)), /spec.http\[\].fault was {"abort":1}/);
});

test("foreign-survives: taking over may put our rule in the place of the way in", () => {
  const scene = new Scene("foreign-survives").write(PERSON, canary(), http(rule("admin", "admin"), rule("", "web")));
  assert.deepEqual(scene.write(CONTROLLER, http(rule("admin", "admin"), shared)).sentences, []);
});

test("foreign-survives: of the target only its size is ours", () => {
  const scene = new Scene("foreign-survives").write(
    PERSON,
    canary(),
    deployment("web", { metadata: { labels: { a: "b" } } }),
  );
  scene.write(CONTROLLER, deployment("web", { replicas: 0, metadata: { labels: { a: "b" } } }));
  assert.deepEqual(scene.sentences, []);
  scene.write(CONTROLLER, deployment("web", { replicas: 0 }));
  assert.match(scene.sentences[0] ?? "", /Deployment shop\/web is not as others wrote it: metadata.labels.a/);
});

const taken = { annotations: { "serin.dev/taken-over-by": "web" } };

function deleted(given: ReturnType<typeof service>, replicas = 2): readonly string[] {
  const scene = new Scene("deletion-gives-back").write(
    PERSON,
    canary(),
    service("web", "web"),
    deployment("web", { replicas }),
  );
  scene.write(CONTROLLER, service("web", "web-primary", taken)).write(CONTROLLER, given);
  return scene.remove(CONTROLLER, canary()).sentences;
}

test("deletion-gives-back: what was borrowed is as it was, marks and all, with pods behind it", () => {
  assert.deepEqual(deleted(service("web", "web")), []);
  assert.match(deleted(service("web", "web-primary"))[0] ?? "", /Service web not given back: spec.selector was/);
  assert.match(deleted(service("web", "web"), 0)[0] ?? "", /led to no pod of web/);
});

test("deletion-gives-back: not what was never promised, and not what people changed since", () => {
  const torn = new Scene("deletion-gives-back").write(PERSON, canary(), service("web", "web"), deployment("web"));
  torn.write(CONTROLLER, service("web", "web-primary", taken)).remove(PERSON, canary());
  assert.deepEqual(torn.sentences, []);
  const edited = new Scene("deletion-gives-back").write(PERSON, canary(), service("web", "old"), deployment("web"));
  edited.write(CONTROLLER, service("web", "web-primary", taken)).write(PERSON, service("web", "web"));
  assert.deepEqual(edited.remove(CONTROLLER, canary()).sentences, []);
});

test("deletion-gives-back: what people change while it is borrowed does not become what there was before", () => {
  const scene = new Scene("deletion-gives-back").write(PERSON, canary(), service("web", "web"), deployment("web"));
  scene.write(CONTROLLER, service("web", "web-primary", taken)).write(PERSON, service("web", "web-canary", taken));
  scene.write(CONTROLLER, service("web", "web-primary", taken), service("web", "web")).remove(CONTROLLER, canary());
  assert.deepEqual(scene.sentences, []);
});

test("deletion-gives-back: what was deleted and made anew is what there was", () => {
  const scene = new Scene("deletion-gives-back").write(PERSON, canary(), service("web", "web"), deployment("web"));
  scene.write(CONTROLLER, service("web", "web-primary", taken)).remove(PERSON, service("web", "web"));
  scene.write(PERSON, service("web", "web")).write(CONTROLLER, service("web", "web-primary", taken));
  assert.match(scene.remove(CONTROLLER, canary()).sentences[0] ?? "", /Service web not given back: spec.selector was/);
});

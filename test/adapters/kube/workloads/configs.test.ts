import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { Configs } from "../../../../src/adapters/kube/workloads/configs.ts";
import type { ConfigReference } from "../../../../src/adapters/kube/workloads/references.ts";
import { RejectedError, UnavailableError } from "../../../../src/control/errors.ts";
import type { ClusterObject } from "../../../../src/control/ports.ts";
import { settle, VirtualClock } from "../../../../src/simulator/virtualClock.ts";
import { FakeCluster } from "../../../build/fakeCluster.ts";

/** Counts what is fetched and how many at a time, and fails when told to. */
class ReadingCluster extends FakeCluster {
  readonly fetched: string[] = [];
  failure: Error | undefined;
  held: Promise<void> | undefined;
  active = 0;
  most = 0;

  override async fetch(
    kind: "ConfigMap" | "Secret",
    namespace: string,
    name: string,
  ): Promise<ClusterObject | undefined> {
    this.fetched.push(`${kind}/${name}`);
    this.active += 1;
    this.most = Math.max(this.most, this.active);
    await this.held;
    this.active -= 1;
    if (this.failure !== undefined) throw this.failure;
    return super.fetch(kind, namespace, name);
  }
}

let cluster: ReadingCluster;
let clock: VirtualClock;
let woken: string[];
let configs: Configs;

beforeEach(() => {
  cluster = new ReadingCluster();
  clock = new VirtualClock();
  woken = [];
  configs = new Configs({ cluster, clock, wake: (key) => woken.push(key) });
});

const CONF: ConfigReference = { kind: "ConfigMap", name: "conf", optional: false };
const TOKEN: ConfigReference = { kind: "Secret", name: "token", optional: false };

function put(
  kind: "ConfigMap" | "Secret",
  name: string,
  data: unknown,
  more: object = {},
  metadata: object = {},
): void {
  cluster.put(kind, { metadata: { name, namespace: "shop", uid: `uid-${name}`, ...metadata }, data, ...more });
}

const read = (...references: readonly ConfigReference[]) => configs.read("shop/web", "shop", references);

test("the first look is at nothing yet; the key is woken once the content has been read", async () => {
  put("ConfigMap", "conf", { color: "blue" });
  assert.deepEqual(read(CONF), { facts: { kind: "reading" }, problems: [] });
  assert.deepEqual(read(CONF).facts, { kind: "reading" });
  await settle();
  assert.deepEqual(woken, ["shop/web"]);
  const checksums = { "configmap/conf": "f234cb93c08ad64e" };
  assert.deepEqual(read(CONF), { facts: { kind: "known", checksums }, problems: [] });
  assert.deepEqual(cluster.fetched, ["ConfigMap/conf"]);
});

test("content is read again only when the object has another version, and labels change nothing", async () => {
  put("ConfigMap", "conf", { color: "blue" });
  read(CONF);
  await settle();
  const before = read(CONF);
  put("ConfigMap", "conf", { color: "blue" }, {}, { labels: { a: "b" } });
  assert.deepEqual(read(CONF).facts, { kind: "reading" });
  await settle();
  assert.deepEqual(read(CONF), before);
  assert.equal(cluster.fetched.length, 2);
});

test("nothing mentioned is nothing tracked", () => {
  assert.deepEqual(read(), { facts: { kind: "known", checksums: undefined }, problems: [] });
});

test("a config that must be there and is not is named; one that may be missing is not missed", async () => {
  put("ConfigMap", "conf", {});
  read(CONF);
  await settle();
  assert.deepEqual(read(CONF, { ...TOKEN, optional: true }).facts, {
    kind: "known",
    checksums: { "configmap/conf": "44136fa355b3678a" },
  });
  assert.deepEqual(read(CONF, TOKEN), {
    facts: { kind: "reading" },
    problems: [
      {
        reason: "ConfigNotFound",
        message: "spec.targetRef: Secret shop/token, which the pod template mentions, does not exist",
        severity: "blocking",
      },
    ],
  });
});

test("what its owner or its type keeps out is not tracked", async () => {
  put("ConfigMap", "conf", {}, {}, { annotations: { "flagger.app/config-tracking": "disabled" } });
  put("Secret", "token", {}, { type: "kubernetes.io/service-account-token" });
  read(CONF, TOKEN);
  await settle();
  assert.deepEqual(read(CONF, TOKEN).facts, { kind: "known", checksums: undefined });
  assert.deepEqual(cluster.fetched, ["Secret/token"]);
});

test("what may not be read is named, is no change, and is tried again after a while", async () => {
  put("Secret", "token", { password: "aHVudGVyMg==", user: "YWRtaW4=" });
  cluster.failure = new RejectedError("not allowed to get secrets");
  read(TOKEN);
  await settle();
  const { facts, problems } = read(TOKEN);
  assert.deepEqual(facts, { kind: "reading" });
  assert.deepEqual(
    problems.map(({ reason, message }) => `${reason} ${message}`),
    ["ConfigUnreadable spec.targetRef: Secret shop/token cannot be read: not allowed to get secrets"],
  );
  assert.equal(cluster.fetched.length, 1);
  cluster.failure = undefined;
  woken = [];
  await clock.advance(60_000);
  assert.deepEqual(woken, ["shop/web"]);
  read(TOKEN);
  await settle();
  assert.deepEqual(read(TOKEN).facts, { kind: "known", checksums: { "secret/token": "5fed01779823dc4f" } });
});

test("a server that is down is no problem of the object, and is not asked in a circle", async () => {
  put("ConfigMap", "conf", {});
  cluster.failure = new UnavailableError("503");
  read(CONF);
  await settle();
  assert.deepEqual(read(CONF), { facts: { kind: "reading" }, problems: [] });
  assert.deepEqual(read(CONF), { facts: { kind: "reading" }, problems: [] });
  assert.equal(cluster.fetched.length, 1);
  woken = [];
  await clock.advance(5_000);
  assert.deepEqual(woken, ["shop/web"]);
});

test("content that is newer than what the watch has told is not read again", async () => {
  cluster.put("ConfigMap", {
    metadata: { name: "conf", namespace: "shop", uid: "uid-conf" },
    data: { color: "green" },
  });
  const late: ClusterObject = { metadata: { name: "conf", namespace: "shop", uid: "uid-conf", resourceVersion: "0" } };
  const lagging = new Configs({
    cluster: Object.assign(Object.create(cluster), { read: () => late, fetch: cluster.fetch.bind(cluster) }),
    clock,
    wake: () => {},
  });
  lagging.read("shop/web", "shop", [CONF]);
  await settle();
  assert.equal(lagging.read("shop/web", "shop", [CONF]).facts.kind, "known");
  assert.equal(cluster.fetched.length, 1);
});

test("a few are read at a time, each once, however many wait for them", async () => {
  const references = Array.from({ length: 40 }, (_, at): ConfigReference => ({ ...CONF, name: `conf-${at}` }));
  for (const { name } of references) put("ConfigMap", name, {});
  const gate = Promise.withResolvers<void>();
  cluster.held = gate.promise;
  configs.read("shop/one", "shop", references);
  configs.read("shop/two", "shop", references);
  await settle();
  assert.equal(cluster.active, 8);
  gate.resolve();
  await settle();
  assert.equal(cluster.most, 8);
  assert.equal(cluster.fetched.length, 40);
  assert.deepEqual(new Set(woken), new Set(["shop/one", "shop/two"]));
});

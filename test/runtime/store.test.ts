import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { compareVersions } from "../../src/runtime/resourceVersion.ts";
import { keyOf, Store } from "../../src/runtime/store.ts";
import { anObject } from "../build/fakeTransport.ts";

const versionsOf = (store: Store): (string | undefined)[] =>
  store.list().map(({ metadata }) => metadata.resourceVersion);

function aWatchedStore(options?: ConstructorParameters<typeof Store>[0]) {
  const store = new Store(options);
  const changes: string[] = [];
  store.onChange((key, before, after) => {
    changes.push(`${key} ${before?.metadata.resourceVersion ?? "-"} ${after?.metadata.resourceVersion ?? "-"}`);
  });
  return { store, changes };
}

test("versions are compared as numbers, however long", () => {
  assert.ok(compareVersions("9", "10") < 0);
  assert.ok(compareVersions("18446744073709551616", "18446744073709551615") > 0);
  assert.equal(compareVersions("7", "7"), 0);
  assert.ok(compareVersions(undefined, "1") < 0);
  fc.assert(
    fc.property(fc.nat(), fc.nat(), (a, b) => Math.sign(compareVersions(String(a), String(b))) === Math.sign(a - b)),
  );
});

test("an older or equal version changes nothing, whoever brings it", () => {
  const { store, changes } = aWatchedStore();
  assert.equal(store.put(anObject("web", 10)), true);
  assert.equal(store.put(anObject("web", 9)), false);
  assert.equal(store.writeThrough(anObject("web", 10)), false);
  assert.equal(store.writeThrough(anObject("web", 12)), true);
  assert.equal(store.put(anObject("web", 11)), false);
  assert.deepEqual(changes, ["shop/web - 10", "shop/web 10 12"]);
});

test("a late write-through does not bring a deleted object back", () => {
  const { store } = aWatchedStore();
  store.put(anObject("web", 10));
  assert.equal(store.remove(anObject("web", 12)), true);
  assert.equal(store.writeThrough(anObject("web", 11)), false);
  assert.equal(store.writeThrough(anObject("web", 13)), false, "the same uid never comes back");
  assert.equal(store.put(anObject("web", 13, { uid: "other" })), true);
});

test("a deletion of which we had not seen the life is remembered as well", () => {
  const { store } = aWatchedStore();
  assert.equal(store.remove(anObject("web", 12)), false);
  assert.equal(store.writeThrough(anObject("web", 11, { uid: "else" })), false);
  assert.equal(store.size, 0);
});

test("late news of a death does not end the next life", () => {
  const { store } = aWatchedStore();
  store.put(anObject("web", 10, { uid: "one" }));
  store.writeThrough(anObject("web", 15, { uid: "two" }));
  assert.equal(store.remove(anObject("web", 12, { uid: "one" })), false);
  assert.equal(store.get("shop/web")?.metadata.uid, "two");
});

test("tombstones are bounded", () => {
  const { store } = aWatchedStore({ tombstones: 2 });
  for (const name of ["a", "b", "c"]) store.remove(anObject(name, 10));
  assert.equal(store.put(anObject("a", 5)), true);
  assert.equal(store.put(anObject("c", 5)), false);
});

test("another uid under one name is an end and a beginning", () => {
  const { store, changes } = aWatchedStore();
  store.put(anObject("web", 10, { uid: "one" }));
  store.put(anObject("web", 20, { uid: "two" }));
  assert.deepEqual(changes, ["shop/web - 10", "shop/web 10 -", "shop/web - 20"]);
});

test("a list takes out what it does not hold, but not what is newer than it", () => {
  const { store } = aWatchedStore();
  for (const [name, version] of [
    ["kept", 5],
    ["gone", 6],
    ["written", 21],
  ] as const)
    store.put(anObject(name, version));
  store.keepOnly(new Set(["shop/kept"]), "20");
  assert.deepEqual(store.keys(), ["shop/kept", "shop/written"]);
  assert.equal(store.put(anObject("gone", 7)), false);
});

test("after the server lost its history, the list alone decides", () => {
  const { store } = aWatchedStore();
  for (const [name, version] of [
    ["same", 50],
    ["gone", 60],
  ] as const)
    store.put(anObject(name, version));
  store.remove(anObject("back", 70));
  store.forgetVersions();
  assert.equal(store.put(anObject("same", 30)), true);
  assert.equal(store.put(anObject("back", 31)), true);
  store.keepOnly(new Set(["shop/same", "shop/back"]), "40");
  assert.deepEqual(versionsOf(store), ["30", "31"]);
  assert.equal(store.put(anObject("same", 29)), false);
  assert.equal(store.highestVersion, "40");
});

test("objects are frozen, and rid of what is of no use", () => {
  const { store } = aWatchedStore();
  const last = "kubectl.kubernetes.io/last-applied-configuration";
  const metadata = { ...anObject("web", 1).metadata, managedFields: [{}], annotations: { [last]: "{}", keep: "me" } };
  store.put({ metadata, spec: { replicas: 1 } });
  const kept = store.get("shop/web");
  assert.equal(kept?.metadata["managedFields"], undefined);
  assert.deepEqual(kept?.metadata.annotations, { keep: "me" });
  assert.throws(() => Object.assign(kept?.["spec"] ?? {}, { replicas: 2 }), TypeError);
});

test("a transform of the caller's gets the whole object", () => {
  const seen: unknown[] = [];
  const transform = (object: ReturnType<typeof anObject>) => {
    seen.push(object.metadata["managedFields"]);
    return { metadata: object.metadata };
  };
  const { store } = aWatchedStore({ transform });
  store.put({ metadata: { ...anObject("web", 1).metadata, managedFields: ["all"] }, spec: {} });
  assert.deepEqual(seen, [["all"]]);
  assert.equal(store.get("shop/web")?.["spec"], undefined);
});

test("an index follows every change and also what was there before it", () => {
  const { store } = aWatchedStore();
  store.put(anObject("a", 1, { targets: ["x", "y"] }));
  const byTarget = store.index("target", (object) => (object["targets"] as string[] | undefined) ?? []);
  store.put(anObject("b", 2, { targets: ["y"] }));
  const names = (value: string): string[] => byTarget(value).map(({ metadata }) => metadata.name);
  assert.deepEqual([names("x"), names("y"), names("z")], [["a"], ["a", "b"], []]);
  store.put(anObject("a", 3, { targets: ["z"] }));
  store.remove(anObject("b", 4));
  assert.deepEqual([names("x"), names("y"), names("z")], [[], [], ["a"]]);
  assert.throws(() => store.index("target", () => []), /already/);
});

test("a listener that throws keeps nobody else from hearing", () => {
  const reported: unknown[] = [];
  for (const report of [undefined, (error: unknown) => void reported.push(error)]) {
    const store = new Store(report === undefined ? {} : { report });
    let heard = 0;
    store.onChange(() => assert.fail("from a listener"));
    const stop = store.onChange(() => heard++);
    if (report === undefined) assert.throws(() => store.put(anObject("web", 1)), AggregateError);
    else store.put(anObject("web", 1));
    stop();
    assert.equal(heard, 1);
    assert.equal(store.size, 1);
  }
  assert.equal(reported.length, 1);
});

test("an object without a namespace has its name as key", () => {
  assert.equal(keyOf({ metadata: { name: "node" } }), "node");
});

test("in whatever order news arrives, and however often, the newest wins", () => {
  const story = fc.array(fc.record({ name: fc.constantFrom("a", "b"), isDeleted: fc.boolean() }), {
    minLength: 1,
    maxLength: 12,
  });
  fc.assert(
    fc.property(story, fc.infiniteStream(fc.nat()), (facts, dice) => {
      let lives = 0;
      const uids = new Map<string, string>();
      const news = facts.map(({ name, isDeleted }, i) => {
        const uid = uids.get(name) ?? `uid-${lives++}`;
        uids.set(name, uid);
        if (isDeleted) uids.delete(name);
        return { isDeleted, object: anObject(name, i + 1, { uid }) };
      });
      const shuffled = [...news, ...news]
        .map((item) => ({ item, at: dice.next().value ?? 0 }))
        .sort((x, y) => x.at - y.at);
      const store = new Store();
      for (const { item } of shuffled) item.isDeleted ? store.remove(item.object) : store.put(item.object);
      for (const name of ["a", "b"]) {
        const last = news.filter(({ object }) => object.metadata.name === name).at(-1);
        const want = last === undefined || last.isDeleted ? undefined : last.object.metadata.resourceVersion;
        assert.equal(store.get(`shop/${name}`)?.metadata.resourceVersion, want);
      }
    }),
    { numRuns: 500 },
  );
});

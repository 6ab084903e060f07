import assert from "node:assert/strict";
import { test } from "node:test";
import { silentLog } from "../../src/runtime/log.ts";
import { seededRandom } from "../../src/runtime/random.ts";
import { Reflector, type ReflectorOptions } from "../../src/runtime/reflector.ts";
import { Store } from "../../src/runtime/store.ts";
import { TransportError, WatchRefusedError } from "../../src/runtime/transport.ts";
import { settle, VirtualClock } from "../../src/simulator/virtualClock.ts";
import { aList, anObject, FakeTransport } from "../build/fakeTransport.ts";

function aReflector(options: Partial<ReflectorOptions> = {}) {
  const clock = new VirtualClock();
  const transport = new FakeTransport();
  const store = new Store();
  const changes: string[] = [];
  store.onChange((key, before, after) => {
    changes.push(`${before?.metadata.resourceVersion ?? "-"} ${after?.metadata.resourceVersion ?? "-"} ${key}`);
  });
  const common = { clock, transport, store, random: seededRandom(1), log: silentLog() };
  const reflector = new Reflector({ ...common, kind: "deployments", path: "/apis/apps/v1/deployments", ...options });
  return { clock, transport, store, changes, reflector };
}

const queryOf = (request: { query?: Readonly<Record<string, string>> } | undefined) => request?.query ?? {};

test("lists, then watches from the version of the list, with bookmarks and a time limit", async () => {
  const { transport, store, reflector, clock } = aReflector({ query: { labelSelector: "a=b" } });
  transport.answer(aList(10, [anObject("web", 5), anObject("api", 7)]));
  assert.equal(reflector.state.name, "stopped");
  reflector.start();
  reflector.start();
  assert.equal(reflector.isSynced, false);
  assert.equal(await reflector.whenSynced(), "synced");
  await clock.advance(0);
  assert.deepEqual([...store.keys()].sort(), ["shop/api", "shop/web"]);
  assert.deepEqual(queryOf(transport.requests[0]), { labelSelector: "a=b", limit: "500" });
  const { timeoutSeconds, ...query } = queryOf(transport.watching.request);
  assert.deepEqual(query, { labelSelector: "a=b", resourceVersion: "10", allowWatchBookmarks: "true" });
  assert.ok(Number(timeoutSeconds) >= 300 && Number(timeoutSeconds) <= 600);
  assert.ok(transport.watching.request.idleTimeoutMillis >= 90_000);
  assert.equal(transport.requests.length, 1);
  assert.equal(transport.watches.length, 1);
  assert.equal(reflector.state.name, "watching");
});

test("events change the store, and a bookmark moves the version to resume from", async () => {
  const { transport, changes, reflector, clock } = aReflector();
  transport.answer(aList(10, [anObject("web", 5)]));
  reflector.start();
  await clock.advance(0);
  transport.watching.send("MODIFIED", anObject("web", 11));
  transport.watching.send("ADDED", anObject("api", 12));
  transport.watching.send("DELETED", anObject("web", 13));
  transport.watching.send("BOOKMARK", { kind: "Deployment", metadata: { resourceVersion: "40" } });
  await clock.advance(1000);
  assert.deepEqual(changes, ["- 5 shop/web", "5 11 shop/web", "- 12 shop/api", "11 - shop/web"]);
  transport.watching.end();
  await clock.advance(0);
  assert.equal(transport.watches.length, 2);
  assert.equal(queryOf(transport.watching.request)["resourceVersion"], "40");
});

test("pages are asked for one after the other; what they do not hold is deleted at the end", async () => {
  const { transport, store, reflector, clock } = aReflector({ pageSize: 2 });
  store.put(anObject("gone", 3));
  transport.answer(aList(10, [anObject("a", 5), anObject("b", 6)], "next"), aList(10, [anObject("c", 7)]));
  reflector.start();
  await clock.advance(0);
  assert.deepEqual([...store.keys()].sort(), ["shop/a", "shop/b", "shop/c"]);
  assert.deepEqual(transport.requests.map(queryOf), [{ limit: "2" }, { limit: "2", continue: "next" }]);
});

test("a page token that expired starts the list over", async () => {
  const { transport, store, reflector, clock } = aReflector();
  transport.answer(aList(10, [anObject("a", 5)], "next"), { status: 410, body: {} }, aList(20, [anObject("b", 15)]));
  reflector.start();
  await clock.until(() => reflector.isSynced);
  assert.deepEqual(store.keys(), ["shop/b"]);
  assert.equal(queryOf(transport.requests[2])["continue"], undefined);
});

// The faults that client-node's informer was measured with: what breaks, and what must be asked next.
const FAULTS: readonly (readonly [string, (transport: FakeTransport) => void, "watch" | "list"])[] = [
  ["connection reset in a watch", ({ watching }) => watching.fail(), "watch"],
  [
    "something thrown that is no transport error",
    ({ watching }) => watching.fail(new TypeError("terminated")),
    "watch",
  ],
  ["error event 500", ({ watching }) => watching.send("ERROR", { kind: "Status", code: 500 }), "watch"],
  ["error event 410", ({ watching }) => watching.send("ERROR", { kind: "Status", code: 410 }), "list"],
  ["error event that is null", ({ watching }) => watching.send("ERROR", null), "watch"],
  ["event without an object", ({ watching }) => watching.send("MODIFIED", null), "watch"],
  ["event without metadata", ({ watching }) => watching.send("MODIFIED", {}), "watch"],
  ["truncated JSON", ({ watching }) => watching.fail(new TransportError("not JSON")), "watch"],
  ["silent stall", ({ watching }) => watching.fail(new TransportError("the watch is silent")), "watch"],
  ["server ends the watch at once", ({ watching }) => watching.end(), "watch"],
  ["403", (transport) => transport.refuse(new WatchRefusedError("", 403)).watching.end(), "watch"],
  ["429", (transport) => transport.refuse(new WatchRefusedError("", 429, 2)).watching.end(), "watch"],
  ["503", (transport) => transport.refuse(new WatchRefusedError("", 503)).watching.end(), "watch"],
  ["connection refused", (transport) => transport.refuse(new TransportError("refused")).watching.end(), "watch"],
  ["410 on opening", (transport) => transport.refuse(new WatchRefusedError("", 410)).watching.end(), "list"],
];

for (const [fault, happen, next] of FAULTS) {
  test(`${fault}: goes on with a ${next}, and nothing is missed`, async () => {
    const { transport, store, reflector, clock } = aReflector();
    transport.answer(aList(10, [anObject("web", 5)]), aList(21, [anObject("web", 21)]));
    reflector.start();
    await clock.advance(0);
    happen(transport);
    await clock.advance(20_000);
    assert.equal(transport.requests.length, next === "list" ? 2 : 1);
    assert.equal(queryOf(transport.watching.request)["resourceVersion"], next === "list" ? "21" : "10");
    transport.watching.send("MODIFIED", anObject("web", 22));
    await clock.advance(0);
    assert.equal(store.get("shop/web")?.metadata.resourceVersion, "22");
    assert.equal(reflector.isSynced, true);
  });
}

test("an API server that is away is asked ever less often, and found again when it is back", async () => {
  const { transport, reflector, clock } = aReflector();
  transport.answer(new TransportError("refused"));
  reflector.start();
  await clock.advance(600_000);
  // With delays doubling up to 30 s there is room for some thirty attempts in ten minutes, not for more.
  assert.ok(transport.requests.length > 15 && transport.requests.length < 50, `${transport.requests.length}`);
  assert.equal(reflector.isSynced, false);
  assert.equal(reflector.state.name, "backoff");
  transport.answer(aList(10, [anObject("web", 5)]));
  // One more refusal is left in the script, and a wait after each.
  await clock.until(() => reflector.isSynced, 61_000);
});

test("Retry-After is honoured by lists", async () => {
  const { transport, reflector, clock } = aReflector();
  transport.answer({ status: 429, body: "", retryAfterSeconds: 20 }, aList(10, []));
  reflector.start();
  await clock.advance(19_999);
  assert.equal(transport.requests.length, 1);
  await clock.until(() => reflector.isSynced, 2000);
});

test("a version that cannot be resumed from leads to a list in the end", async () => {
  const { transport, reflector, clock } = aReflector();
  transport.answer(aList(10, []), aList(12, []));
  const tooLarge = (): WatchRefusedError => new WatchRefusedError("Too large resource version", 504);
  transport.refuse(tooLarge(), tooLarge(), tooLarge(), tooLarge(), tooLarge());
  reflector.start();
  await clock.until(() => transport.requests.length === 2, 120_000);
});

test("a server restored from a backup is believed, though its versions are lower", async () => {
  const { transport, store, reflector, clock } = aReflector();
  transport.answer(aList(100, [anObject("web", 90), anObject("api", 95)]), aList(50, [anObject("web", 40)]));
  reflector.start();
  await clock.advance(0);
  transport.watching.send("ERROR", { code: 410 });
  await clock.advance(60_000);
  assert.deepEqual(
    store.list().map(({ metadata }) => metadata.resourceVersion),
    ["40"],
  );
});

test("a kind that is not installed is reported, asked for slowly, and found once it is there", async () => {
  const { transport, reflector, clock } = aReflector();
  transport.answer({ status: 404, body: "404 page not found" });
  reflector.start();
  assert.equal(await reflector.whenSynced(), "missing");
  await clock.advance(300_000);
  assert.ok(transport.requests.length <= 11);
  assert.equal(reflector.isMissing, true);
  transport.answer(aList(3, [anObject("web", 2)]));
  await clock.until(() => reflector.isSynced, 50_000);
  assert.equal(reflector.isMissing, false);
});

test("a list that is no list is tried again", async () => {
  const { transport, reflector, clock } = aReflector();
  const items = [{ metadata: null }];
  const broken = { kind: "DeploymentList", metadata: { resourceVersion: "1" }, items };
  transport.answer(
    { status: 200, body: "<html>" },
    { status: 200, body: { kind: "Status" } },
    { status: 200, body: broken },
  );
  transport.answer({ status: 200, body: { ...broken, items: null } });
  reflector.start();
  await clock.until(() => reflector.isSynced, 30_000);
  assert.equal(transport.requests.length, 4);
});

test("a listener that throws loses nothing for the others", async () => {
  const { transport, store, changes, reflector, clock } = aReflector();
  store.onChange(() => {
    throw new Error("from a listener");
  });
  transport.answer(aList(10, [anObject("a", 5), anObject("b", 6)]));
  reflector.start();
  await clock.advance(0);
  transport.watching.send("MODIFIED", anObject("a", 11));
  await clock.advance(0);
  assert.equal(transport.watches.length, 1);
  assert.deepEqual(changes, ["- 5 shop/a", "- 6 shop/b", "5 11 shop/a"]);
});

test("delete and re-creation while disconnected is two changes", async () => {
  const { transport, changes, reflector, clock } = aReflector();
  transport.answer(aList(10, [anObject("web", 5, { uid: "one" })]), aList(20, [anObject("web", 15, { uid: "two" })]));
  reflector.start();
  await clock.advance(0);
  transport.watching.send("ERROR", { code: 410 });
  await clock.advance(0);
  assert.deepEqual(changes, ["- 5 shop/web", "5 - shop/web", "- 15 shop/web"]);
});

test("nothing arrives after stop, not from a watch, nor from a list under way, nor after a wait", async () => {
  const watching = aReflector();
  watching.transport.answer(aList(10, []));
  watching.reflector.start();
  await watching.clock.advance(0);
  watching.transport.watching.send("ADDED", anObject("late", 11));
  watching.reflector.stop();
  await watching.clock.advance(600_000);
  assert.equal(watching.store.size, 0);
  assert.equal(watching.transport.watching.isClosed, true);
  assert.equal(watching.transport.watches.length, 1);

  const listing = aReflector();
  const late = Promise.withResolvers<ReturnType<typeof aList>>();
  listing.transport.answer(() => late.promise);
  listing.reflector.start();
  await settle();
  const synced = listing.reflector.whenSynced();
  listing.reflector.stop();
  late.resolve(aList(10, [anObject("late", 5)]));
  await listing.clock.advance(600_000);
  assert.equal(await synced, "stopped");
  assert.equal(listing.store.size, 0);
  assert.equal(listing.transport.watches.length, 0);

  const waiting = aReflector();
  waiting.transport.answer(new TransportError("refused"));
  waiting.reflector.start();
  await waiting.clock.advance(0);
  waiting.reflector.stop();
  assert.equal(waiting.reflector.state.name, "stopped");
  await waiting.clock.advance(600_000);
  assert.equal(waiting.transport.requests.length, 1);
  assert.equal(waiting.clock.pending, 0);
});

test("started again after stop, it lives a second life only", async () => {
  const { transport, store, reflector, clock } = aReflector();
  transport.answer(aList(10, []), aList(11, [anObject("web", 11)]));
  reflector.start();
  await clock.advance(0);
  const [first] = transport.watches;
  reflector.stop();
  reflector.start();
  await clock.advance(0);
  first?.send("ADDED", anObject("ghost", 12));
  await clock.advance(0);
  assert.deepEqual(store.keys(), ["shop/web"]);
});

test("metadata only is asked for with the accept headers of both verbs", async () => {
  const { transport, reflector, clock } = aReflector({ content: "metadata" });
  transport.answer(aList(10, []));
  reflector.start();
  await clock.advance(0);
  const accept = (kind: string): string => `application/json;as=${kind};g=meta.k8s.io;v=1,application/json`;
  assert.equal(transport.requests[0]?.accept, accept("PartialObjectMetadataList"));
  assert.equal(transport.watching.request.accept, accept("PartialObjectMetadata"));
});

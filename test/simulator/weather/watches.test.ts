import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { TransportError, WatchRefusedError } from "../../../src/runtime/transport.ts";
import { MOST_WATCH_LAG_MILLIS } from "../../../src/simulator/weather/streamPlan.ts";
import { Rig, STORM_MILLIS, versions, type Watched } from "./rig.ts";

/** Write something every second for so long. Answers the version and the time of each write. */
async function writeFor(rig: Rig, millis: number, until = (): boolean => false): Promise<readonly Write[]> {
  const writes: Write[] = [];
  for (const end = rig.elapsed + millis; rig.elapsed < end && !until(); await rig.clock.advance(1_000))
    writes.push({ version: rig.write(`m${writes.length % 3}`), at: rig.elapsed });
  return writes;
}

interface Write {
  readonly version: string;
  readonly at: number;
}

/** Open watches until one has met a fault of the kind and ended; answers that one and what was written meanwhile. */
async function untilEnded(rig: Rig, request = {}): Promise<{ watched: Watched; writes: readonly Write[] }> {
  while (rig.elapsed < STORM_MILLIS) {
    const known = rig.faults.length;
    const watched = rig.watch(request);
    const writes = await writeFor(rig, STORM_MILLIS - rig.elapsed, () => watched.ended !== undefined);
    if (rig.faults.length > known) return { watched, writes };
  }
  throw new Error("no fault struck");
}

/** A bookmark says that all up to its version was told: it must be true. */
function assertHonest({ events }: Watched, written: readonly string[]): void {
  let told = 0;
  for (const { event } of events) {
    if (event.type !== "BOOKMARK") told++;
    else
      assert.ok(!(Number(written[told]) <= Number(event.object.metadata.resourceVersion)), "a bookmark skips events");
  }
}

test("watchLag: each stream is late by its own lag, in order, and never by more than the bound", async () => {
  const rig = new Rig(["watchLag"], { seed: 4 });
  const streams = Array.from({ length: 8 }, () => rig.watch());
  const writes = await writeFor(rig, 60_000);
  await rig.clock.advance(MOST_WATCH_LAG_MILLIS);
  const latest = streams.map((stream) => {
    assert.deepEqual(
      versions(stream),
      writes.map(({ version }) => version),
    );
    const heard = stream.events.filter(({ event }) => event.type !== "BOOKMARK");
    const lags = heard.map(({ at }, place) => at - (writes[place]?.at ?? 0));
    assert.ok(
      lags.every((lag) => lag >= 0 && lag <= MOST_WATCH_LAG_MILLIS),
      `${lags}`,
    );
    return Math.max(...lags);
  });
  assert.ok(new Set(latest).size >= 5, `${latest}`);
});

test("watchCut and watchEnd: what was told is the beginning of what happened, then the stream is over", async () => {
  for (const kind of ["watchCut", "watchEnd"] as const) {
    const { watched, writes } = await untilEnded(new Rig([kind, "watchLag"]));
    const told = versions(watched);
    assert.deepEqual(
      told,
      writes.slice(0, told.length).map(({ version }) => version),
    );
    assert.equal(watched.ended?.error instanceof TransportError, kind === "watchCut");
  }
});

test("watchGone: 410 as the last event, or on opening as either of the two ways that servers have", async () => {
  const rig = new Rig(["watchGone"]);
  rig.write("m0");
  const ways = new Set<string>();
  while (rig.elapsed < STORM_MILLIS) {
    const watched = rig.watch();
    await writeFor(rig, 20_000, () => watched.ended !== undefined);
    const { error } = watched.ended ?? {};
    const last = watched.events.at(-1)?.event;
    if (error instanceof WatchRefusedError) ways.add(`refused ${error.status}`);
    else if (last?.type === "ERROR")
      ways.add(`${last.object["code"]} ${watched.events.length > 1 ? "later" : "at once"}`);
    assert.equal(error instanceof TransportError, false);
    await rig.clock.advance(100);
  }
  assert.deepEqual([...ways].sort(), ["410 at once", "410 later", "refused 410"]);
});

test("watchGone: a watch that names no version is opened", async () => {
  const rig = new Rig(["watchGone"]);
  rig.write("m0");
  const streams = Array.from({ length: 60 }, () => rig.watch({ query: { resourceVersion: "0" } }));
  await rig.clock.advance(0);
  assert.ok(streams.every((stream) => versions(stream).length === 1 && stream.ended === undefined));
});

test("watchRefused: 429 with the time to wait, 500 and 503", async () => {
  const rig = new Rig(["watchRefused"]);
  const refused = new Map<number, number | undefined>();
  for (let attempt = 0; attempt < 100; attempt++) {
    const watched = rig.watch();
    await rig.clock.advance(200);
    const error = watched.ended?.error;
    if (error instanceof WatchRefusedError) refused.set(error.status, error.retryAfterSeconds);
    else assert.equal(watched.ended, undefined);
  }
  assert.deepEqual([...refused.keys()].sort(), [429, 500, 503, 504]);
  assert.ok((refused.get(429) ?? 0) >= 1);
});

test("watchSilence: nothing comes, bookmarks neither, until the client has waited its time", async () => {
  const { watched, writes } = await untilEnded(new Rig(["watchSilence"], { seed: 2 }));
  assert.match(`${watched.ended?.error}`, /TransportError: watch .*: the watch is silent/);
  const lastHeard = watched.events.at(-1)?.at ?? 0;
  assert.equal((watched.ended?.at ?? 0) - lastHeard, 95_000);
  assert.ok(writes.length > versions(watched).length + 90);
});

test("bookmarksOnly: bookmarks of what was heard, then all that was missed", async () => {
  const rig = new Rig(["bookmarksOnly"], { seed: 11 });
  const watched = rig.watch();
  const writes = await writeFor(rig, STORM_MILLIS);
  assert.deepEqual(
    versions(watched),
    writes.map(({ version }) => version),
  );
  assert.equal(watched.ended, undefined);
  const heard = watched.events.filter(({ event }) => event.type !== "BOOKMARK");
  const late = heard.filter(({ at }, place) => at - (writes[place]?.at ?? 0) > 5_000).length;
  assert.ok(late > 60, `${late}`);
  assertHonest(
    watched,
    writes.map(({ version }) => version),
  );
  const bookmarks = watched.events.filter(({ event }) => event.type === "BOOKMARK").map(({ at }) => at);
  assert.ok(bookmarks.length >= 8, `${bookmarks}`);
});

test("apiOutage: the connections of all watches break when it begins, and none is opened before it is over", async () => {
  const reasons = new Set<string>();
  for (let seed = 1; seed <= 12; seed++) {
    const rig = new Rig(["apiOutage"], { seed });
    const other = rig.weather.transport(rig.inner, "other");
    const [mine, theirs] = [rig.watch(), rig.watch({}, other)];
    await rig.clock.until(() => mine.ended !== undefined);
    assert.ok(mine.ended?.error instanceof TransportError);
    assert.equal(theirs.ended?.at, mine.ended?.at);
    const within = rig.watch();
    await writeFor(rig, 100_000, () => within.ended !== undefined);
    assert.deepEqual(within.events, []);
    reasons.add(within.ended?.error?.name ?? "none");
  }
  assert.deepEqual([...reasons].sort(), ["TransportError", "WatchRefusedError"]);
});

test("partition: a stream outlives a short one and tells what was missed; a longer one than its patience ends it", async () => {
  const rig = new Rig(["partition"], { seed: 2 });
  const [patient, hasty] = [rig.watch(), rig.watch({ idleTimeoutMillis: 1_500 })];
  const writes = await writeFor(rig, STORM_MILLIS);
  assert.deepEqual(
    versions(patient),
    writes.map(({ version }) => version),
  );
  assert.match(`${hasty.ended?.error}`, /the watch is silent/);
  assert.ok(patient.events.some(({ at }, place) => at - (writes[place]?.at ?? 0) >= 1_500));
});

test("an aborted watch ends with an error at once and tells nothing more", async () => {
  for (const kinds of [["watchLag"], ["watchSilence"], ["partition"], ["apiOutage"]] as const) {
    const rig = new Rig(kinds, { seed: 3 });
    const abort = new AbortController();
    const watched = rig.watch({ signal: abort.signal });
    await writeFor(rig, 5_000);
    abort.abort();
    const heard = watched.events.length;
    await rig.clock.advance(0);
    assert.match(`${watched.ended?.error}`, /TransportError: watch .*: aborted/);
    await writeFor(rig, 20_000);
    assert.equal(watched.events.length, heard);
    assert.equal(rig.api.watches, 0);
  }
});

const STREAM_KINDS = [
  "watchLag",
  "watchCut",
  "watchEnd",
  "watchGone",
  "watchSilence",
  "bookmarksOnly",
  "partition",
] as const;

test("whatever strikes a stream, it tells what happened from its version on, in order, and leaves nothing out", async () => {
  const kinds = fc.subarray([...STREAM_KINDS], { minLength: 1 });
  const arbitrary = fc.record({ seed: fc.nat(), kinds, everyMillis: fc.integer({ min: 500, max: 30_000 }) });
  const property = fc.asyncProperty(arbitrary, async ({ seed, kinds: some, everyMillis }) => {
    const rig = new Rig(some, { seed, stormEndsAtMillis: new Rig([]).began + 200_000 });
    const watched = rig.watch();
    const written: string[] = [];
    while (rig.elapsed < 200_000 && watched.ended === undefined) {
      written.push(rig.write(`m${written.length % 4}`));
      await rig.clock.advance(Math.min(everyMillis, 200_000 - rig.elapsed));
    }
    const told = versions(watched);
    assert.deepEqual(told, written.slice(0, told.length));
    // The calm lets go of all that was held back.
    if (watched.ended === undefined) assert.equal(told.length, written.length);
    assertHonest(watched, written);
  });
  await fc.assert(property, { numRuns: 40 });
});

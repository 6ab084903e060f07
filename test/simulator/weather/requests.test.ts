import assert from "node:assert/strict";
import { test } from "node:test";
import { type Transport, TransportError } from "../../../src/runtime/transport.ts";
import { follow, SMOOTH } from "../../../src/simulator/weather/course.ts";
import { MOST_STALE_MILLIS } from "../../../src/simulator/weather/staleLists.ts";
import { MAPS, Rig, type Sent, STORM_MILLIS } from "./rig.ts";

const patch = (value: string) => ({
  method: "PATCH" as const,
  path: `${MAPS}/a`,
  contentType: "application/merge-patch+json",
  body: { data: { value } },
});

/** Each write says another value, so that what is stored tells which of them took effect. */
function writing(rig: Rig) {
  let count = 0;
  const value = () => `written ${count}`;
  rig.write("a");
  return { next: () => patch(`written ${++count}`), value, stored: () => rig.stored("a")?.["data"] };
}

const isLost = (error: Error | undefined): boolean => error instanceof TransportError;

for (const [kind, tookEffect] of [
  ["resetBefore", false],
  ["resetAfter", true],
  ["timeoutBefore", false],
  ["timeoutAfter", true],
] as const) {
  test(`${kind}: the client hears nothing, and the write ${tookEffect ? "took" : "did not take"} effect`, async () => {
    const rig = new Rig([kind]);
    const write = writing(rig);
    const sent = await rig.struck(kind, write.next);
    assert.ok(isLost(sent.error), `${sent.error}`);
    assert.equal(JSON.stringify(write.stored()) === JSON.stringify({ value: write.value() }), tookEffect);
    if (kind.startsWith("timeout")) assert.equal(sent.at - sent.sentAt, 5_000);
    else assert.ok(sent.at - sent.sentAt <= 100);
  });
}

for (const [kind, tookEffect] of [
  ["serverErrorBefore", false],
  ["serverErrorAfter", true],
] as const) {
  test(`${kind}: answered with 500, 503 and 504, and the write ${tookEffect ? "took" : "did not take"} effect`, async () => {
    const rig = new Rig([kind]);
    const write = writing(rig);
    const statuses = new Set<number | undefined>();
    for (let attempt = 0; attempt < 12; attempt++) {
      const sent = await rig.struck(kind, write.next);
      statuses.add(sent.response?.status);
      assert.equal(JSON.stringify(write.stored()) === JSON.stringify({ value: write.value() }), tookEffect);
    }
    assert.deepEqual([...statuses].sort(), [500, 503, 504]);
  });
}

test("throttled: 429 that says when to come again, and nothing is done", async () => {
  const rig = new Rig(["throttled"]);
  const write = writing(rig);
  const { response } = await rig.struck("throttled", write.next);
  assert.equal(response?.status, 429);
  assert.ok((response?.retryAfterSeconds ?? 0) >= 1);
  assert.notDeepEqual(write.stored(), { value: write.value() });
});

test("lateWrite: it takes effect within the margin of a lease after its client gave up", async () => {
  const rig = new Rig(["lateWrite"]);
  const write = writing(rig);
  const sent = await rig.struck("lateWrite", write.next);
  assert.ok(isLost(sent.error));
  assert.equal(sent.at - sent.sentAt, 5_000);
  assert.notDeepEqual(write.stored(), { value: write.value() });
  await rig.clock.advance(400);
  assert.deepEqual(write.stored(), { value: write.value() });
});

for (const kind of ["slowRequest", "slowAnswer"] as const) {
  test(`${kind}: late, and given up at the deadline where it is too late`, async () => {
    const rig = new Rig([kind]);
    const write = writing(rig);
    const outcomes = new Set<string>();
    for (let attempt = 0; attempt < 25; attempt++) {
      const { response, error, at, sentAt } = await rig.struck(kind, write.next);
      const done = JSON.stringify(write.stored()) === JSON.stringify({ value: write.value() });
      outcomes.add(`${response?.status ?? isLost(error)} ${done}`);
      if (response === undefined) assert.equal(at - sentAt, 5_000);
      else assert.ok(at > sentAt && at - sentAt <= 5_000);
    }
    assert.deepEqual([...outcomes].sort(), ["200 true", kind === "slowRequest" ? "true false" : "true true"]);
  });
}

test("conflict: a patch that names no version is refused as one that was overtaken", async () => {
  const rig = new Rig(["conflict"]);
  const write = writing(rig);
  const { response } = await rig.struck("conflict", write.next);
  assert.ok(response !== undefined);
  assert.equal(response.status, 409);
  const { details, message } = response.body as { details: object; message: string };
  assert.deepEqual(details, { name: "a", kind: "configmaps" });
  assert.match(message, /^Operation cannot be fulfilled on configmaps "a": the object has been modified/);
  assert.notDeepEqual(write.stored(), { value: write.value() });
});

test("conflict: a write that names its version meets a real one, and the object is as it was", async () => {
  const rig = new Rig(["conflict"]);
  rig.write("a");
  const { before, response } = await rig.struck("conflict", () => {
    const { metadata } = rig.stored("a") ?? {};
    return { ...patch(""), body: { metadata: { resourceVersion: metadata?.resourceVersion }, data: { value: "cas" } } };
  });
  assert.equal(response?.status, 409);
  const after = rig.stored("a");
  assert.notEqual(after?.metadata.resourceVersion, before?.metadata.resourceVersion);
  assert.deepEqual(
    { ...after, metadata: { ...after?.metadata, resourceVersion: "" } },
    { ...before, metadata: { ...before?.metadata, resourceVersion: "" } },
  );
});

test("staleList: only lists that ask for any version are old, by a bounded time", async () => {
  const rig = new Rig(["staleList"]);
  const sizes = async (query: Readonly<Record<string, string>>) => {
    const { response } = await rig.send({ query });
    assert.ok(response !== undefined);
    return (response.body as { items: unknown[] }).items.length;
  };
  let stale = 0;
  for (let count = 1; count <= 40; count++) {
    rig.write(`m${count}`);
    const [cached, newest] = [await sizes({ resourceVersion: "0" }), await sizes({})];
    assert.ok(cached >= count - MOST_STALE_MILLIS / 1_000 && cached <= count);
    assert.equal(newest, count);
    if (cached < count) stale++;
    await rig.clock.advance(1_000);
  }
  assert.ok(stale > 5, `${stale}`);
});

for (const kind of ["apiOutage", "partition"] as const) {
  test(`${kind}: whoever is struck reaches the server neither to read nor to write, and does again afterwards`, async () => {
    const rig = new Rig([kind], { seed: 3 });
    const other = rig.weather.transport(rig.inner, "other");
    const write = writing(rig);
    const down: number[] = [];
    let othersDown = 0;
    for (; rig.elapsed < STORM_MILLIS; await rig.clock.advance(500)) {
      const before = JSON.stringify(write.stored());
      let [sent, others] = [undefined as boolean | undefined, undefined as boolean | undefined];
      void rig.send({ ...write.next(), timeoutMillis: 50 }).then(({ response }) => (sent = response?.status === 200));
      const asOther = other.request({ method: "GET", path: MAPS, timeoutMillis: 50 });
      void asOther
        .then(
          ({ status }) => status === 200,
          () => false,
        )
        .then((answered) => (others = answered));
      await rig.clock.until(() => sent !== undefined && others !== undefined);
      if (others === false) othersDown++;
      if (sent === true) continue;
      assert.equal(JSON.stringify(write.stored()), before);
      down.push(rig.elapsed);
    }
    assert.ok(down.length > 2 && down.length < 900, `${down.length}`);
    if (kind === "apiOutage") assert.equal(othersDown, down.length);
    assert.ok(rig.faults.length >= 1 && rig.faults.length < 20);
  });
}

test("partition: a request waits on the network for its end, as long as its client has patience", async () => {
  const rig = new Rig(["partition"], { seed: 3 });
  const write = writing(rig);
  const start = async (timeoutMillis: number) => {
    const sent: (Sent & { readonly sentAt: number })[] = [];
    const sentAt = rig.elapsed;
    void rig.send({ ...write.next(), timeoutMillis }).then((outcome) => sent.push({ ...outcome, sentAt }));
    await rig.clock.advance(0);
    return sent;
  };
  while ((await start(60_000)).length > 0 && rig.elapsed < STORM_MILLIS) await rig.clock.advance(100);
  const [hasty, patient] = [await start(50), await start(60_000)];
  await rig.clock.until(() => patient.length > 0);
  assert.match(`${hasty[0]?.error}`, /deadline passed/);
  assert.equal((hasty[0]?.at ?? 0) - (hasty[0]?.sentAt ?? 0), 50);
  assert.equal(patient[0]?.response?.status, 200);
  assert.ok((patient[0]?.at ?? 0) > (patient[0]?.sentAt ?? 0));
  assert.deepEqual(write.stored(), { value: write.value() });
});

test("a request that arrives where nobody is any more is not done, and its connection is refused", async () => {
  const rig = new Rig([]);
  let arrivals = 0;
  const inner: Transport = { ...rig.inner, request: async () => ({ status: 200, body: ++arrivals }) };
  const sent = follow(
    { ...SMOOTH, thereMillis: 100 },
    { ...patch("late"), timeoutMillis: 5_000 },
    { inner, clock: rig.clock, endsAtMillis: rig.began + STORM_MILLIS, obstacle: () => "connect ECONNREFUSED" },
  );
  const refused = assert.rejects(sent, { name: "TransportError", message: `PATCH ${MAPS}/a: connect ECONNREFUSED` });
  await rig.clock.advance(100);
  await refused;
  assert.equal(arrivals, 0);
});

test("what can only befall a write does not befall a read", async () => {
  const rig = new Rig(["resetAfter", "serverErrorAfter", "timeoutAfter", "lateWrite", "conflict"]);
  const reads: Sent[] = [];
  for (let count = 0; count < 50; count++) void rig.send({}).then((sent) => reads.push(sent));
  await rig.clock.advance(0);
  assert.ok(reads.every(({ response }) => response?.status === 200));
  assert.deepEqual([reads.length, rig.faults], [50, []]);
});

for (const [kind, takesEffect] of [
  ["slowRequest", false],
  ["slowAnswer", true],
  ["timeoutBefore", false],
  ["timeoutAfter", true],
] as const) {
  test(`${kind}: aborted, it fails at once and is never answered, and it ${takesEffect ? "took" : "never takes"} effect`, async () => {
    const rig = new Rig([kind], { seed: 5 });
    const write = writing(rig);
    for (let attempt = 0; attempt < 100; attempt++) {
      const abort = new AbortController();
      const outcomes: Sent[] = [];
      void rig.send({ ...write.next(), signal: abort.signal }).then((sent) => outcomes.push(sent));
      await rig.clock.advance(20);
      if (outcomes.length > 0) continue;
      abort.abort();
      await rig.clock.advance(0);
      assert.match(`${outcomes[0]?.error}`, /TransportError: .*: aborted/);
      await rig.clock.advance(20_000);
      assert.equal(JSON.stringify(write.stored()) === JSON.stringify({ value: write.value() }), takesEffect);
      return;
    }
    assert.fail(`${kind} never struck`);
  });
}

test("what hangs when the storm ends is let go: nothing is pending, and the next request goes through", async () => {
  for (const kind of ["timeoutBefore", "timeoutAfter", "slowRequest", "slowAnswer", "lateWrite"] as const) {
    const rig = new Rig([kind], { stormEndsAtMillis: new Rig([]).began + 20_000 });
    const write = writing(rig);
    let open = 0;
    for (let attempt = 0; attempt < 60; attempt++) {
      open++;
      void rig.send({ ...write.next(), timeoutMillis: 600_000 }).then(() => open--);
    }
    await rig.clock.advance(19_999);
    await rig.clock.advance(1);
    assert.equal(open, 0, kind);
    assert.equal(rig.clock.pending, 0);
    assert.equal((await rig.send(write.next())).response?.status, 200);
  }
});

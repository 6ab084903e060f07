import assert from "node:assert/strict";
import { test } from "node:test";
import { messagesOf } from "../../../src/adapters/kube/eventObject.ts";
import { EventRecorder, type EventRecorderOptions } from "../../../src/adapters/kube/events.ts";
import { silentLog } from "../../../src/runtime/log.ts";
import { type Meters, noMeters } from "../../../src/runtime/meters.ts";
import { seededRandom } from "../../../src/runtime/random.ts";
import { type KubeObject, TransportError } from "../../../src/runtime/transport.ts";
import { VirtualClock } from "../../../src/simulator/virtualClock.ts";
import { FakeTransport } from "../../build/fakeTransport.ts";

const about = {
  apiVersion: "flagger.app/v1beta1",
  kind: "Canary",
  name: "web",
  namespace: "shop",
  uid: "u1",
  resourceVersion: "7",
};

function aRecorder(options: Partial<EventRecorderOptions> = {}) {
  const clock = new VirtualClock();
  const transport = new FakeTransport();
  const dropped: (string | undefined)[] = [];
  const meters: Meters = {
    ...noMeters(),
    counter: () => ({ add: (labels) => dropped.push(labels?.["reason"]), remove: () => {} }),
  };
  const reporter = { component: "serin", instance: "serin-0" };
  const common = { clock, transport, meters, reporter, random: seededRandom(1), log: silentLog() };
  const events = new EventRecorder({ ...common, ...options });
  const say = (message: string, type: "Normal" | "Warning" = "Normal"): void => events.record({ about, type, message });
  const bodies = () => transport.requests.map(({ body }) => body as KubeObject);
  return { clock, transport, events, dropped, say, bodies };
}

test("what is said of one object becomes one event, a sentence a line", async () => {
  const { clock, transport, say, bodies } = aRecorder();
  transport.answer({ status: 201, body: {} });
  say("New revision detected!");
  say("Halt advancement", "Warning");
  await clock.advance(500);
  say("Scaling up");
  assert.equal(transport.requests.length, 0);
  await clock.advance(500);
  assert.deepEqual(
    bodies().map(({ type, message }) => [type, message]),
    [
      ["Normal", "New revision detected!\nScaling up"],
      ["Warning", "Halt advancement"],
    ],
  );
  const [{ metadata, ...event } = assert.fail()] = bodies();
  assert.equal(transport.requests[0]?.path, "/api/v1/namespaces/shop/events");
  assert.match(metadata.name, /^web\.[0-9a-f]+$/);
  assert.deepEqual(event, {
    apiVersion: "v1",
    kind: "Event",
    involvedObject: about,
    reason: "Synced",
    type: "Normal",
    message: "New revision detected!\nScaling up",
    source: { component: "serin" },
    reportingComponent: "serin",
    reportingInstance: "serin-0",
    firstTimestamp: "2026-01-01T00:00:00Z",
    lastTimestamp: "2026-01-01T00:00:00Z",
    count: 1,
  });
});

test("what is normal waits for more of it, and a warning hurries what was said before it along", async () => {
  const { clock, transport, say, bodies } = aRecorder();
  transport.answer({ status: 201, body: {} });
  say("Advance");
  await clock.advance(4_999);
  say("Advance further");
  assert.equal(transport.requests.length, 0);
  await clock.advance(1);
  assert.deepEqual(
    bodies().map(({ message }) => message),
    ["Advance\nAdvance further"],
  );
  say("Advance again");
  await clock.advance(500);
  say("Halt", "Warning");
  await clock.advance(1000);
  assert.deepEqual(
    bodies()
      .slice(1)
      .map(({ message }) => message),
    ["Advance again", "Halt"],
  );
});

test("the same said again is counted on the earlier event, and told anew once that is gone", async () => {
  const { clock, transport, say, bodies } = aRecorder();
  transport.answer(
    { status: 201, body: {} },
    { status: 200, body: {} },
    { status: 200, body: {} },
    { status: 404, body: {} },
  );
  transport.answer({ status: 201, body: {} });
  for (let i = 0; i < 4; i++) {
    say("Halt advancement");
    await clock.advance(60_000);
  }
  const [first, second, third, fourth, fifth] = transport.requests;
  const [event] = bodies();
  assert.equal(second?.method, "PATCH");
  assert.equal(second?.contentType, "application/merge-patch+json");
  assert.equal(second?.path, `${first?.path}/${event?.metadata.name}`);
  assert.deepEqual(second?.body, { count: 2, lastTimestamp: "2026-01-01T00:01:00Z" });
  assert.deepEqual(third?.body, { count: 3, lastTimestamp: "2026-01-01T00:02:00Z" });
  assert.equal(fourth?.method, "PATCH");
  assert.equal(fifth?.method, "POST");
  assert.equal(transport.requests.length, 5);
});

test("a server that is away costs attempts, then the event, never the next one", async () => {
  const { clock, transport, say, dropped, bodies } = aRecorder();
  const away = new TransportError("refused");
  transport.answer(
    away,
    { status: 503, body: "" },
    away,
    { status: 429, body: "", retryAfterSeconds: 2 },
    { status: 201, body: {} },
  );
  say("lost");
  await clock.advance(60_000);
  assert.deepEqual(dropped, ["connection"]);
  say("heard");
  await clock.advance(60_000);
  assert.deepEqual(
    bodies().map(({ message }) => message),
    ["lost", "lost", "lost", "heard", "heard"],
  );
  assert.equal(dropped.length, 1);
});

test("a refusal is not repeated", async () => {
  const { clock, transport, say, dropped } = aRecorder();
  transport.answer({ status: 403, body: {} });
  say("forbidden");
  await clock.advance(60_000);
  assert.equal(transport.requests.length, 1);
  assert.deepEqual(dropped, ["http 403"]);
});

test("when too much waits it is dropped and counted, and there is room again later", async () => {
  const { clock, transport, say, dropped } = aRecorder({ limit: 3 });
  transport.answer({ status: 201, body: {} });
  for (let i = 0; i < 5; i++) say(`sentence ${i}`);
  assert.deepEqual(dropped, ["full", "full"]);
  await clock.advance(5000);
  say("later");
  assert.equal(dropped.length, 2);
});

test("flush sends what waits at once, and gives up on a server that hangs", async () => {
  const quick = aRecorder();
  quick.transport.answer({ status: 201, body: {} });
  quick.say("last words");
  await quick.events.flush();
  assert.equal(quick.transport.requests.length, 1);
  quick.say("too late");
  assert.deepEqual(quick.dropped, ["full"]);
  assert.equal(quick.clock.pending, 0);

  const hanging = aRecorder();
  hanging.transport.answer(() => new Promise(() => {}));
  hanging.say("unheard");
  let isFlushed = false;
  const flushed = hanging.events.flush().then(() => {
    isFlushed = true;
  });
  await hanging.clock.advance(4_999);
  assert.equal(isFlushed, false);
  await hanging.clock.advance(1);
  await flushed;
});

test("an object without a namespace has its events in the default one, and names fit the limit", async () => {
  const { clock, transport, events, bodies } = aRecorder();
  transport.answer({ status: 201, body: {} });
  events.record({ about: { apiVersion: "v1", kind: "Node", name: "n".repeat(253) }, type: "Normal", message: "x" });
  await clock.advance(5000);
  assert.equal(transport.requests[0]?.path, "/api/v1/namespaces/default/events");
  assert.ok((bodies()[0]?.metadata.name.length ?? 999) <= 253);
});

test("sentences share messages up to the limit, and only one that is too long alone is cut", () => {
  const [a, b, c] = ["a".repeat(500), "b".repeat(523), "c".repeat(2000)];
  assert.deepEqual(messagesOf([a, b]), [`${a}\n${b}`]);
  assert.deepEqual(messagesOf([a, `${b}b`]), [a, `${b}b`]);
  assert.deepEqual(messagesOf([c, a]), [`${c.slice(0, 1023)}…`, a]);
});

test("a sentence is never cut in the middle of a character", () => {
  const [message = ""] = messagesOf([`${"a".repeat(1022)}🦓🦓`]);
  assert.equal(message, `${"a".repeat(1022)}…`);
});

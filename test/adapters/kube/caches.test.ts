import assert from "node:assert/strict";
import { test } from "node:test";
import { Caches } from "../../../src/adapters/kube/caches.ts";
import { KIND_NAMES } from "../../../src/adapters/kube/kinds.ts";
import { silentLog } from "../../../src/runtime/log.ts";
import { noMeters } from "../../../src/runtime/meters.ts";
import { seededRandom } from "../../../src/runtime/random.ts";
import type { TransportResponse } from "../../../src/runtime/transport.ts";
import { VirtualClock } from "../../../src/simulator/virtualClock.ts";
import { aList, FakeTransport } from "../../build/fakeTransport.ts";

function someCaches(answer: (path: string) => TransportResponse | Promise<TransportResponse>): Caches {
  const transport = new FakeTransport();
  for (const _ of KIND_NAMES) transport.answer(({ path }) => answer(path));
  const caches = new Caches({
    transport,
    clock: new VirtualClock(),
    random: seededRandom(1),
    log: silentLog(),
    meters: noMeters(),
    namespace: undefined,
  });
  caches.start();
  return caches;
}

test("caches are filled when each kind was listed or is not installed", async () => {
  const caches = someCaches((path) => (path.includes("istio") ? { status: 404, body: {} } : aList(10, [])));
  assert.equal(await caches.whenSynced(), true);
  assert.deepEqual(caches.waitingFor(), []);
});

test("caches that were stopped while one was still being listed are not filled", async () => {
  const never = new Promise<TransportResponse>(() => {});
  const caches = someCaches((path) => (path.endsWith("/deployments") ? never : aList(10, [])));
  const synced = caches.whenSynced();
  caches.stop();
  assert.equal(await synced, false);
});

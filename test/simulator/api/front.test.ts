/** The HTTP front, as the controller's own connection meets it. */
import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { Connection } from "../../../src/adapters/kube/connection.ts";
import { kubeconfig } from "../../../src/playground/http/kubeconfig.ts";
import { ApiFront } from "../../../src/playground/http/server.ts";
import { systemClock } from "../../../src/runtime/clock.ts";
import { seededRandom } from "../../../src/runtime/random.ts";
import { ApiServer } from "../../../src/simulator/api/apiServer.ts";
import { aConfigMap, core } from "../../conformance/cluster/scripts/requests.ts";

const CONFIG_MAPS = core("default", "configmaps");

describe("the HTTP front", () => {
  const clock = systemClock();
  const api = new ApiServer({ clock, random: seededRandom(4) });
  let front: ApiFront;
  let connection: Connection;
  let directory: string;

  before(async () => {
    front = await ApiFront.listen({ api });
    directory = await mkdtemp(join(tmpdir(), "serin-front-"));
    const path = join(directory, "config");
    await writeFile(path, kubeconfig({ url: front.url }));
    connection = new Connection({ clock, source: { from: "file", path }, userAgent: "serin/test", qps: 0, burst: 1 });
  });

  after(async () => {
    await connection?.close();
    await front?.close();
    await rm(directory, { recursive: true, force: true });
  });

  const make = (name: string) =>
    connection.request({ method: "POST", path: CONFIG_MAPS, body: aConfigMap(name), timeoutMillis: 5_000 });

  it("serves the controller's connection, which it knows by its name", async () => {
    const { status, body } = await make("one");
    assert.equal(status, 201);
    assert.match(JSON.stringify(body), /"manager":"serin"/);
  });

  it("streams watches, and lets go of them when the client does", async () => {
    const stop = new AbortController();
    const watch = { path: CONFIG_MAPS, query: { resourceVersion: api.version }, idleTimeoutMillis: 5_000 };
    const events = connection.watch({ ...watch, signal: stop.signal })[Symbol.asyncIterator]();
    const first = events.next();
    await new Promise((resolve) => setTimeout(resolve, 50));
    await make("two");
    const { value } = await first;
    assert.deepEqual([value?.type, value?.object.metadata.name], ["ADDED", "two"]);
    assert.equal(api.watches, 1);
    stop.abort();
    await events.next().catch(() => undefined);
    await until(() => api.watches === 0);
  });

  it("takes another port where its own is taken", async () => {
    const other = await ApiFront.listen({ api, port: Number(new URL(front.url).port) });
    assert.notEqual(other.url, front.url);
    await other.close();
  });

  it("ends a stream that nobody reads, before it fills the memory", async () => {
    const { hostname, port } = new URL(front.url);
    const socket = connect(Number(port), hostname);
    socket.write(`GET ${CONFIG_MAPS}?watch=1&resourceVersion=${api.version} HTTP/1.1\r\nhost: x\r\n\r\n`);
    await until(() => api.watches === 1);
    const data = { big: "x".repeat(500_000) };
    for (let place = 0; place < 60 && api.watches === 1; place += 1) {
      api.request({ method: "POST", path: CONFIG_MAPS, body: aConfigMap(`big-${place}`, data) });
      await new Promise((resolve) => setImmediate(resolve));
    }
    assert.equal(api.watches, 0);
    socket.destroy();
  });

  it("closes with watches open", async () => {
    const other = await ApiFront.listen({ api });
    const answer = await fetch(`${other.url}${CONFIG_MAPS}?watch=1`);
    await other.close();
    await answer.text().catch(() => undefined);
    assert.equal(api.watches, 0);
  });
});

async function until(holds: () => boolean): Promise<void> {
  for (let attempt = 0; attempt < 200 && !holds(); attempt += 1)
    await new Promise((resolve) => setTimeout(resolve, 10));
  assert.ok(holds());
}

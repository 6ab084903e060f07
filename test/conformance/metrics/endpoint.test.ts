import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { createPrometheusClient } from "../../../src/adapters/metrics/prometheus.ts";
import { instant } from "../../../src/domain/time.ts";
import { type MetricsServer, startEndpoint } from "../../../src/playground/prometheus/endpoint.ts";
import { systemClock } from "../../../src/runtime/clock.ts";
import { SeriesStore } from "../../../src/simulator/promql/seriesStore.ts";
import { mainDataset, NOW } from "./dataset.ts";
import { QUERIES } from "./queries.ts";
import { embeddedServer } from "./servers.ts";

describe("the endpoint", () => {
  let server: MetricsServer;
  before(async () => {
    const fed = await embeddedServer();
    await fed.feed(mainDataset());
    server = fed;
  });
  after(() => server.close());

  const get = (path: string, init?: RequestInit) => fetch(`${server.url}${path}`, init);

  it("takes a query in the body of a POST", async () => {
    const body = new URLSearchParams({ query: "alone", time: String(NOW / 1000) });
    const response = await get("/api/v1/query", { method: "POST", body });
    const answer =
      '{"status":"success","data":{"resultType":"vector","result":[{"metric":{"__name__":"alone"},"value":[1700000040,"480"]}]}}';
    assert.equal(response.headers.get("content-type"), "application/json");
    assert.equal(await response.text(), answer);
  });

  it("says that it is ready and healthy", async () => {
    for (const path of ["/-/ready", "/-/healthy"]) assert.equal((await get(path)).status, 200, path);
  });

  it("knows no other paths and methods", async () => {
    for (const path of ["/", "/api/v1/rules", "/api/v1/label/a/b/values"])
      assert.equal((await get(path)).status, 404, path);
    assert.equal((await get("/api/v1/query", { method: "DELETE" })).status, 405);
    assert.equal((await get("/api/v1/targets", { method: "POST" })).status, 405);
    assert.equal((await get("/api/v1/label/%zz/values")).status, 400);
  });

  it("answers the controller's own client", async () => {
    const client = createPrometheusClient();
    const ask = (query: string) => client.query({ address: server.url }, query, instant(NOW));
    const [successRate = "", , , duration = ""] = QUERIES["the controller's own"] ?? [];
    assert.equal((await ask(successRate)).kind, "value");
    assert.equal((await ask(duration)).kind, "value");
    assert.equal((await ask("nothing")).kind, "noData");
    assert.deepEqual(await ask("sum(").then((sample) => [sample.kind, Reflect.get(sample, "rejected")]), [
      "unmeasurable",
      true,
    ]);
    assert.equal(await client.ping({ address: server.url }, instant(NOW)), undefined);
    client.close();
  });

  it("does not start on a port that is taken", async () => {
    const port = Number(new URL(server.url).port);
    const options = { store: new SeriesStore(), clock: systemClock(), port };
    await assert.rejects(startEndpoint(options), /EADDRINUSE/);
  });
});

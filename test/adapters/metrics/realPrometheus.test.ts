import assert from "node:assert/strict";
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { createPrometheusClient, type PrometheusServer } from "../../../src/adapters/metrics/prometheus.ts";
import { instant } from "../../../src/domain/time.ts";

const absent = spawnSync("prometheus", ["--version"]).error === undefined ? false : "no prometheus binary on PATH";

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === "object" && address !== null ? address.port : 0;
}

describe("the real server", { skip: absent }, () => {
  const client = createPrometheusClient();
  const directory = mkdtempSync(join(tmpdir(), "serin-prometheus-"));
  let server: PrometheusServer;
  let process: ChildProcess;

  before(async () => {
    const port = await freePort();
    server = { address: `http://127.0.0.1:${port}` };
    writeFileSync(join(directory, "prometheus.yml"), "global: { scrape_interval: 1h }\n");
    const flags = [
      `--config.file=${directory}/prometheus.yml`,
      `--storage.tsdb.path=${directory}/data`,
      `--web.listen-address=127.0.0.1:${port}`,
    ];
    process = spawn("prometheus", flags, { stdio: "ignore" });
    for (let tries = 0; tries < 100 && (await client.ping(server, instant(Date.now()))) !== undefined; tries++)
      await sleep(100);
  });
  after(async () => {
    client.close();
    process.kill();
    await new Promise((resolve) => process.once("exit", resolve));
    rmSync(directory, { recursive: true, force: true });
  });

  const cases: Record<string, { query: string; kind: string; detail: unknown }> = {
    "a number": { query: "vector(1)", kind: "value", detail: 1 },
    "a scalar": { query: "0.5", kind: "value", detail: 0.5 },
    "a small number": { query: "vector(1e-9)", kind: "value", detail: 1e-9 },
    "1/0": { query: "vector(1)/0", kind: "unmeasurable", detail: /\+Inf/ },
    "-1/0": { query: "-1/0", kind: "unmeasurable", detail: /-Inf/ },
    "0/0": { query: "vector(0)/0", kind: "noData", detail: /NaN/ },
    "the share of successes where there are none": {
      query: "(nothing or vector(4) * 0) / vector(4) * 100",
      kind: "value",
      detail: 0,
    },
    "the share of successes where there are no requests": {
      query: "(nothing or nothing * 0) / nothing * 100",
      kind: "noData",
      detail: /no series/,
    },
    "no series": { query: "nothing", kind: "noData", detail: /no series/ },
    "two series": {
      query: 'label_replace(vector(1), "a", "b", "", "") or vector(2)',
      kind: "unmeasurable",
      detail: /2 series/,
    },
    "a range": { query: "vector(1)[5m:1m]", kind: "unmeasurable", detail: /ranges of values/ },
    "a string": { query: '"text"', kind: "unmeasurable", detail: /a text/ },
    "a syntax error": { query: "sum(", kind: "unmeasurable", detail: /400: bad_data: .*parse error/ },
    "a failed evaluation": {
      query: 'label_replace(vector(1), "a", "$1", "b", "(")',
      kind: "unmeasurable",
      detail: /4(?:00|22)/,
    },
  };
  for (const [name, { query, kind, detail }] of Object.entries(cases))
    test(name, async () => {
      const sample = await client.query(server, query, instant(Date.now()));
      assert.equal(sample.kind, kind, JSON.stringify(sample));
      if (sample.kind === "value") assert.equal(sample.value, detail);
      else assert.match(sample.why, detail as RegExp);
    });

  test("answers for the time it was asked about", async () => {
    const sample = await client.query(server, "time()", instant(1_700_000_000_500));
    assert.deepEqual(sample, { kind: "value", value: 1_700_000_000.5, warnings: [] });
  });
});

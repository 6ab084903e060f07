/**
 * Random samples, random queries: the embedded endpoint and a real Prometheus must say the same.
 * More of it: `SERIN_PROMQL_RUNS=2000 SERIN_PROMQL_SEED=7 node --test test/conformance/metrics/property.test.ts`.
 */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import fc from "fast-check";
import { anyDataset, anyQuery } from "./anyQuery.ts";
import { ask, difference, instant, type Question, range } from "./ask.ts";
import { NOW } from "./dataset.ts";
import { embeddedServer, type FedServer, realServer, whyNoRealServer } from "./servers.ts";

const runs = Number(process.env["SERIN_PROMQL_RUNS"] ?? 60);
const seed = Number(process.env["SERIN_PROMQL_SEED"] ?? 1);

/** Each run has metrics of its own, under this prefix and a number, since a server forgets nothing. */
const PREFIX = "any";

const asked = (query: string): readonly Question[] => [
  instant(query),
  instant(query, NOW - 7_250),
  instant(query, NOW - 600_000),
  range(query, 12, "41"),
];

describe("random queries about random samples", { skip: whyNoRealServer() ?? false }, () => {
  const servers: FedServer[] = [];
  before(async () => {
    servers.push(await embeddedServer(), await realServer());
  });
  after(() => Promise.all(servers.map((server) => server.close())));

  it("have the same answers", async () => {
    let run = 0;
    const queries = fc.array(anyQuery(PREFIX), { minLength: 12, maxLength: 12 });
    const property = fc.asyncProperty(anyDataset(PREFIX), queries, async (dataset, texts) => {
      run++;
      const own = (text: string) => text.replaceAll(`${PREFIX}_`, `${PREFIX}${run}_`);
      const renamed = dataset.map(({ labels, points }) => ({
        labels: { ...labels, __name__: own(labels["__name__"] ?? "") },
        points,
      }));
      for (const server of servers) await server.feed(renamed);
      for (const question of texts.map(own).flatMap(asked)) {
        const [embedded, real] = await Promise.all(servers.map(({ url }) => ask(url, question)));
        assert.equal(difference(embedded, real), undefined, JSON.stringify({ question, embedded, real }));
      }
    });
    await fc.assert(property, { numRuns: runs, seed, endOnFailure: process.env["SERIN_PROMQL_SHRINK"] === undefined });
  });
});

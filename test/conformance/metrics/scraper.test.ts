import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Scraper, type ScrapeTarget } from "../../../src/playground/prometheus/scraper.ts";
import { parseQuery } from "../../../src/simulator/promql/parse.ts";
import { evaluate } from "../../../src/simulator/promql/query.ts";
import { SeriesStore } from "../../../src/simulator/promql/seriesStore.ts";
import { VirtualClock } from "../../../src/simulator/virtualClock.ts";

const one: ScrapeTarget = { url: "one", job: "pods", instance: "one" };
const other: ScrapeTarget = { url: "other", job: "pods", instance: "other" };

/** A scraper of these targets once per second, and pages that a test may change. */
function aScraper(targets: ScrapeTarget[]) {
  const clock = new VirtualClock();
  const store = new SeriesStore();
  const pages = new Map<string, string | Error | "never">();
  const scraper = new Scraper({
    store,
    clock,
    intervalMillis: 1000,
    targets: () => targets,
    fetchPage: ({ url }, signal) =>
      new Promise((resolve, reject) => {
        const page = pages.get(url) ?? new Error("connection refused");
        signal.addEventListener("abort", () => reject(signal.reason as Error), { once: true });
        if (page instanceof Error) reject(page);
        else if (page !== "never") resolve(page);
      }),
  });
  const ask = (query: string) => {
    const result = evaluate(parseQuery(query), store, { at: clock.now() });
    return result.type === "vector" ? result.samples.map(({ value }) => value) : [];
  };
  return { clock, pages, scraper, ask };
}

describe("the scraper", () => {
  it("asks every target once per interval, at even distances", async () => {
    const { clock, pages, scraper, ask } = aScraper([one, other]);
    pages.set("one", "hits 1\n");
    pages.set("other", "hits 2\n");
    scraper.start();
    await clock.advance(10_500);
    assert.deepEqual(ask("count_over_time(hits[1h])"), [11, 11]);
    assert.deepEqual(ask("stddev_over_time(timestamp(hits)[5s:1s]) == 0 or vector(7)"), [7]);
    assert.deepEqual(ask("sum(up)"), [2]);
    scraper.close();
    assert.equal(clock.pending, 0);
  });

  it("takes a page that does not come within the interval for none, and asks again", async () => {
    const { clock, pages, scraper, ask } = aScraper([one]);
    pages.set("one", "never");
    scraper.start();
    await clock.advance(1500);
    assert.deepEqual(ask("up"), [0]);
    assert.match(scraper.reports()[0]?.lastError ?? "", /deadline exceeded/);
    pages.set("one", "hits 1\n");
    await clock.advance(2000);
    assert.deepEqual(ask("up"), [1]);
    scraper.close();
  });

  it("follows targets that come and go", async () => {
    const targets = [one];
    const { clock, pages, scraper, ask } = aScraper(targets);
    pages.set("one", "hits 1\n");
    pages.set("other", "hits 2\n");
    scraper.start();
    await clock.advance(1500);
    assert.deepEqual(ask("hits"), [1]);
    targets.splice(0, 1, other);
    await clock.advance(1000);
    assert.deepEqual(ask("hits"), [2]);
    assert.deepEqual(ask("count(up)"), [1]);
    scraper.close();
  });

  it("stores nothing after it is closed", async () => {
    const { clock, pages, scraper, ask } = aScraper([one]);
    pages.set("one", "never");
    scraper.start();
    await clock.advance(500);
    scraper.close();
    await clock.advance(5000);
    assert.deepEqual(ask("up"), []);
    assert.equal(clock.pending, 0);
  });
});

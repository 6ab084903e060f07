import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { parseQuery } from "../../../src/simulator/promql/parse.ts";
import { evaluate } from "../../../src/simulator/promql/query.ts";
import { ScrapedTarget, type TargetIdentity } from "../../../src/simulator/promql/scrape.ts";
import { SeriesStore } from "../../../src/simulator/promql/seriesStore.ts";

function aTarget(more: Partial<TargetIdentity> = {}) {
  const store = new SeriesStore();
  const target = new ScrapedTarget({ job: "pods", instance: "a:80", ...more }, store);
  return {
    target,
    page: (text: string, at: number) => target.record({ kind: "page", text, durationSeconds: 0.25 }, at),
    fail: (at: number) => target.record({ kind: "failure", why: "connection refused", durationSeconds: 0.5 }, at),
    /** Series and their values at that time, the report left out unless asked for by name. */
    at: (time: number, query = '{__name__=~".+",__name__!~"up|scrape_.*"}') => {
      const result = evaluate(parseQuery(query), store, { at: time });
      const samples = result.type === "vector" ? result.samples : [];
      return Object.fromEntries(samples.map(({ labels, value }) => [labels.toString(), value]));
    },
  };
}

describe("a scraped target", () => {
  it("gives its labels to all that is on the page, and renames those that clash", () => {
    const { page, at } = aTarget({ labels: { zone: "eu" } });
    page('hits{job="mine",code="200"} 3\n', 1000);
    assert.deepEqual(at(1000), { 'hits{code="200", exported_job="mine", instance="a:80", job="pods", zone="eu"}': 3 });
  });

  it("leaves the page its labels where it honors them, empty ones as well", () => {
    const { page, at } = aTarget({ honorLabels: true });
    page('hits{job="mine"} 3\nmisses{instance=""} 1\n', 1000);
    assert.deepEqual(at(1000), { 'hits{instance="a:80", job="mine"}': 3, 'misses{job="pods"}': 1 });
  });

  it("reports on each scrape", () => {
    const { page, fail, at } = aTarget();
    const report = '{__name__=~"up|scrape_.*"}';
    const labels = '{instance="a:80", job="pods"}';
    const wanted = (up: number, seconds: number, samples: number, added: number) => ({
      [`up${labels}`]: up,
      [`scrape_duration_seconds${labels}`]: seconds,
      [`scrape_samples_scraped${labels}`]: samples,
      [`scrape_samples_post_metric_relabeling${labels}`]: samples,
      [`scrape_series_added${labels}`]: added,
    });
    page("hits 3\nmisses 1\n", 1000);
    assert.deepEqual(at(1000, report), wanted(1, 0.25, 2, 2));
    page("hits 4\nmisses 1\n", 2000);
    assert.deepEqual(at(2000, report), wanted(1, 0.25, 2, 0));
    fail(3000);
    assert.deepEqual(at(3000, report), wanted(0, 0.5, 0, 0));
  });

  it("ends a series that left the page, and begins it anew when it is back", () => {
    const { page, at } = aTarget();
    page("hits 3\nmisses 1\n", 1000);
    page("hits 4\n", 2000);
    assert.deepEqual(Object.values(at(2000)), [4]);
    page("hits 4\nmisses 2\n", 3000);
    assert.deepEqual(Object.values(at(3000)).sort(), [2, 4]);
  });

  it("ends all series when it fails, and when its page breaks in the middle", () => {
    const { target, page, fail, at } = aTarget();
    page("hits 3\n", 1000);
    fail(2000);
    assert.deepEqual(at(2000), {});
    assert.equal(target.lastError, "connection refused");
    page("hits 3\n", 3000);
    page("hits 4\nmisses\n", 4000);
    assert.deepEqual(at(4000), {});
    assert.match(target.lastError ?? "", /not a number/);
  });

  it("keeps the times that the page gives, and such series until they are too old", () => {
    const { page, at } = aTarget();
    page("hits 3 500\n", 1000);
    page("", 2000);
    assert.deepEqual(Object.values(at(2000, "timestamp(hits)")), [0.5]);
    assert.deepEqual(at(300_501), {});
  });

  it("ends with all its series, the report as well", () => {
    const { target, page, at } = aTarget();
    page("hits 3\n", 1000);
    target.end(2000);
    assert.deepEqual(at(2000, '{job="pods"}'), {});
  });
});

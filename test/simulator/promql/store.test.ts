import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { labelsOf } from "../../../src/simulator/promql/labels.ts";
import { type MatchOperator, matcherOf } from "../../../src/simulator/promql/matcher.ts";
import { SeriesStore } from "../../../src/simulator/promql/seriesStore.ts";

const labels = (name: string, more: Readonly<Record<string, string>> = {}) =>
  labelsOf(Object.entries({ __name__: name, ...more }));

const names = (store: SeriesStore, ...conditions: readonly (readonly [string, MatchOperator, string])[]) =>
  store
    .select(conditions.map(([name, operator, value]) => matcherOf(name, operator, value)))
    .map((series) => series.labels.toString())
    .sort();

describe("the series store", () => {
  it("keeps a series' samples in the order of their times", () => {
    const store = new SeriesStore();
    assert.equal(store.append(labels("a"), 1, 1000), "appended");
    assert.equal(store.append(labels("a"), 2, 2000), "appended");
    assert.equal(store.append(labels("a"), 2, 2000), "repeated");
    assert.equal(store.append(labels("a"), 3, 2000), "duplicate");
    assert.equal(store.append(labels("a"), 3, 1500), "out of order");
    const [series] = store.select([]);
    assert.deepEqual(Array.from(series?.samples.between(0, 9000).values ?? []), [1, 2]);
  });

  it("takes no new series beyond its limit, and goes on with those it has", () => {
    const store = new SeriesStore({ maxSeries: 2 });
    store.append(labels("a"), 1, 1000);
    store.append(labels("b"), 1, 1000);
    assert.equal(store.append(labels("c"), 1, 1000), "too many series");
    assert.equal(store.append(labels("a"), 2, 2000), "appended");
    assert.equal(store.seriesCount, 2);
  });

  it("forgets what is older than its retention, and series of which nothing is left", () => {
    const store = new SeriesStore({ retentionMillis: 60_000 });
    store.append(labels("gone", { only: "here" }), 1, 0);
    for (let at = 0; at <= 600_000; at += 1000) store.append(labels("steady"), at, at);
    assert.deepEqual(names(store), ["steady{}"]);
    assert.deepEqual(store.labelNames(), ["__name__"]);
    const [series] = store.select([]);
    assert.ok((series?.samples.length ?? 0) <= 70, `${series?.samples.length} samples`);
    assert.equal(store.append(labels("late"), 1, 1000), "too old");
  });

  it("finds no sample behind a stale marker, and the older ones in a range", () => {
    const store = new SeriesStore();
    store.append(labels("a"), 1, 1000);
    store.markStale(labels("a"), 2000);
    store.markStale(labels("a"), 3000);
    const [series] = store.select([]);
    assert.equal(series?.samples.latest(0, 2500), undefined);
    assert.deepEqual(series?.samples.latest(0, 1999), { at: 1000, value: 1 });
    assert.equal(series?.samples.between(0, 5000).length, 1);
    store.append(labels("a"), 7, 4000);
    assert.deepEqual(series?.samples.latest(0, 5000), { at: 4000, value: 7 });
    assert.deepEqual(Array.from(series?.samples.between(0, 5000).values ?? []), [1, 7]);
  });

  it("selects by all four kinds of matchers, an absent label being an empty one", () => {
    const store = new SeriesStore();
    for (const [name, more] of [
      ["a", { x: "1" }],
      ["a", { x: "2", y: "z" }],
      ["b", { x: "1" }],
    ] as const)
      store.append(labels(name, more), 1, 1000);
    assert.deepEqual(names(store, ["__name__", "=", "a"]), ['a{x="1"}', 'a{x="2", y="z"}']);
    assert.deepEqual(names(store, ["x", "!=", "1"]), ['a{x="2", y="z"}']);
    assert.deepEqual(names(store, ["__name__", "=~", "a|b"], ["y", "=", ""]), ['a{x="1"}', 'b{x="1"}']);
    assert.deepEqual(names(store, ["y", "=~", ".+"]), ['a{x="2", y="z"}']);
    assert.deepEqual(names(store, ["x", "!~", "[2-9]"], ["__name__", "!~", "a.*"]), ['b{x="1"}']);
    assert.deepEqual(names(store, ["x", "=~", "1|9"], ["__name__", "=", "nothing"]), []);
  });
});

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

  it("is appended to through a series that was looked up once, even when that was forgotten meanwhile", () => {
    const store = new SeriesStore({ retentionMillis: 60_000 });
    const series = store.refer(labels("a", { x: "1" }));
    assert.ok(series !== undefined);
    assert.equal(store.refer(labels("a", { x: "1" })), series);
    assert.equal(store.appendTo(series, 1, 1000), "appended");
    for (let at = 0; at <= 200_000; at += 1000) store.append(labels("steady"), at, at);
    assert.deepEqual(names(store), ["steady{}"]);
    assert.equal(store.appendTo(series, 2, 200_000), "appended");
    assert.deepEqual(names(store, ["x", "=", "1"]), ['a{x="1"}']);
    assert.equal(store.append(labels("a", { x: "1" }), 3, 201_000), "appended");
    assert.deepEqual(store.select([])[1]?.samples.between(0, 300_000).values, [2, 3]);
  });

  it("finds a series again that came after its label was asked for", () => {
    const store = new SeriesStore();
    const matchers = [matcherOf("x", "=", "1")];
    assert.deepEqual(store.select(matchers), []);
    store.append(labels("a", { x: "1" }), 1, 1000);
    assert.equal(store.select(matchers).length, 1);
    store.append(labels("b", { x: "1" }), 1, 1000);
    assert.equal(store.select(matchers).length, 2);
    assert.deepEqual(store.labelValues("x"), ["1"]);
  });
});

describe("a group of series", () => {
  const members = [{ name: "h", own: ["le", "1"] }, { name: "h", own: ["le", "+Inf"] }, { name: "h_sum" }] as const;

  it("is found as its series are, and has their samples from before that", () => {
    const store = new SeriesStore();
    const group = store.referGroup(labels("", { x: "1" }), members);
    assert.ok(group !== undefined);
    assert.equal(store.referGroup(labels("", { x: "1" }), members), group);
    assert.equal(store.appendRow(group, [1, 2, 2.5], 1000), "appended");
    assert.equal(store.appendRow(group, [1, 2, 2.5], 1000), "out of order");
    assert.equal(store.seriesCount, 3);
    assert.deepEqual(names(store, ["x", "=", "2"]), []);
    assert.deepEqual(names(store, ["__name__", "=", "h"], ["x", "=~", "1.*"]), [
      'h{le="+Inf", x="1"}',
      'h{le="1", x="1"}',
    ]);
    store.appendRow(group, [3, 5, 7], 2000);
    const [sum] = store.select([matcherOf("__name__", "=", "h_sum")]);
    assert.deepEqual(sum?.samples.between(0, 9000), { times: [1000, 2000], values: [2.5, 7], length: 2 });
    assert.deepEqual(sum?.samples.latest(0, 9000), { at: 2000, value: 7 });
    const [first] = store.select([matcherOf("le", "=", "1")]);
    assert.deepEqual(first?.samples.between(0, 9000).values, [1, 3]);
    assert.deepEqual(store.labelNames(), ["__name__", "le", "x"]);
    assert.equal(store.seriesCount, 3);
  });

  it("ends as one, is forgotten as one, and comes again", () => {
    const store = new SeriesStore({ retentionMillis: 60_000 });
    const group = store.referGroup(labels("", { x: "1" }), members);
    assert.ok(group !== undefined);
    store.markGroupStale(group, 500);
    store.appendRow(group, [1, 2, 3], 1000);
    store.markGroupStale(group, 2000);
    store.markGroupStale(group, 3000);
    const found = store.select([matcherOf("x", "=", "1")]);
    assert.deepEqual(
      found.map(({ samples }) => [samples.length, samples.latest(0, 5000), samples.between(0, 5000).length]),
      [1, 2, 3].map(() => [2, undefined, 1]),
    );
    for (let at = 3000; at <= 200_000; at += 1000) store.append(labels("steady"), at, at);
    assert.deepEqual(names(store), ["steady{}"]);
    assert.equal(store.seriesCount, 1);
    store.appendRow(group, [4, 5, 6], 200_000);
    assert.equal(names(store, ["x", "=", "1"]).length, 3);
    assert.equal(store.seriesCount, 4);
  });

  it("has no room where its series have none", () => {
    const store = new SeriesStore({ maxSeries: 2 });
    assert.equal(store.referGroup(labels("", { x: "1" }), members), undefined);
    assert.equal(store.seriesCount, 0);
  });
});

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { QueryError } from "../../../src/simulator/promql/errors.ts";
import { labelsOf } from "../../../src/simulator/promql/labels.ts";
import { parseQuery } from "../../../src/simulator/promql/parse.ts";
import { evaluate, evaluateRange } from "../../../src/simulator/promql/query.ts";
import { SeriesStore } from "../../../src/simulator/promql/seriesStore.ts";

/** `requests_total` of two versions, one sample in ten seconds for ten minutes. */
function aStore(): SeriesStore {
  const store = new SeriesStore();
  for (let step = 0; step <= 60; step++)
    for (const [version, pace] of [
      ["v1", 100],
      ["v2", 10],
    ] as const)
      store.append(
        labelsOf([
          ["__name__", "requests_total"],
          ["version", version],
        ]),
        step * pace,
        step * 10_000,
      );
  return store;
}

const END = 600_000;

function answerTo(query: string, options: Parameters<typeof evaluate>[2] = { at: END }): unknown {
  const result = evaluate(parseQuery(query), aStore(), options);
  if (result.type === "scalar") return result.value;
  return result.type === "vector" ? result.samples.map(({ value }) => value) : result;
}

describe("queries", () => {
  it("calculate rates", () => {
    assert.deepEqual(answerTo("rate(requests_total[1m])"), [10, 1]);
    assert.deepEqual(answerTo("sum(rate(requests_total[1m]))"), [11]);
  });

  it("answer for every step of a range, in the order of the labels", () => {
    const steps = { start: 300_000, end: 360_000, step: 30_000 };
    const { series } = evaluateRange(parseQuery("requests_total"), aStore(), steps);
    assert.deepEqual(
      series.map(({ labels, points }) => [labels.get("version"), Array.from(points.values)]),
      [
        ["v1", [3000, 3300, 3600]],
        ["v2", [300, 330, 360]],
      ],
    );
  });

  it("bind suffixes and signs as Prometheus does, not as the grammar package", () => {
    const cases: Readonly<Record<string, unknown>> = {
      "-2 ^ 2": -4,
      "2 ^ -1": 0.5,
      "2 ^ 3 ^ 2": 512,
      "-2 * 3 + 1": -5,
      'requests_total{version="v1"} - requests_total{version="v1"} offset 1m': [600],
      'requests_total{version="v1"} - requests_total{version="v1"} offset 1m * 0': [6000],
      '-requests_total{version="v2"} offset 1m': [-540],
      'requests_total{version="v2"} * 0 + requests_total{version="v2"} @ 60': [60],
      '1 + sum_over_time(requests_total{version="v2"}[20s:10s] offset 1m)': [1 + 520 + 530 + 540],
    };
    for (const [query, value] of Object.entries(cases)) assert.deepEqual(answerTo(query), value, query);
  });

  it("count a sample at the start of a range, or not, as the version has it", () => {
    assert.deepEqual(answerTo('count_over_time(requests_total{version="v1"}[1m])'), [7]);
    const later = { at: END, rangeStart: "excluded" } as const;
    assert.deepEqual(answerTo('count_over_time(requests_total{version="v1"}[1m])', later), [6]);
    assert.deepEqual(answerTo('count_over_time(requests_total{version="v1"}[1m:10s])', later), [6]);
  });

  it("look back as far as they are told", () => {
    assert.deepEqual(answerTo("requests_total", { at: END + 300_000 }), [6000, 600]);
    assert.deepEqual(answerTo("requests_total", { at: END + 300_001 }), []);
    assert.deepEqual(answerTo("requests_total", { at: END + 5001, lookbackMillis: 5000 }), []);
  });

  it("end when they would read too much", () => {
    const query = parseQuery("sum_over_time(requests_total[10m:1s])");
    assert.throws(() => evaluate(query, aStore(), { at: END, maxSamples: 500 }), /too many samples/);
  });

  for (const query of [
    "requests_total smoothed",
    "requests_total anchored",
    "limitk(1, requests_total)",
    "holt_winters(requests_total[1m], 0.5, 0.5)",
    "histogram_count(requests_total)",
    "info(requests_total)",
    "rate(requests_total[1m + 1m])",
    '{"requests_total"}',
    "requests_total + fill(0) requests_total",
    "requests_total </ 1",
    'requests_total{version=~"(?s).*"}',
  ])
    it(`say that ${query} is not supported here`, () => {
      assert.throws(
        () => parseQuery(query),
        (error) =>
          error instanceof QueryError && error.type === "bad_data" && /not supported here: /.test(error.message),
      );
    });

  it("tell line and column of what cannot be read", () => {
    assert.throws(
      () => parseQuery("sum(\n  rate(requests_total))"),
      /^QueryError: 2:8: parse error: expected type range vector/,
    );
    assert.throws(() => parseQuery("1 +"), /1:4: parse error: unexpected end of input/);
  });
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { judge } from "../../src/domain/analysis/judge.ts";
import type { MeasuredSample } from "../../src/domain/observation.ts";
import type { MetricSpec } from "../../src/domain/spec.ts";
import type { MetricStatus } from "../../src/domain/status.ts";
import { NOW, successRate } from "../build/aRollout.ts";

const duration: MetricSpec = {
  ...successRate,
  name: "request-duration",
  source: { kind: "builtin", name: "request-duration" },
  bounds: { min: undefined, max: 500 },
};

const errors = (bounds: MetricSpec["bounds"]): MetricSpec => ({
  name: "errors",
  path: "spec.analysis.metrics[0]",
  source: { kind: "query", query: "up" },
  interval: undefined,
  bounds,
});

const value = (of: number): MeasuredSample => ({ kind: "value", value: of });

function judged(pairs: readonly (readonly [MetricSpec, MeasuredSample])[], earlier: readonly MetricStatus[] = []) {
  const measurements = pairs.map(([{ name }, sample]) => ({ name, query: "up", at: NOW, sample }));
  return judge(
    pairs.map(([metric]) => metric),
    measurements,
    earlier,
  );
}

interface Case {
  readonly round: readonly (readonly [MetricSpec, MeasuredSample])[];
  readonly outcome: MetricStatus["verdict"];
  readonly sentence: string;
}

const rounds: Record<string, Case> = {
  "a minimum is part of what is allowed": {
    round: [[successRate, value(99)]],
    outcome: "pass",
    sentence: "success rate 99.00% >= 99%",
  },
  "below the minimum is a failed check, in Flagger's words": {
    round: [[successRate, value(98.69)]],
    outcome: "fail",
    sentence: "success rate 98.69% < 99%",
  },
  "a maximum is part of what is allowed": {
    round: [[duration, value(500)]],
    outcome: "pass",
    sentence: "request duration 500ms <= 500ms",
  },
  "above the maximum is a failed check, in Flagger's words": {
    round: [[duration, value(1515)]],
    outcome: "fail",
    sentence: "request duration 1.515s > 500ms",
  },
  "half a millisecond is not nothing": {
    round: [[{ ...duration, bounds: { min: undefined, max: 0.5 } }, value(0.75)]],
    outcome: "fail",
    sentence: "request duration 0.75ms > 0.5ms",
  },
  "a metric of the owner's own has no unit": {
    round: [[errors({ min: undefined, max: 10 }), value(12)]],
    outcome: "fail",
    sentence: "errors 12.00 > 10",
  },
  "both bounds count: below": {
    round: [[errors({ min: 1, max: 10 }), value(0.5)]],
    outcome: "fail",
    sentence: "errors 0.50 < 1",
  },
  "both bounds count: above": {
    round: [[errors({ min: 1, max: 10 }), value(11)]],
    outcome: "fail",
    sentence: "errors 11.00 > 10",
  },
  "without bounds any number passes": {
    round: [[errors({ min: undefined, max: undefined }), value(-3)]],
    outcome: "pass",
    sentence: "errors -3.00",
  },
  "several passes are told together": {
    round: [
      [successRate, value(100)],
      [duration, value(20)],
    ],
    outcome: "pass",
    sentence: "success rate 100.00% >= 99%, request duration 20ms <= 500ms",
  },
  "a failure outranks what could not be measured before it": {
    round: [
      [successRate, { kind: "unmeasurable", why: "502" }],
      [duration, value(900)],
    ],
    outcome: "fail",
    sentence: "request duration 900ms > 500ms",
  },
  "what could not be measured outranks what had no data": {
    round: [
      [successRate, { kind: "noData", why: "no series" }],
      [duration, { kind: "unmeasurable", why: "timeout" }],
    ],
    outcome: "unmeasurable",
    sentence: "metric request-duration could not be measured: timeout",
  },
  "one metric without data keeps the others from passing the round": {
    round: [
      [successRate, value(100)],
      [duration, { kind: "noData", why: "podinfo.test has no requests" }],
    ],
    outcome: "noData",
    sentence: "no values found for metric request-duration: podinfo.test has no requests",
  },
  "NaN is no measurement": {
    round: [[successRate, value(Number.NaN)]],
    outcome: "unmeasurable",
    sentence: "metric request-success-rate could not be measured: the answer was NaN",
  },
  "+Inf is no measurement, even above a maximum": {
    round: [[duration, value(Number.POSITIVE_INFINITY)]],
    outcome: "unmeasurable",
    sentence: "metric request-duration could not be measured: the answer was Infinity",
  },
  "-Inf is no measurement, even below a maximum": {
    round: [[duration, value(Number.NEGATIVE_INFINITY)]],
    outcome: "unmeasurable",
    sentence: "metric request-duration could not be measured: the answer was -Infinity",
  },
  "no metrics, no objection": { round: [], outcome: "pass", sentence: "no metrics to check" },
};

for (const [sentence, { round, outcome, sentence: told }] of Object.entries(rounds)) {
  test(sentence, () => assert.deepEqual(judged(round).verdict, { outcome, sentence: told }));
}

const changed: Record<string, readonly MetricSpec[]> = {
  "fewer metrics": [],
  "more metrics": [successRate, duration],
  "another metric": [duration],
};

for (const [words, metrics] of Object.entries(changed)) {
  test(`an answer to ${words} than are asked for now judges nothing`, () => {
    const measurements = [{ name: successRate.name, query: "up", at: NOW, sample: value(100) }];
    const { verdict, metrics: judgedMetrics } = judge(metrics, measurements, []);
    assert.deepEqual(verdict, { outcome: "unmeasurable", sentence: "the metrics changed while they were measured" });
    assert.deepEqual(judgedMetrics, []);
  });
}

test("what was measured is kept, with its rule in words and how often it was measured", () => {
  const both = errors({ min: 1, max: 10 });
  const first = judged([[successRate, value(98)]]).metrics;
  const second = judged(
    [
      [successRate, value(100)],
      [duration, { kind: "noData", why: "none" }],
      [both, value(2)],
    ],
    first,
  ).metrics;
  assert.deepEqual(
    second.map(({ bound, samples, value: of, verdict }) => ({ bound, samples, value: of, verdict })),
    [
      { bound: ">= 99%", samples: 2, value: 100, verdict: "pass" },
      { bound: "<= 500ms", samples: 1, value: undefined, verdict: "noData" },
      { bound: ">= 1 and <= 10", samples: 1, value: 2, verdict: "pass" },
    ],
  );
});

/** Samples as the suite feeds them: the same to every server. */
import { seededRandom } from "../../../src/runtime/random.ts";

export interface DatasetPoint {
  readonly at: number;
  readonly value: number | "stale";
}

export interface DatasetSeries {
  readonly labels: Readonly<Record<string, string>>;
  readonly points: readonly DatasetPoint[];
}

export type Dataset = readonly DatasetSeries[];

/** The moment most queries ask about; the samples lie in the forty minutes before. A whole number of minutes. */
export const NOW = 1_700_000_040_000;

const STEP = 15_000;
const STEPS = 160;
const START = NOW - STEPS * STEP;

type ValueAt = (step: number) => number | "stale" | undefined;

function series(labels: Readonly<Record<string, string>>, valueAt: ValueAt, shift = 0): DatasetSeries {
  const points: DatasetPoint[] = [];
  for (let step = 0; step <= STEPS; step++) {
    const value = valueAt(step);
    if (value !== undefined) points.push({ at: START + step * STEP + shift, value });
  }
  return { labels, points };
}

/** A counter of even pace. */
const paced =
  (perStep: number, from = 0): ValueAt =>
  (step) =>
    from + perStep * step;

export function mainDataset(): Dataset {
  return [...meshSeries(), ...gauges(), ...oddCounters(), ...histograms(), ...oddValues()];
}

/** What Istio's proxies would say of two workloads. */
function meshSeries(): Dataset {
  const codes = { podinfo: { 200: 20, 404: 1, 500: 2, 503: 0.5 }, "podinfo-primary": { 200: 55, 500: 0 } };
  const requests = Object.entries(codes).flatMap(([workload, paces]) =>
    Object.entries(paces).flatMap(([code, pace], at) =>
      ["a", "b"].map((pod) =>
        series(
          { ...meshLabels("istio_requests_total", workload, pod), response_code: code },
          paced(pod === "a" ? pace : pace / 2, at * 7),
          pod === "a" ? 0 : 4_321,
        ),
      ),
    ),
  );
  const bounds = { 1: 0, 5: 4, 10: 11, 25: 15, 100: 19, "+Inf": 20 };
  const durations = Object.entries(bounds).map(([le, pace]) =>
    series({ ...meshLabels("istio_request_duration_milliseconds_bucket", "podinfo", "a"), le }, paced(pace)),
  );
  return [...requests, ...durations];
}

const meshLabels = (name: string, workload: string, pod: string) => ({
  __name__: name,
  reporter: "destination",
  destination_workload: workload,
  destination_workload_namespace: "test",
  pod,
});

function gauges(): Dataset {
  const random = seededRandom(7);
  const noise = () => Math.round(random.next() * 1000) / 10;
  const hosts = ["one", "two", "three"].flatMap((host, at) =>
    ["eu", "us"].map((zone) => series({ __name__: "load", host, zone }, () => noise() + at * 10)),
  );
  return [
    ...hosts,
    series({ __name__: "limit", zone: "eu" }, () => 80),
    series({ __name__: "limit", zone: "us" }, () => 60),
    series({ __name__: "info", host: "one", version: "1.2.3", owner: "ann" }, () => 1),
    series({ __name__: "info", host: "two", version: "1.3.0", owner: "bob" }, () => 1),
    series({ __name__: "temperature", room: "cellar" }, (step) => 10 - step / 4),
    series({ __name__: "steady", room: "cellar" }, () => 5),
    series({ __name__: "twin_a", x: "1" }, paced(1)),
    series({ __name__: "twin_b", x: "1" }, paced(2)),
    series({ __name__: "alone" }, paced(3)),
    series({ __name__: "sum", x: "keyword" }, () => 42),
    series({ __name__: "with:colon", text: 'a"b\\c', uml: "ü" }, () => 3),
  ];
}

function oddCounters(): Dataset {
  return [
    series({ __name__: "resetting_total", kind: "once" }, (step) => (step < 150 ? step * 10 : (step - 150) * 10)),
    series({ __name__: "resetting_total", kind: "often" }, (step) => (step % 7) * 3),
    series({ __name__: "gappy_total" }, (step) => (step % 5 < 3 ? step * 2 : undefined)),
    series({ __name__: "young_total" }, (step) => (step > 155 ? (step - 155) * 4 : undefined)),
    series({ __name__: "single_total" }, (step) => (step === 158 ? 9 : undefined)),
    series({ __name__: "old_total" }, (step) => (step < 120 ? step : undefined)),
    series({ __name__: "edge_total" }, (step) => (step === 140 ? 5 : undefined)),
    series({ __name__: "ended_total" }, (step) => (step < 155 ? step : step === 155 ? "stale" : undefined)),
    series({ __name__: "returned_total" }, (step) =>
      step < 150 ? step : step === 150 ? "stale" : step > 155 ? step : undefined,
    ),
    series({ __name__: "zero_total" }, () => 0),
    series({ __name__: "late_total" }, (step) => step * 1.5, 7_777),
  ];
}

function histograms(): Dataset {
  const bucket = (name: string, labels: Readonly<Record<string, string>>, paces: Readonly<Record<string, number>>) =>
    Object.entries(paces).map(([le, pace]) => series({ __name__: name, ...labels, le }, paced(pace)));
  return [
    ...bucket("latency_bucket", { job: "api" }, { "0.1": 5, "0.5": 15, "1": 18, "+Inf": 20 }),
    ...bucket("latency_bucket", { job: "web" }, { "0.1": 1, "0.5": 1, "1": 1, "+Inf": 8 }),
    ...bucket("unbounded_bucket", {}, { "0.1": 5, "0.5": 15, "1": 18 }),
    ...bucket("falling_bucket", {}, { "0.1": 5, "0.5": 4, "1": 18, "+Inf": 17 }),
    ...bucket("negative_bucket", {}, { "-5": 3, "0": 6, "5": 9, "+Inf": 12 }),
    ...bucket("single_bucket", {}, { "+Inf": 12 }),
    ...bucket("empty_bucket", {}, { "0.1": 0, "1": 0, "+Inf": 0 }),
    ...bucket("twice_bucket", {}, { "1": 4, "1.0": 5, "+Inf": 12 }),
    ...bucket("odd_bucket", {}, { "1": 4, nonsense: 5, "+Inf": 12 }),
  ];
}

function oddValues(): Dataset {
  const gauge = (kind: string, value: number) => series({ __name__: "odd", kind }, () => value);
  return [
    gauge("nan", Number.NaN),
    gauge("inf", Number.POSITIVE_INFINITY),
    gauge("minus_inf", Number.NEGATIVE_INFINITY),
    gauge("zero", 0),
    gauge("negative", -2.5),
    gauge("tiny", 1.5e-9),
    gauge("huge", 1.25e22),
    gauge("third", 1 / 3),
    series({ __name__: "mixed" }, (step) => (step % 4 === 0 ? Number.NaN : step)),
  ];
}

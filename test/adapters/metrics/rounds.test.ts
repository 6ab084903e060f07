import assert from "node:assert/strict";
import { test } from "node:test";
import { ISTIO_METRICS, isBuiltin } from "../../../src/adapters/metrics/builtin.ts";
import type { PrometheusClient, PrometheusServer } from "../../../src/adapters/metrics/prometheus.ts";
import { collapse } from "../../../src/adapters/metrics/promql.ts";
import { createRoundMeter, type MetricCheck, type Round } from "../../../src/adapters/metrics/rounds.ts";
import type { Sample } from "../../../src/adapters/metrics/sample.ts";
import { renderQuery } from "../../../src/adapters/metrics/template.ts";
import { instant } from "../../../src/domain/time.ts";

const SERVER: PrometheusServer = { address: "http://prometheus:9090" };
const OTHER: PrometheusServer = { address: "http://other:9090" };
const facts = {
  name: "podinfo",
  namespace: "default",
  target: "podinfo",
  service: "podinfo",
  ingress: "podinfo",
  route: "podinfo",
};

const check = (name: string, source: MetricCheck["source"], change: Partial<MetricCheck> = {}): MetricCheck => ({
  name,
  source,
  interval: "1m",
  variables: {},
  ...change,
});
const inline = (name: string, query: string, change: Partial<MetricCheck> = {}) =>
  check(name, { kind: "inline", query }, change);
const round = (...checks: MetricCheck[]): Round => ({ facts, server: SERVER, checks, at: instant(1000) });

/** A client that answers the number of the question and remembers it. */
function recorder() {
  const asked: string[] = [];
  const client: PrometheusClient = {
    query: async (server, query, at) => {
      asked.push(`${server.address} ${query} @${at}`);
      return { kind: "value", value: asked.length, warnings: [] };
    },
    ping: async () => undefined,
    close: () => {},
  };
  return { asked, client };
}

const why = (sample: Sample | undefined): string =>
  sample?.kind === "unmeasurable" ? `${sample.rejected === true ? "rejected: " : ""}${sample.why}` : "";

test("the builtin queries are Flagger's, letter for letter", () => {
  const render = (name: keyof typeof ISTIO_METRICS) =>
    collapse(renderQuery(ISTIO_METRICS[name].template, { ...facts, interval: "1m", variables: {} }));
  assert.equal(
    render("request-success-rate"),
    ' ( sum( rate( istio_requests_total{ reporter="destination", destination_workload_namespace="default", destination_workload=~"podinfo", response_code!~"5.*" }[1m] ) ) or sum( rate( istio_requests_total{ reporter="destination", destination_workload_namespace="default", destination_workload=~"podinfo" }[1m] ) ) * 0 ) / sum( rate( istio_requests_total{ reporter="destination", destination_workload_namespace="default", destination_workload=~"podinfo" }[1m] ) ) * 100',
  );
  assert.equal(
    render("request-duration"),
    ' histogram_quantile( 0.99, sum( rate( istio_request_duration_milliseconds_bucket{ reporter="destination", destination_workload_namespace="default", destination_workload=~"podinfo" }[1m] ) ) by (le) )',
  );
  assert.deepEqual([isBuiltin("request-duration"), isBuiltin("toString"), isBuiltin("latency")], [true, false, false]);
});

test("each check gets its measurement, in order, at the time of the round", async () => {
  const { asked, client } = recorder();
  const measured = await createRoundMeter(client).measure(
    round(
      check("request-success-rate", { kind: "builtin", name: "request-success-rate" }, { interval: "10s" }),
      inline("errors", 'sum(\n  errors{ns="{{ namespace }}"}[{{ interval }}])'),
      check(
        "own",
        { kind: "template", provider: "prometheus", server: OTHER, query: 'x{a="{{ variables.a }}"}' },
        { variables: { a: "b" } },
      ),
    ),
  );
  assert.deepEqual(
    measured.map(({ name, unit, sample, at }) => [name, unit, sample.kind === "value" && sample.value, at]),
    [
      ["request-success-rate", "percent", 1, 1000],
      ["errors", undefined, 2, 1000],
      ["own", undefined, 3, 1000],
    ],
  );
  assert.match(asked[0] ?? "", /^http:\/\/prometheus:9090 {2}\( sum\( rate\( istio_requests_total\{.*\[10s\]/);
  assert.deepEqual(asked.slice(1), [
    'http://prometheus:9090 sum( errors{ns="default"}[1m]) @1000',
    'http://other:9090 x{a="b"} @1000',
  ]);
  assert.equal(measured[1]?.query, 'sum( errors{ns="default"}[1m])');
});

test("the same question is asked once in a round", async () => {
  const { asked, client } = recorder();
  const other = check("d", { kind: "template", provider: "prometheus", server: OTHER, query: "up" });
  const measured = await createRoundMeter(client).measure(
    round(inline("a", "up"), inline("b", " up".trim()), inline("c", "down"), other),
  );
  assert.equal(asked.length, 3);
  assert.deepEqual(measured[0]?.sample, measured[1]?.sample);
});

test("what a person must change is not asked, and the others are", async () => {
  const { asked, client } = recorder();
  const measured = await createRoundMeter(client).measure(
    round(
      inline("typo", "x{{ nmae }}"),
      inline("missing", "x{{ variables.a }}"),
      inline("empty", "{{ if false }}x{{ end }} "),
      check("foreign", { kind: "template", provider: "datadog", server: OTHER, query: "x" }),
      inline("good", "up"),
    ),
  );
  assert.deepEqual(
    measured.slice(0, 4).map(({ sample }) => why(sample)),
    [
      'rejected: template line 1, column 5: function "nmae" not defined',
      'rejected: template line 1, column 14: map has no entry for key "a"',
      "rejected: the query is empty",
      'rejected: metrics of provider "datadog" cannot be measured; known: prometheus',
    ],
  );
  assert.deepEqual(asked, ["http://prometheus:9090 up @1000"]);
  const [alone] = await createRoundMeter(client).measure({ ...round(inline("a", "up")), server: undefined });
  assert.equal(why(alone?.sample), "rejected: no metrics server is configured");
});

test("rounds together keep to the places at the gate", async () => {
  let running = 0;
  let most = 0;
  const client: PrometheusClient = {
    ...recorder().client,
    query: async () => {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setTimeout(resolve, 2));
      running--;
      return { kind: "noData", why: "" };
    },
  };
  const meter = createRoundMeter(client, 4);
  const checks = Array.from({ length: 10 }, (_, index) => inline(`m${index}`, `m${index}`));
  await Promise.all([meter.measure(round(...checks)), meter.measure(round(...checks))]);
  // One server holds three places of four.
  assert.equal(most, 3);
});

test("a round that is withdrawn ends at once", async () => {
  const client: PrometheusClient = { ...recorder().client, query: () => new Promise(() => {}) };
  const meter = createRoundMeter(client, 1);
  void meter.measure(round(inline("stuck", "a")));
  const abandon = new AbortController();
  const withdrawn = meter.measure(round(inline("b", "b")), abandon.signal);
  abandon.abort();
  assert.match(why((await withdrawn)[0]?.sample), /withdrawn before its turn/);
});

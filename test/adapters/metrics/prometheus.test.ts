import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import {
  createPrometheusClient,
  type PrometheusClient,
  type PrometheusServer,
} from "../../../src/adapters/metrics/prometheus.ts";
import type { Sample } from "../../../src/adapters/metrics/sample.ts";
import { instant, millis } from "../../../src/domain/time.ts";
import { data, type Fake, fake, html, json, type Reply, value, vector } from "./fakePrometheus.ts";

const AT = instant(1_700_000_000_000);

let prometheus: Fake;
let client: PrometheusClient;
before(async () => {
  prometheus = await fake();
  client = createPrometheusClient(millis(300));
});
after(async () => {
  client.close();
  await prometheus.close();
});

async function ask(reply: Reply, change: Partial<PrometheusServer> = {}): Promise<Sample> {
  prometheus.reply = reply;
  return client.query({ ...prometheus.server, ...change }, "up", AT);
}

describe("a number is a value", () => {
  const cases: Record<string, { reply: Reply; want: Sample }> = {
    "one series": { reply: vector("99.5"), want: value(99.5) },
    "an exponent": { reply: vector("1.5e-07"), want: value(1.5e-7) },
    zero: { reply: vector("0"), want: value(0) },
    "a scalar": { reply: data("scalar", [1, "0.5"]), want: value(0.5) },
    "warnings are kept": {
      reply: data("vector", [{ metric: {}, value: [1, "2"] }], { warnings: ["store 10.0.0.1 did not answer"] }),
      want: value(2, ["store 10.0.0.1 did not answer"]),
    },
    "notes are no warnings": {
      reply: data("vector", [{ metric: {}, value: [1, "2"] }], { infos: ["not a counter"] }),
      want: value(2),
    },
  };
  for (const [name, { reply, want }] of Object.entries(cases))
    test(name, async () => assert.deepEqual(await ask(reply), want));
});

describe("no requests is no data", () => {
  const warned = { warnings: ["partial"] };
  const cases: Record<string, { reply: Reply; why: RegExp }> = {
    "an empty vector": { reply: vector(), why: /^the query answered no series$/ },
    "an empty vector with a warning": {
      reply: data("vector", [], warned),
      why: /no series \(the server warned: partial\)/,
    },
    NaN: { reply: vector("NaN"), why: /NaN/ },
    "a scalar NaN": { reply: data("scalar", [1, "NaN"]), why: /NaN/ },
  };
  for (const [name, { reply, why }] of Object.entries(cases))
    test(name, async () => {
      const sample = await ask(reply);
      assert.equal(sample.kind, "noData");
      assert.match(sample.kind === "noData" ? sample.why : "", why);
    });
});

interface Bad {
  readonly reply: Reply;
  readonly why: RegExp;
  readonly rejected?: true;
  readonly retryAfterMillis?: number;
}

const foreign: Reply = (_, response) => response.writeHead(302, { location: "http://login.invalid/sign-in" }).end();
const endless: Reply = (_, response) => response.writeHead(302, { location: "/elsewhere" }).end();
const dripping: Reply = (_, response) =>
  response.writeHead(200, { "content-type": "application/json" }).write('{"status":');
const huge: Reply = (_, response) => response.writeHead(200).end("x".repeat(5 << 20));
const refusal = (status: number, errorType: string, error: string) =>
  json(status, { status: "error", errorType, error });

describe("everything else could not be measured", () => {
  const cases: Record<string, Bad> = {
    "+Inf": { reply: vector("+Inf"), why: /answered \+Inf/ },
    "-Inf": { reply: vector("-Inf"), why: /answered -Inf/ },
    "a scalar +Inf": { reply: data("scalar", [1, "+Inf"]), why: /answered \+Inf/ },
    "three series": { reply: vector("1", "2", "3"), why: /answered 3 series where one was meant; add sum\(\.\.\.\)/ },
    "a matrix": {
      reply: data("matrix", [{ metric: {}, values: [[1, "1"]] }]),
      why: /ranges of values/,
      rejected: true,
    },
    "a string": { reply: data("string", [1, "x"]), why: /a text where a number/, rejected: true },
    "a native histogram": {
      reply: data("vector", [{ metric: {}, histogram: [1, { count: "3" }] }]),
      why: /native histogram/,
      rejected: true,
    },
    "a number that is none": { reply: vector("12abc"), why: /not a number: "12abc"/ },
    "json of something else": { reply: json(200, { hello: 1 }), why: /something else than Prometheus/ },
    "a query that cannot be read": {
      reply: refusal(400, "bad_data", "parse error"),
      why: /400: bad_data: parse error/,
      rejected: true,
    },
    "422": { reply: refusal(422, "execution", "many-to-many matching"), why: /422: execution: many-to-many/ },
    "503 of Prometheus": { reply: refusal(503, "unavailable", "starting"), why: /503: unavailable: starting/ },
    "502 with a page": {
      reply: html(502, "<html><title>502 Bad Gateway</title></html>"),
      why: /^the server answered 502: 502 Bad Gateway$/,
    },
    "429 with seconds": {
      reply: html(429, "slow down", { "retry-after": "3" }),
      why: /429: slow down/,
      retryAfterMillis: 3000,
    },
    "503 with a date": {
      reply: html(503, "", { date: "Tue, 14 Nov 2023 22:13:20 GMT", "retry-after": "Tue, 14 Nov 2023 22:14:20 GMT" }),
      why: /503/,
      retryAfterMillis: 60_000,
    },
    "a login page": {
      reply: html(200, "<html>log in</html>"),
      why: /200 with text\/html, which is no answer of Prometheus/,
    },
    "an empty 200": { reply: html(200, ""), why: /is the address right/ },
    "a redirect to another host": { reply: foreign, why: /redirects to http:\/\/login\.invalid; give the address/ },
    "redirects without end": { reply: endless, why: /redirect/i },
    silence: { reply: () => {}, why: /^no answer within 300ms$/ },
    "half an answer": { reply: dripping, why: /^no answer within 300ms$/ },
    "an answer too long": { reply: huge, why: /maxContentLength/ },
    "a reset": { reply: (request) => request.socket.destroy(), why: /no answer from the metrics server: ECONNRESET/ },
  };
  for (const [name, { reply, why, ...flags }] of Object.entries(cases))
    test(name, async () => {
      const sample = await ask(reply);
      assert.ok(sample.kind === "unmeasurable", JSON.stringify(sample));
      const { kind: _, why: told, ...rest } = sample;
      assert.match(told, why);
      assert.deepEqual(rest, flags);
    });

  test("a refused connection", async () => {
    const gone = await fake();
    await gone.close();
    const sample = await client.query(gone.server, "up", AT);
    assert.match(sample.kind === "unmeasurable" ? sample.why : "", /ECONNREFUSED/);
  });

  for (const address of ["", "prometheus:9090", "ftp://x", "not a url"])
    test(`the address "${address}"`, async () => {
      const sample = await client.query({ address }, "up", AT);
      assert.deepEqual(sample.kind === "unmeasurable" && sample.rejected, true);
    });
});

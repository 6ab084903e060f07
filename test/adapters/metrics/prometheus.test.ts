import assert from "node:assert/strict";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, describe, test } from "node:test";
import {
  createPrometheusClient,
  type PrometheusClient,
  type PrometheusServer,
} from "../../../src/adapters/metrics/prometheus.ts";
import type { Sample } from "../../../src/adapters/metrics/sample.ts";
import { instant, millis } from "../../../src/domain/time.ts";

const AT = instant(1_700_000_000_000);

type Reply = (request: IncomingMessage, response: ServerResponse) => void;

/** A server that answers every request with the current reply and remembers what it was asked. */
interface Fake {
  reply: Reply;
  readonly requests: IncomingMessage[];
  readonly sockets: Set<unknown>;
  readonly server: PrometheusServer;
  close(): Promise<void>;
}

async function fake(): Promise<Fake> {
  const http = createServer((request, response) => {
    self.requests.push(request);
    self.reply(request, response);
  });
  const sockets = new Set<unknown>();
  http.on("connection", (socket) => sockets.add(socket));
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  const { port } = http.address() as AddressInfo;
  const self: Fake = {
    reply: json(200, {}),
    requests: [],
    sockets,
    server: { address: `http://127.0.0.1:${port}` },
    close: () =>
      new Promise((resolve) => {
        http.close(() => resolve());
        http.closeAllConnections();
      }),
  };
  return self;
}

const json =
  (status: number, body: unknown, headers: Record<string, string> = {}): Reply =>
  (_, response) =>
    response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(body));
const html =
  (status: number, body: string, headers: Record<string, string> = {}): Reply =>
  (_, response) =>
    response.writeHead(status, { "content-type": "text/html", ...headers }).end(body);
const vector = (...values: string[]) =>
  json(200, {
    status: "success",
    data: {
      resultType: "vector",
      result: values.map((value, pod) => ({ metric: { pod: `p${pod}` }, value: [1, value] })),
    },
  });
const data = (resultType: string, result: unknown, more: object = {}) =>
  json(200, { status: "success", data: { resultType, result }, ...more });
const value = (number: number, warnings: string[] = []): Sample => ({ kind: "value", value: number, warnings });

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

describe("the request", () => {
  const sent = async (change: Partial<PrometheusServer>, query = "up"): Promise<IncomingMessage> => {
    prometheus.reply = vector("1");
    prometheus.requests.length = 0;
    await client.query({ ...prometheus.server, ...change }, query, AT);
    const [request] = prometheus.requests;
    assert.ok(request);
    return request;
  };
  const address = (path: string) => ({ address: prometheus.server.address + path });

  test("is a GET with the collapsed query and an explicit time", async () => {
    const { method, url = "" } = await sent({}, 'sum(\n  up{a="b & c"}\t)  # all\n/ 2');
    const { pathname, searchParams } = new URL(url, "http://host");
    assert.deepEqual([method, pathname], ["GET", "/api/v1/query"]);
    assert.deepEqual(Object.fromEntries(searchParams), { query: 'sum( up{a="b & c"} ) / 2', time: "1700000000" });
  });
  test("keeps the path of the address", async () => {
    assert.match(
      (await sent(address("/select/0/prometheus/"))).url ?? "",
      /^\/select\/0\/prometheus\/api\/v1\/query\?/,
    );
    assert.match((await sent(address("/a//?x=1"))).url ?? "", /^\/a\/api\/v1\/query\?query=up/);
  });
  test("carries headers, all their values, and a bearer token before a password", async () => {
    const { headers } = await sent({
      headers: { "X-Scope-OrgID": ["tenant"], "x-many": ["1", "2"], Authorization: ["old"] },
      bearerToken: "secret",
      basicAuth: { username: "u", password: "p" },
    });
    assert.equal(headers["x-scope-orgid"], "tenant");
    assert.equal(headers["x-many"], "1, 2");
    assert.equal(headers.authorization, "Bearer secret");
  });
  test("carries a name and password, from the secret or from the address", async () => {
    const basic = `Basic ${Buffer.from("u:p:ü").toString("base64")}`;
    assert.equal((await sent({ basicAuth: { username: "u", password: "p:ü" } })).headers.authorization, basic);
    const inAddress = prometheus.server.address.replace("//", "//u:p%3A%C3%BC@");
    assert.equal((await sent({ address: inAddress })).headers.authorization, basic);
  });
  test("goes through no proxy of the environment", async (context) => {
    const proxied = { ...process.env, http_proxy: "http://127.0.0.1:1", HTTP_PROXY: "http://127.0.0.1:1" };
    context.mock.property(process, "env", proxied);
    assert.ok(await sent({}));
  });
  test("follows a redirect on its own host", async () => {
    const sample = await ask((request, response) =>
      request.url?.startsWith("/api")
        ? response.writeHead(307, { location: "/moved?query=up" }).end()
        : vector("7")(request, response),
    );
    assert.deepEqual(sample, value(7));
  });
});

describe("connections and questions are shared", () => {
  test("the same question at once is one request, another one is another", async () => {
    prometheus.requests.length = 0;
    prometheus.reply = (request, response) => setTimeout(() => vector("1")(request, response), 20);
    const { server } = prometheus;
    const same = [1, 2, 3].map(() => client.query({ ...server }, "up", AT));
    const others = [
      client.query(server, "down", AT),
      client.query(server, "up", instant(AT + 1)),
      client.query({ ...server, bearerToken: "x" }, "up", AT),
    ];
    assert.deepEqual(await Promise.all([...same, ...others]), Array(6).fill(value(1)));
    assert.equal(prometheus.requests.length, 4);
    await client.query(server, "up", AT);
    assert.equal(prometheus.requests.length, 5, "an answer is not kept");
  });
  test("connections are kept", async () => {
    await ask(vector("1"));
    prometheus.sockets.clear();
    for (let turn = 0; turn < 5; turn++) await ask(vector("1"));
    assert.equal(prometheus.sockets.size, 0);
  });
  test("who withdraws hears at once, and the others get their answer", async () => {
    prometheus.reply = (request, response) => setTimeout(() => vector("1")(request, response), 50);
    const abandon = new AbortController();
    const [mine, theirs] = [
      client.query(prometheus.server, "up", AT, abandon.signal),
      client.query(prometheus.server, "up", AT),
    ];
    abandon.abort();
    const sample = await mine;
    assert.match(sample.kind === "unmeasurable" ? sample.why : "", /withdrawn/);
    assert.deepEqual(await theirs, value(1));
  });
  test("when all have withdrawn, the request ends, and a new question is a new request", async () => {
    const closed = new Promise<void>((resolve) => {
      prometheus.reply = (request) => request.on("close", resolve);
    });
    const abandon = new AbortController();
    const mine = client.query(prometheus.server, "up", AT, abandon.signal);
    setTimeout(() => abandon.abort(), 30);
    await mine;
    assert.deepEqual(await ask(vector("2")), value(2));
    await closed;
    const sample = await client.query(prometheus.server, "up", AT, AbortSignal.abort());
    assert.equal(sample.kind, "unmeasurable");
  });
});

test("ping asks for vector(1) and wants 1", async () => {
  prometheus.requests.length = 0;
  prometheus.reply = vector("1");
  assert.equal(await client.ping(prometheus.server, AT), undefined);
  assert.match(prometheus.requests[0]?.url ?? "", /query=vector%281%29/);
  prometheus.reply = vector("2");
  assert.match((await client.ping(prometheus.server, AT)) ?? "", /answered 2/);
  prometheus.reply = html(502, "bad");
  assert.match((await client.ping(prometheus.server, AT)) ?? "", /502/);
});

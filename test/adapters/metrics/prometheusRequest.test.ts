import assert from "node:assert/strict";
import type { IncomingMessage } from "node:http";
import { after, before, describe, test } from "node:test";
import {
  createPrometheusClient,
  type PrometheusClient,
  type PrometheusServer,
} from "../../../src/adapters/metrics/prometheus.ts";
import type { Sample } from "../../../src/adapters/metrics/sample.ts";
import { instant, millis } from "../../../src/domain/time.ts";
import { type Fake, fake, html, type Reply, value, vector } from "./fakePrometheus.ts";

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

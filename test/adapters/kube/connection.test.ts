import assert from "node:assert/strict";
import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { Connection, type ConnectionOptions } from "../../../src/adapters/kube/connection.ts";
import { type Clock, systemClock } from "../../../src/runtime/clock.ts";
import { TransportError, type WatchEvent, WatchRefusedError } from "../../../src/runtime/transport.ts";
import { kubeconfigFile } from "../../build/kubeconfig.ts";
import { temporaryFolder } from "../../build/temporaryFolder.ts";
import { tlsFiles } from "../../build/tlsFiles.ts";

/** The system's clock, whose monotonic scale a test can push forward, so that caches of credentials age. */
function agingClock(): Clock & { age: (millis: number) => void } {
  const clock = systemClock();
  let extra = 0;
  return {
    ...clock,
    monotonic: () => clock.monotonic() + extra,
    age: (millis) => {
      extra += millis;
    },
  };
}

async function listen(t: TestContext, server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

interface Setting {
  readonly user?: Readonly<Record<string, unknown>>;
  readonly path?: string;
  readonly options?: Partial<ConnectionOptions>;
}

async function aConnection(t: TestContext, handler: RequestListener, { user, path = "", options }: Setting = {}) {
  const server = createServer(handler);
  const port = await listen(t, server);
  const cluster = { server: `http://127.0.0.1:${port}${path}`, "insecure-skip-tls-verify": true };
  const source = { from: "file", path: kubeconfigFile(cluster, user) } as const;
  const common = { clock: systemClock(), source, userAgent: "serin/test", qps: 0, burst: 1 };
  const connection = new Connection({ ...common, ...options });
  t.after(() => connection.close());
  return { connection, server };
}

function bodyOf(request: IncomingMessage): Promise<string> {
  return new Promise((resolve) => {
    let body = "";
    request.on("data", (chunk) => (body += chunk)).on("end", () => resolve(body));
  });
}

function json(response: ServerResponse, status: number, body: unknown, headers: Record<string, string> = {}): void {
  response.writeHead(status, { "content-type": "application/json", ...headers }).end(JSON.stringify(body));
}

const get = { method: "GET", path: "/api", timeoutMillis: 5_000 } as const;
const watching = { path: "/pods", idleTimeoutMillis: 5_000 } as const;

async function collect(events: AsyncIterable<WatchEvent>): Promise<{ names: string[]; error: unknown }> {
  const names: string[] = [];
  try {
    for await (const { type, object } of events) names.push(`${type} ${object.metadata.name}`);
    return { names, error: undefined };
  } catch (error) {
    return { names, error };
  }
}

const line = (name: string, type = "ADDED"): string => `${JSON.stringify({ type, object: { metadata: { name } } })}\n`;

test("a request carries method, path, query, body, credentials and user agent, and keeps every field", async (t) => {
  const seen: unknown[] = [];
  const handler: RequestListener = async (request, response) => {
    const { authorization, accept, "content-type": type, "user-agent": agent } = request.headers;
    seen.push([request.method, request.url, authorization, accept, type, agent, await bodyOf(request)]);
    json(response, 201, { "x-kubernetes-odd": [null, 1] });
  };
  const { connection } = await aConnection(t, handler, { user: { token: "secret" }, path: "/k8s/clusters/one/" });
  const body = { a: { "x-kubernetes-b": null } };
  const query = { fieldManager: "serin", force: "true", selector: "a=b,c!=d" };
  const contentType = "application/apply-patch+yaml";
  const answer = await connection.request({ ...get, method: "PATCH", path: "/apis/x", query, body, contentType });
  assert.deepEqual(answer, { status: 201, body: { "x-kubernetes-odd": [null, 1] } });
  const url = "/k8s/clusters/one/apis/x?fieldManager=serin&force=true&selector=a%3Db%2Cc%21%3Dd";
  assert.deepEqual(seen, [
    ["PATCH", url, "Bearer secret", "application/json", contentType, "serin/test", JSON.stringify(body)],
  ]);
  assert.equal(connection.namespace, "shop");
});

test("answers that are not 2xx, or not JSON, are answers", async (t) => {
  const { connection } = await aConnection(t, (_, response) => response.writeHead(503).end("not now"));
  assert.deepEqual(await connection.request(get), { status: 503, body: "not now" });
});

test("connections are used again", async (t) => {
  const { connection, server } = await aConnection(t, (_, response) => json(response, 200, {}));
  let connections = 0;
  server.on("connection", () => connections++);
  for (let i = 0; i < 20; i++) await connection.request(get);
  // Two, where a request is sent before the socket of the one before it is free again.
  assert.ok(connections <= 2, `${connections}`);
});

test("no answer in time, a reset, a refused connection and an abort are transport errors", async (t) => {
  const { connection, server } = await aConnection(t, (request, response) => {
    if (request.url === "/reset") response.destroy();
    if (request.url === "/half") response.writeHead(200, { "content-length": "100" }).write("{");
  });
  const isTransportError = (text: RegExp) => (error: unknown) =>
    error instanceof TransportError && text.test(error.message);
  await assert.rejects(
    connection.request({ ...get, timeoutMillis: 50 }),
    isTransportError(/GET \/api: deadline passed/),
  );
  await assert.rejects(
    connection.request({ ...get, path: "/half", timeoutMillis: 50 }),
    isTransportError(/deadline passed/),
  );
  await assert.rejects(connection.request({ ...get, path: "/reset" }), TransportError);
  await assert.rejects(connection.request({ ...get, signal: AbortSignal.abort() }), TransportError);
  const controller = new AbortController();
  setTimeout(() => controller.abort(), 20);
  await assert.rejects(connection.request({ ...get, signal: controller.signal }), TransportError);
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await assert.rejects(connection.request(get), isTransportError(/ECONNREFUSED/));
});

test("429 with Retry-After is waited for within the deadline, and answered beyond it", async (t) => {
  let calls = 0;
  const { connection } = await aConnection(t, (_, response) => {
    const wait = ++calls === 1 ? "0.05" : "60";
    if (calls === 2) json(response, 200, { ok: true });
    else json(response, 429, {}, { "retry-after": wait });
  });
  assert.equal((await connection.request(get)).status, 200);
  assert.deepEqual(await connection.request(get), { status: 429, body: {}, retryAfterSeconds: 60 });
  assert.equal(calls, 3);
});

test("requests keep to the rate, watches included", async (t) => {
  const { connection } = await aConnection(t, (_, response) => json(response, 200, {}), {
    options: { qps: 50, burst: 1 },
  });
  const startedAt = performance.now();
  await connection.request(get);
  await collect(connection.watch(watching));
  await connection.request(get);
  assert.ok(performance.now() - startedAt >= 38);
});

test("a big list arrives whole", async (t) => {
  const items = Array.from({ length: 5000 }, (_, i) => ({ metadata: { name: `pod-${i}` }, text: "ü".repeat(500) }));
  const { connection } = await aConnection(t, (_, response) => json(response, 200, { items }));
  assert.deepEqual((await connection.request(get)).body, { items });
});

test("a watch yields events in order, however the bytes are cut, and ends when the server ends it", async (t) => {
  const urls: (string | undefined)[] = [];
  const bytes = Buffer.from(`${line("ü-1")}${line("two", "MODIFIED")}\n${line("three", "BOOKMARK")}`);
  const { connection } = await aConnection(t, async (request, response) => {
    urls.push(request.url);
    for (const byte of bytes) {
      response.write(Buffer.from([byte]));
      await new Promise((resolve) => setImmediate(resolve));
    }
    response.end();
  });
  const { names, error } = await collect(connection.watch({ ...watching, query: { resourceVersion: "7" } }));
  assert.deepEqual(names, ["ADDED ü-1", "MODIFIED two", "BOOKMARK three"]);
  assert.equal(error, undefined);
  assert.deepEqual(urls, ["/pods?resourceVersion=7&watch=1"]);
});

// What a watch may carry instead of events. What came before it has been delivered.
const BROKEN: readonly (readonly [string, RequestListener, RegExp])[] = [
  [
    "a truncated line",
    (_, response) => response.write(line("a")) && response.end('{"type":"MOD'),
    /middle of an event/,
  ],
  ["a line that is not JSON", (_, response) => response.end(`${line("a")}{"type":\n`), /not JSON/],
  [
    "an event without an object",
    (_, response) => response.end(`${line("a")}{"type":"ADDED","object":null}\n`),
    /not an event/,
  ],
  ["an unknown type", (_, response) => response.end(`${line("a")}{"type":"ODD","object":{}}\n`), /not an event/],
  ["null", (_, response) => response.end(`${line("a")}null\n`), /not an event/],
  [
    "a reset",
    (_, response) => void response.write(line("a"), () => setTimeout(() => response.destroy(), 20)),
    /watch \/pods/,
  ],
  ["silence", (_, response) => void response.write(line("a")), /silent/],
];

for (const [what, handler, message] of BROKEN) {
  test(`a watch that carries ${what} ends with a transport error`, async (t) => {
    const { connection } = await aConnection(t, handler);
    const { names, error } = await collect(connection.watch({ ...watching, idleTimeoutMillis: 200 }));
    assert.deepEqual(names, ["ADDED a"]);
    assert.ok(error instanceof TransportError, String(error));
    assert.match(error.message, message);
  });
}

test("a watch that is refused says with what status, and how long to wait", async (t) => {
  const { connection } = await aConnection(t, (_, response) =>
    json(response, 429, { reason: "busy" }, { "retry-after": "7" }),
  );
  const { error } = await collect(connection.watch(watching));
  assert.ok(error instanceof WatchRefusedError);
  assert.deepEqual([error.status, error.retryAfterSeconds], [429, 7]);
  assert.match(error.message, /busy/);
});

test("a watch that nobody reads any longer is closed at the server too", async (t) => {
  const closed = Promise.withResolvers<void>();
  const { connection } = await aConnection(t, (_, response) => {
    response.on("close", closed.resolve);
    response.write(line("a"));
  });
  for await (const { type } of connection.watch(watching)) if (type === "ADDED") break;
  await closed.promise;
});

test("abort ends a watch", async (t) => {
  const { connection } = await aConnection(t, (_, response) => void response.write(line("a")));
  const controller = new AbortController();
  setTimeout(() => controller.abort(), 50);
  const { names, error } = await collect(connection.watch({ ...watching, signal: controller.signal }));
  assert.deepEqual(names, ["ADDED a"]);
  assert.ok(error instanceof TransportError);
});

test("a consumer that takes long is not taken for a silent server", async (t) => {
  const { connection } = await aConnection(t, (_, response) => {
    response.write(line("a"));
    setTimeout(() => response.end(line("b")), 60);
  });
  const names: string[] = [];
  for await (const { object } of connection.watch({ ...watching, idleTimeoutMillis: 100 })) {
    names.push(object.metadata.name);
    await new Promise((resolve) => setTimeout(resolve, 150));
  }
  assert.deepEqual(names, ["a", "b"]);
});

test("twenty watches and a request beside them do not wait for one another", async (t) => {
  const { connection } = await aConnection(t, (request, response) => {
    if (request.url?.startsWith("/pods")) response.write(line("a"));
    else json(response, 200, {});
  });
  const controller = new AbortController();
  const watches = Array.from({ length: 20 }, () =>
    collect(connection.watch({ ...watching, signal: controller.signal })),
  );
  assert.equal((await connection.request(get)).status, 200);
  setTimeout(() => controller.abort(), 100);
  for (const { names } of await Promise.all(watches)) assert.deepEqual(names, ["ADDED a"]);
});

test("a token is read anew when it is refused, and from its file when that changes", async (t) => {
  const tokenFile = join(temporaryFolder("serin-token-"), "token");
  writeFileSync(tokenFile, "one\n");
  let valid = "Bearer one";
  const seen: (string | undefined)[] = [];
  const user = { "auth-provider": { name: "tokenFile", config: { tokenFile } } };
  const clock = agingClock();
  const handler: RequestListener = (request, response) => {
    seen.push(request.headers.authorization);
    json(response, request.headers.authorization === valid ? 200 : 401, {});
  };
  const { connection } = await aConnection(t, handler, { user, options: { clock } });
  assert.equal((await connection.request(get)).status, 200);
  writeFileSync(tokenFile, "two\n");
  valid = "Bearer two";
  clock.age(11_000);
  assert.equal((await connection.request(get)).status, 200);
  assert.deepEqual(seen, ["Bearer one", "Bearer one", "Bearer two"]);
});

test("a plugin runs once for many calls at once, and again when its token is refused", async (t) => {
  const folder = temporaryFolder("serin-exec-");
  const runs = join(folder, "runs");
  writeFileSync(runs, "");
  const credential =
    '{\\"kind\\":\\"ExecCredential\\",\\"status\\":{\\"token\\":\\"run-\'$(wc -l < "$1" | tr -d " ")\'\\"}}';
  const script = `echo run >> "$1"; echo "${credential.replaceAll("'", "")}"`;
  const exec = { apiVersion: "client.authentication.k8s.io/v1", command: "sh", args: ["-c", script, "sh", runs] };
  let refused = "";
  const handler: RequestListener = (request, response) => {
    json(response, request.headers.authorization === refused ? 401 : 200, { was: request.headers.authorization });
  };
  const clock = agingClock();
  const { connection } = await aConnection(t, handler, { user: { exec }, options: { clock } });
  const answers = await Promise.all(Array.from({ length: 20 }, () => connection.request(get)));
  for (const { body } of answers) assert.deepEqual(body, { was: "Bearer run-1" });
  assert.equal(readFileSync(runs, "utf8"), "run\n");
  refused = "Bearer run-1";
  clock.age(6_000);
  assert.deepEqual((await connection.request(get)).body, { was: "Bearer run-2" });
});

test("a user name and password are sent as basic authentication", async (t) => {
  const handler: RequestListener = (request, response) => json(response, 200, request.headers.authorization);
  const { connection } = await aConnection(t, handler, { user: { username: "me", password: "pass" } });
  assert.equal((await connection.request(get)).body, `Basic ${Buffer.from("me:pass").toString("base64")}`);
});

describe("a configuration that leads nowhere is an error at once, in words:", () => {
  const connect = (source: ConnectionOptions["source"]) =>
    new Connection({ clock: systemClock(), userAgent: "serin/test", qps: 0, burst: 1, source });
  const folder = temporaryFolder("serin-nowhere-");
  const file = (name: string, text: string) => {
    writeFileSync(join(folder, name), text);
    return { from: "file", path: join(folder, name) } as const;
  };

  test("no such file", () => {
    const path = join(folder, "missing");
    assert.throws(() => connect({ from: "file", path }), /^Error: the kubeconfig .*missing cannot be read: ENOENT/);
  });

  test("no YAML, and nothing of it is quoted", () => {
    const thrown = /^Error: the kubeconfig .*garbage cannot be read: (?!.*s3cret)[^\n]+$/;
    assert.throws(() => connect(file("garbage", "token: [ s3cret")), thrown);
  });

  test("no cluster", () => {
    const empty = JSON.stringify({ clusters: [], contexts: [], users: [] });
    assert.throws(() => connect(file("empty", empty)), /empty's current context names no cluster/);
  });

  test("an address without TLS, which no request would be let through to", () => {
    const path = kubeconfigFile({ server: "http://127.0.0.1:1" });
    assert.throws(() => connect({ from: "file", path }), /leads to http:\/\/127.0.0.1:1 without TLS: write https/);
  });

  test("neither a file nor a pod's account", (t) => {
    const { HOME, KUBECONFIG } = process.env;
    t.after(() => Object.assign(process.env, { HOME }, KUBECONFIG === undefined ? {} : { KUBECONFIG }));
    process.env["HOME"] = join(folder, "nobody");
    delete process.env["KUBECONFIG"];
    assert.throws(() => connect({ from: "default" }), /no cluster to connect to: name a file with --kubeconfig/);
  });
});

test("TLS is verified against the kubeconfig's authority, and a rotated one is picked up", async (t) => {
  const [one, two] = [tlsFiles(), tlsFiles()];
  if (one === undefined || two === undefined) return t.skip("no openssl on this machine");
  const server = createTlsServer({ cert: two.cert, key: two.key }, (_, response) => json(response, 200, {}));
  const port = await listen(t, server as unknown as Server);
  const authority = join(temporaryFolder("serin-ca-"), "ca.crt");
  copyFileSync(one.certFile, authority);
  const path = kubeconfigFile({ server: `https://127.0.0.1:${port}`, "certificate-authority": authority });
  const clock = agingClock();
  const connection = new Connection({
    clock,
    source: { from: "file", path },
    userAgent: "serin/test",
    qps: 0,
    burst: 1,
  });
  t.after(() => connection.close());
  await assert.rejects(connection.request(get), TransportError);
  copyFileSync(two.certFile, authority);
  clock.age(11_000);
  assert.equal((await connection.request(get)).status, 200);
});

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { createPrometheusClient, type PrometheusServer } from "../../../src/adapters/metrics/prometheus.ts";
import { instant } from "../../../src/domain/time.ts";

const directory = mkdtempSync(join(tmpdir(), "serin-tls-"));
const [key, cert] = [join(directory, "key.pem"), join(directory, "cert.pem")];
const made = spawnSync(
  "openssl",
  [
    "req",
    "-x509",
    "-newkey",
    "rsa:2048",
    "-nodes",
    "-days",
    "2",
    "-subj",
    "/CN=localhost",
    "-keyout",
    key,
    "-out",
    cert,
  ],
  { stdio: "ignore" },
);
const absent = made.status === 0 ? false : "no openssl on PATH to make a certificate with";

describe("a server with a certificate that nobody signed", { skip: absent }, () => {
  const client = createPrometheusClient();
  const AT = instant(1_700_000_000_000);
  const answer = JSON.stringify({
    status: "success",
    data: { resultType: "vector", result: [{ metric: {}, value: [1, "1"] }] },
  });
  let https: Server;
  let server: PrometheusServer;
  let location: string | undefined;

  before(async () => {
    https = createServer({ key: readFileSync(key), cert: readFileSync(cert) }, (_, response) => {
      if (location === undefined) response.writeHead(200, { "content-type": "application/json" }).end(answer);
      else response.writeHead(302, { location }).end();
    });
    await new Promise<void>((resolve) => https.listen(0, "127.0.0.1", resolve));
    const address = https.address();
    server = { address: `https://127.0.0.1:${typeof address === "object" ? address?.port : 0}` };
  });
  after(() => {
    client.close();
    https.closeAllConnections();
    https.close();
  });

  test("is not believed", async () => {
    const sample = await client.query(server, "up", AT);
    assert.match(sample.kind === "unmeasurable" ? sample.why : "", /self-signed certificate/);
  });
  test("is believed when it is asked without verifying, and only then", async () => {
    const unverified = await client.query({ ...server, insecureSkipVerify: true }, "up", AT);
    assert.equal(unverified.kind, "value");
    assert.equal((await client.query(server, "up", AT)).kind, "unmeasurable");
  });
  test("may not send credentials on without TLS", async () => {
    location = `http://127.0.0.1:1/`;
    const sample = await client.query({ ...server, insecureSkipVerify: true, bearerToken: "x" }, "up", AT);
    assert.match(sample.kind === "unmeasurable" ? sample.why : "", /redirects to http:\/\/127\.0\.0\.1/);
  });
});

after(() => rmSync(directory, { recursive: true, force: true }));

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { MetricRounds } from "../../../src/adapters/metrics/metrics.ts";
import type { PrometheusClient, PrometheusServer } from "../../../src/adapters/metrics/prometheus.ts";
import { RejectedError } from "../../../src/control/errors.ts";
import type { InboxPort, Subject } from "../../../src/control/ports.ts";
import type { RoundResult } from "../../../src/domain/observation.ts";
import type { Phase } from "../../../src/domain/phase.ts";
import type { MetricSpec } from "../../../src/domain/spec.ts";
import { newStatus } from "../../../src/domain/status.ts";
import { seconds } from "../../../src/domain/time.ts";
import { aSpec, NOW, successRate } from "../../build/aRollout.ts";
import { FakeCluster } from "../../build/fakeCluster.ts";

const REST: Phase = { name: "Steady", outcome: "Initialized" };
const STEP: Phase = { name: "Baking", step: 0, weight: 10, since: NOW, checkAt: NOW, evidenceAt: NOW };
const PATH = "spec.analysis.metrics[2]";

/** Who was asked, and as whom. */
const asked: PrometheusServer[] = [];

const client: PrometheusClient = {
  query: async (server) => {
    asked.push(server);
    return { kind: "value", value: 1, warnings: [] };
  },
  ping: async () => undefined,
  close: () => {},
};

const templated: MetricSpec = {
  ...successRate,
  name: "answer",
  path: PATH,
  source: { kind: "template", name: "answer", namespace: "shop", variables: {} },
};

let cluster: FakeCluster;
let metrics: MetricRounds;
/** Resolves to the next answer. */
let answer: () => Promise<RoundResult>;

beforeEach(() => {
  cluster = new FakeCluster();
  let deliver: (result: RoundResult) => void = () => {};
  answer = () => new Promise((resolve) => (deliver = resolve));
  const inbox: InboxPort = { deliver: (_key, result) => deliver(result), drop: () => {} };
  metrics = new MetricRounds({
    cluster,
    client,
    inbox,
    defaultServer: "http://prometheus:9090",
    noCrossNamespaceRefs: false,
  });
});

function subject(phase: Phase, ...list: readonly MetricSpec[]): Subject {
  return {
    record: {
      facts: {
        namespace: "shop",
        name: "podinfo",
        generation: 1,
        deleting: false,
        hasFinalizer: false,
        createdAt: NOW,
      },
      uid: "uid-1",
      spec: undefined,
      refusals: [],
      status: { ...newStatus(), phase },
      version: "1",
    },
    spec: { ...aSpec, analysis: { ...aSpec.analysis, metrics: list } },
  };
}

function template(query: string, secretRef?: { readonly name: string }): void {
  const provider = { type: "prometheus", address: "http://prometheus:9090", secretRef };
  cluster.put("MetricTemplate", { metadata: { name: "answer", namespace: "shop" }, spec: { provider, query } });
}

function secret(data: Readonly<Record<string, string>>): void {
  cluster.put("Secret", { metadata: { name: "access", namespace: "shop" }, data });
}

async function measured(): Promise<RoundResult> {
  const next = answer();
  metrics.start(subject(STEP, templated), { id: "round", window: seconds(30) }, NOW);
  return next;
}

const found = (phase: Phase) =>
  metrics
    .inspect(subject(phase, templated))
    .problems.map(({ reason, message, severity }) => [severity, reason, message]);

test("a query that is misspelt is told with its template, its line and its column", () => {
  template("vector(1)\n  * {{ if }}2{{ end }}");
  const [[, reason, message] = []] = found(REST);
  assert.equal(reason, "MetricTemplateInvalid");
  const where = `${PATH}.templateRef: MetricTemplate shop/answer cannot be used: template line 2, column `;
  assert.ok(message?.startsWith(where), message);
});

test("an inline query that is misspelt is told with its place in the spec", () => {
  const inline: MetricSpec = { ...templated, source: { kind: "query", query: "{{ nonsense }}" } };
  const [problem] = metrics.inspect(subject(REST, successRate, inline)).problems;
  assert.equal(problem?.reason, "InvalidSpec");
  assert.ok(problem.message.startsWith(`${PATH}.query: template line 1, column `), problem.message);
});

test("a Secret that is not there, or says nothing, holds what needs it until it is mended", async () => {
  template("vector(1)", { name: "access" });
  assert.deepEqual(found(STEP), []);
  for (const [data, words] of [
    [undefined, "does not exist"],
    [{ user: "Ym9i" }, "has neither a token nor a username and password"],
  ] as const) {
    if (data !== undefined) secret(data);
    const { measurements } = await measured();
    assert.deepEqual(measurements[0]?.sample, { kind: "unmeasurable", why: `Secret shop/access ${words}` });
    assert.deepEqual(found(STEP), [
      ["holding", "SecretUnreadable", `${PATH}.templateRef: Secret shop/access ${words}`],
    ]);
  }
  secret({ token: "dG9rZW4=" });
  const { measurements } = await measured();
  assert.deepEqual(measurements[0]?.sample, { kind: "value", value: 1 });
  assert.deepEqual(found(STEP), []);
});

test("what a Secret holds is sent as it is, but for a line end", async () => {
  const encoded = (text: string) => Buffer.from(text).toString("base64");
  template("up", { name: "access" });
  secret({ username: encoded("me\n"), password: encoded(" pass word \r\n") });
  await measured();
  assert.deepEqual(asked.at(-1)?.basicAuth, { username: "me", password: " pass word " });
  secret({ token: encoded("t0ken\n") });
  await measured();
  assert.equal(asked.at(-1)?.bearerToken, "t0ken");
});

test("a Secret that may not be read is told with the right to grant", async () => {
  template("vector(1)", { name: "access" });
  cluster.fetch = () => Promise.reject(new RejectedError("not allowed to get secrets"));
  await measured();
  const words = "Secret shop/access cannot be read: not allowed to get secrets";
  assert.deepEqual(found(STEP), [["holding", "SecretUnreadable", `${PATH}.templateRef: ${words}`]]);
});

test("at rest nothing is told of a Secret, since nobody would notice that it was mended", async () => {
  template("vector(1)", { name: "access" });
  await measured();
  assert.equal(found(STEP).length, 1);
  assert.deepEqual(found(REST), []);
  assert.deepEqual(found(STEP), [], "and what an earlier run found is not told of the next");
});

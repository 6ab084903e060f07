import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import type { CanaryRecord } from "../../src/control/ports.ts";
import { type MetricStatus, newStatus, type Problem } from "../../src/domain/status.ts";
import { instant } from "../../src/domain/time.ts";
import { PrometheusMeters } from "../../src/server/meters.ts";
import { RolloutMeters } from "../../src/server/outcomes.ts";
import { aRollout, NOW } from "../build/aRollout.ts";

let meters: PrometheusMeters;
let outcomes: RolloutMeters;

beforeEach(() => {
  meters = new PrometheusMeters();
  outcomes = new RolloutMeters(meters);
});

const invalid: Problem = { reason: "InvalidSpec", message: "spec.service.port: is missing", severity: "blocking" };

const record: CanaryRecord = {
  facts: {
    namespace: "shop",
    name: "front",
    generation: 1,
    deleting: false,
    hasFinalizer: false,
    createdAt: instant(0),
  },
  uid: "uid-1",
  spec: undefined,
  refusals: [],
  status: newStatus(),
  version: "1",
};

const measured: MetricStatus = {
  ...{ name: "request-success-rate", value: 100, bound: ">= 99%", query: "up", samples: 1, verdict: "pass" },
  ...{ at: NOW, message: "success rate 100.00% >= 99%" },
};

const end = { outcome: "promoted", reason: "" } as const;

async function series(name: string): Promise<readonly string[]> {
  const { text } = await meters.render();
  return text.split("\n").filter((line) => line.startsWith(`${name}{`));
}

test("a problem is shown while it stands in the way, and its series goes with it", async () => {
  outcomes.show(record, "web", { ...newStatus(), problems: [invalid] });
  assert.deepEqual(await series("serin_canary_problems"), [
    'serin_canary_problems{canary="front",namespace="shop",reason="InvalidSpec"} 1',
  ]);
  outcomes.show(record, "web", newStatus());
  assert.deepEqual(await series("serin_canary_problems"), []);
});

test("a Canary that names no target is shown under its own name, and then under its target's alone", async () => {
  outcomes.show(record, undefined, { ...newStatus(), problems: [invalid] });
  assert.deepEqual(await series("flagger_canary_status"), ['flagger_canary_status{name="front",namespace="shop"} 1']);
  assert.equal((await series("serin_canary_problems")).length, 1);
  outcomes.show(record, "web", newStatus());
  assert.deepEqual(await series("flagger_canary_status"), ['flagger_canary_status{name="web",namespace="shop"} 1']);
  assert.deepEqual(await series("serin_canary_problems"), []);
  assert.deepEqual(await series("flagger_canary_total"), ['flagger_canary_total{namespace="shop"} 1']);
});

test("with a Canary go all of its series, and those of others stay", async () => {
  const { spec, status } = aRollout().baking({ weight: 10 }).seen;
  const judged = { ...status, measurements: [{ ...measured }] };
  const ended = { ...judged, history: [{ revision: "v1", startedAt: NOW, endedAt: NOW, ...end }] };
  for (const name of ["front", "back"]) {
    const subject = {
      record: { ...record, facts: { ...record.facts, name } },
      spec: { ...spec, target: { ...spec.target, name } },
    };
    outcomes.note(subject, status, ended, NOW);
  }
  const before = (await meters.render()).text.split("\n");
  outcomes.forget("shop/front");
  const after = (await meters.render()).text.split("\n");
  assert.equal(before.filter((line) => line.includes("front")).length, 18);
  assert.deepEqual(
    after.filter((line) => line.includes("front")),
    [],
  );
  const others = (line: string) => line.includes("back");
  assert.deepEqual(after.filter(others), before.filter(others));
});

test("one that loses its target in mid-life keeps the name it had", async () => {
  outcomes.show(record, "web", newStatus());
  outcomes.show(record, undefined, { ...newStatus(), problems: [invalid] });
  assert.deepEqual(await series("flagger_canary_status"), ['flagger_canary_status{name="web",namespace="shop"} 1']);
});

import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { parse, stringify } from "yaml";
import { istioRouter } from "../../../src/adapters/traffic/istio.ts";
import { RejectedError } from "../../../src/control/errors.ts";
import type { ClusterObject, KindName } from "../../../src/control/ports.ts";
import type { Levels } from "../../../src/domain/decision.ts";
import type { ServiceSpec } from "../../../src/domain/spec.ts";
import { FakeCluster } from "../../build/fakeCluster.ts";
import { aSubject, levels, NAMESPACE, SHAPE } from "./subject.ts";

const CASES = join(import.meta.dirname, "../../golden/istio");

interface Given {
  /** Fields of the Canary's service that differ from the plain one. */
  readonly service?: Partial<ServiceSpec>;
  /** Objects that are there before; kind and name are enough beside what matters. */
  readonly live?: readonly ClusterObject[];
}

interface Plan {
  readonly scaffold: Levels["scaffold"];
  readonly canary?: number;
  /** Kinds to show in the answer; all unless told otherwise. */
  readonly show?: readonly string[];
}

describe("istio: given, plan, want", () => {
  for (const name of readdirSync(CASES).sort()) {
    test(name, async () => {
      const given = read(name, "given") as Given;
      const plan = read(name, "plan") as Plan;
      const got = JSON.parse(JSON.stringify(await play(given, plan))) as unknown;
      const path = join(CASES, name, "want.yaml");
      if (process.env["UPDATE_GOLDEN"] === "1" || !existsSync(path)) {
        assert.equal(process.env["UPDATE_GOLDEN"], "1", `${path} is missing; UPDATE_GOLDEN=1 writes it`);
        writeFileSync(path, stringify(got, { lineWidth: 110 }));
      }
      assert.deepEqual(got, read(name, "want"));
    });
  }
});

function read(name: string, file: string): unknown {
  return parse(readFileSync(join(CASES, name, `${file}.yaml`), "utf8")) as unknown;
}

async function play(given: Given, plan: Plan): Promise<object> {
  const cluster = new FakeCluster();
  for (const object of given.live ?? []) {
    cluster.put(object.kind as KindName, { ...object, metadata: { namespace: NAMESPACE, ...object.metadata } });
  }
  const router = istioRouter(cluster);
  const subject = aSubject(given.service);
  const rejected = await router.apply(subject, SHAPE, levels(plan.scaffold, plan.canary)).then(
    () => undefined,
    (error: unknown) => {
      assert.ok(error instanceof RejectedError, String(error));
      return error.message;
    },
  );
  const writes = cluster.writes.map(({ verb, kind, name }) => `${verb} ${kind} ${name}`);
  const { facts, problems } = router.read(subject, SHAPE);
  const before = cluster.writes.length;
  if (rejected === undefined) await router.apply(subject, SHAPE, levels(plan.scaffold, plan.canary));
  assert.equal(cluster.writes.length, before, "a second apply writes nothing");
  const shown = cluster.all().filter(({ kind }) => plan.show === undefined || plan.show.includes(kind ?? ""));
  return {
    rejected,
    writes,
    facts: { weights: facts.route?.plan.split, apexOnPrimary: facts.apexOnPrimary, givenBack: facts.givenBack },
    problems: problems.map(({ reason, severity, message }) => `${severity} ${reason}: ${message}`),
    objects: shown.map(({ metadata: { resourceVersion: _version, uid: _uid, ...metadata }, ...object }) => ({
      ...object,
      metadata,
    })),
  };
}

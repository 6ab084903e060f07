import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { publicPhase, withConditionTimes } from "../../src/domain/conditions.ts";
import { isForeignRevision, newStatus, type Status } from "../../src/domain/status.ts";
import { instant } from "../../src/domain/time.ts";
import { parseStatus } from "../../src/resources/parseStatus.ts";
import { printStatus } from "../../src/resources/printStatus.ts";
import { statusSchema } from "../../src/resources/statusSchema.ts";
import { arbitraryStatus } from "../build/arbitraryStatus.ts";

const context = { kind: "Deployment", now: instant(1_700_000_000_000) };
const later = { ...context, now: instant(1_800_000_000_000) };

/** What a server gives back of what was written. */
const stored = (wire: unknown): unknown => JSON.parse(JSON.stringify(wire));

/** The same status with the conditions that it means remembered, as it is after it was written once. */
const settled = (status: Status): Status => withConditionTimes(status, context);

test("a status that was written reads as it was", () => {
  fc.assert(
    fc.property(arbitraryStatus, (status) => {
      assert.deepEqual(parseStatus(stored(printStatus(status, context))), settled(status));
    }),
    { numRuns: 2000 },
  );
});

test("writing a status again at another time changes nothing", () => {
  fc.assert(
    fc.property(arbitraryStatus, (status) => {
      const wire = printStatus(status, context);
      assert.deepEqual(printStatus(parseStatus(stored(wire)), later), wire);
    }),
  );
});

test("every status that is written is valid, with the fields that other tools read unguarded", () => {
  fc.assert(
    fc.property(arbitraryStatus, (status) => {
      const wire = printStatus(status, context);
      assert.ok(statusSchema.safeParse(wire).success);
      assert.equal(typeof wire.canaryWeight, "number");
      assert.equal(typeof wire.failedChecks, "number");
      assert.equal(wire.iterations, 0);
      assert.ok(Array.isArray(wire.conditions));
      assert.equal(wire.phase, publicPhase(status.phase));
    }),
  );
});

test("anything at all reads as some status", () => {
  fc.assert(
    fc.property(fc.anything(), (wire) => void parseStatus(wire)),
    { numRuns: 2000 },
  );
  const loose = fc.record(Object.fromEntries(Object.keys(statusSchema.shape).map((field) => [field, fc.anything()])), {
    requiredKeys: [],
  });
  fc.assert(
    fc.property(loose, (wire) => void printStatus(parseStatus(wire), context)),
    { numRuns: 2000 },
  );
});

test("a field of a written status that turned to nonsense hurts only itself", () => {
  const fields = Object.keys(statusSchema.shape).filter((field) => field !== "phase" && field !== "stage");
  fc.assert(
    fc.property(arbitraryStatus, fc.constantFrom(...fields), fc.jsonValue(), (status, field, nonsense) => {
      const wire = { ...printStatus(status, context), [field]: nonsense };
      assert.equal(parseStatus(stored(wire)).phase.name, status.phase.name);
    }),
  );
});

test("no status at all is a new one", () => {
  assert.deepEqual(parseStatus(undefined), newStatus());
  assert.deepEqual(parseStatus(null), newStatus());
  assert.deepEqual(parseStatus({ phase: null, conditions: null, canaryWeight: null }), newStatus());
});

const since = instant(Date.parse("2026-01-02T03:04:05Z"));

const flaggerStatuses: readonly {
  readonly phase: string;
  readonly weight?: number;
  readonly means: Status["phase"];
  readonly holds?: number;
}[] = [
  { phase: "", means: { name: "New" } },
  { phase: "Initializing", means: { name: "Copying", since } },
  { phase: "Initialized", means: { name: "Steady", outcome: "Initialized" } },
  { phase: "Waiting", means: { name: "Steady", outcome: "Succeeded" } },
  { phase: "Progressing", weight: 20, means: { name: "Warming", since }, holds: 0 },
  { phase: "WaitingPromotion", means: { name: "Warming", since } },
  { phase: "Promoting", weight: 60, means: { name: "Handing", since }, holds: 100 },
  { phase: "Finalising", means: { name: "Draining", since } },
  { phase: "Succeeded", means: { name: "Steady", outcome: "Succeeded" } },
  { phase: "Succeeded", weight: 77, means: { name: "Steady", outcome: "Succeeded" }, holds: 0 },
  { phase: "Failed", means: { name: "Failed", reason: "FailedChecks" } },
  { phase: "Failed", weight: 100, means: { name: "Stranded", since }, holds: 100 },
  { phase: "Terminating", means: { name: "Terminating", since } },
  { phase: "Terminated", means: { name: "Terminating", since } },
];

for (const { phase, weight = 0, means, holds = 0 } of flaggerStatuses) {
  test(`Flagger's ${phase || "empty phase"} with weight ${weight} means ${means.name}`, () => {
    const status = parseStatus({
      phase,
      canaryWeight: weight,
      failedChecks: 2,
      iterations: -1,
      lastAppliedSpec: "5d4f7c6b89",
      lastPromotedSpec: "98b7f6c54d",
      trackedConfigs: {},
      lastTransitionTime: "2026-01-02T03:04:05Z",
      conditions: [
        {
          type: "Promoted",
          status: "Unknown",
          reason: phase || "Initializing",
          lastTransitionTime: "2026-01-02T03:04:05Z",
          lastUpdateTime: "2026-01-02T03:04:06Z",
        },
      ],
    });
    assert.deepEqual(status.phase, means);
    assert.equal(status.canaryWeight, holds);
    assert.equal(status.failedChecks, 2);
    assert.ok(isForeignRevision(status.lastAppliedRevision) && isForeignRevision(status.lastPromotedRevision));
    assert.deepEqual(status.trackedConfigs, {});
    assert.equal(status.conditionTimes["Promoted"]?.transitionAt, since);
  });
}

test("a phase that contradicts the stage was written by somebody else, later", () => {
  const wire = printStatus({ ...newStatus(), phase: { name: "Handing", since }, canaryWeight: 100 }, context);
  assert.deepEqual(parseStatus({ ...wire, phase: "Succeeded" }).phase, { name: "Steady", outcome: "Succeeded" });
  assert.deepEqual(parseStatus({ ...wire, phase: "Promoting" }).phase, { name: "Handing", since });
});

test("a nonsense phase does not set up again what was promoted once", () => {
  assert.deepEqual(parseStatus({ phase: "Dancing" }).phase, { name: "New" });
  assert.deepEqual(parseStatus({ phase: "Dancing", lastPromotedSpec: "v1" }).phase, {
    name: "Steady",
    outcome: "Succeeded",
  });
});

test("weights and counts that cannot be are brought into range", () => {
  const status = parseStatus({
    phase: "Progressing",
    stage: "Baking",
    canaryWeight: 250.7,
    failedChecks: -3,
    observedGeneration: "7",
  });
  assert.equal(status.canaryWeight, 100);
  assert.equal(status.failedChecks, 0);
  assert.equal(status.observedGeneration, 0);
});

test("a step without times is judged at once and can be given up", () => {
  const { phase } = parseStatus({ phase: "Progressing", stage: "Baking", canaryWeight: 10 });
  assert.deepEqual(phase, { name: "Baking", step: 0, weight: 10, since: 0, checkAt: 0, evidenceAt: 0 });
});

test("texts too long to store are cut, and numbers that JSON does not know are left out", () => {
  const measured = {
    name: "m",
    bound: "",
    query: "",
    samples: 1,
    verdict: "unmeasurable",
    at: since,
    message: "x".repeat(9999),
  } as const;
  const wire = printStatus(
    { ...newStatus(), measurements: [{ ...measured, value: Number.POSITIVE_INFINITY }] },
    context,
  );
  assert.equal(wire.metrics?.[0]?.value, undefined);
  assert.equal(wire.metrics?.[0]?.message.length, 4096);
});

test("times that no text can name are the last and the first that one can", () => {
  const printed = (since: number) =>
    printStatus({ ...newStatus(), phase: { name: "Copying", since: instant(since) } }, context).stageSince;
  assert.equal(printed(1e15), "9999-12-31T23:59:59.999Z");
  assert.equal(printed(-1e15), "0000-01-01T00:00:00.000Z");
});

test("a status with longer texts than are kept reads as it was printed", () => {
  const problem = { reason: "TargetNotFound", severity: "advisory", message: "y".repeat(5000) } as const;
  const wire = printStatus({ ...newStatus(), reason: "🦓".repeat(2500), problems: [problem] }, context);
  assert.deepEqual(printStatus(parseStatus(stored(wire)), context), wire);
  assert.ok(JSON.stringify(wire).isWellFormed());
});

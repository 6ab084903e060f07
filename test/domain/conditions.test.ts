import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type Condition, conditionsOf, conditionTimesOf } from "../../src/domain/conditions.ts";
import type { Phase } from "../../src/domain/phase.ts";
import { newStatus, type Problem, type Status } from "../../src/domain/status.ts";
import { type Instant, instant } from "../../src/domain/time.ts";

const since = instant(1000);

const at = (phase: Phase, change: Partial<Status> = {}): Status => ({
  ...newStatus(),
  phase,
  reason: "because",
  ...change,
});

function condition(type: Condition["type"], status: Status, now: Instant = instant(5000)): Condition | undefined {
  return conditionsOf(status, { kind: "Deployment", now }).find((candidate) => candidate.type === type);
}

const baking: Phase = { name: "Baking", step: 0, weight: 10, since, checkAt: since, evidenceAt: since };
const progressing = "New revision detected, progressing canary analysis.";
const promoting = "Canary analysis completed, starting primary rolling update.";
const initializing = "New Deployment detected, starting initialization.";

/** Phase, then status, reason and message of Promoted, then the statuses of Ready and Stalled. */
const TABLE: readonly (readonly [Phase, string, string, string, string, string])[] = [
  [{ name: "Copying", since }, "Unknown", "Initializing", initializing, "Unknown", "False"],
  [{ name: "Adopting", since }, "Unknown", "Initializing", initializing, "Unknown", "False"],
  [
    { name: "Steady", outcome: "Initialized" },
    "True",
    "Initialized",
    "Deployment initialization completed.",
    "True",
    "False",
  ],
  [
    { name: "Steady", outcome: "Succeeded" },
    "True",
    "Succeeded",
    "Canary analysis completed successfully, promotion finished.",
    "True",
    "False",
  ],
  [{ name: "Warming", since }, "Unknown", "Progressing", progressing, "Unknown", "False"],
  [baking, "Unknown", "Progressing", progressing, "Unknown", "False"],
  [{ name: "Retreating", since, reason: "FailedChecks" }, "Unknown", "Progressing", progressing, "Unknown", "False"],
  [{ name: "Handing", since }, "Unknown", "Promoting", promoting, "Unknown", "False"],
  [{ name: "Replacing", since }, "Unknown", "Promoting", promoting, "Unknown", "False"],
  [{ name: "Returning", since, weight: 50 }, "Unknown", "Promoting", promoting, "Unknown", "False"],
  [
    { name: "Draining", since },
    "Unknown",
    "Finalising",
    "Canary analysis completed, routing all traffic to primary.",
    "Unknown",
    "False",
  ],
  [
    { name: "Failed", reason: "FailedChecks" },
    "False",
    "Failed",
    "Canary analysis failed, Deployment scaled to zero.",
    "False",
    "True",
  ],
  [
    { name: "Stranded", since },
    "False",
    "Failed",
    "Promotion failed, Deployment keeps all traffic until the primary is ready.",
    "False",
    "True",
  ],
  [{ name: "Terminating", since }, "Unknown", "Terminating", initializing, "Unknown", "False"],
  [{ name: "GivingBack", since }, "Unknown", "Terminating", initializing, "Unknown", "False"],
];

describe("conditions", () => {
  for (const [phase, status, reason, message, ready, stalled] of TABLE) {
    it(`of ${phase.name}: Promoted is ${status}, Ready ${ready}, Stalled ${stalled}`, () => {
      const promoted = condition("Promoted", at(phase));
      assert.deepEqual([promoted?.status, promoted?.reason, promoted?.message], [status, reason, message]);
      assert.equal(condition("Ready", at(phase))?.status, ready);
      assert.equal(condition("Stalled", at(phase))?.status, stalled);
      assert.equal(condition("Ready", at(phase))?.message, "because");
    });
  }

  it("of New: nothing is promoted or failed, and Ready is still open", () => {
    assert.equal(condition("Promoted", newStatus()), undefined);
    assert.deepEqual(
      conditionsOf(newStatus(), { kind: "Deployment", now: since }).map(({ type, status, reason, message }) => [
        type,
        status,
        reason,
        message,
      ]),
      [
        ["Ready", "Unknown", "New", "New"],
        ["Stalled", "False", "New", "New"],
      ],
    );
  });

  const advice: Problem = { reason: "NotSupported", message: "spec.analysis.alerts: not sent", severity: "advisory" };
  const block: Problem = {
    reason: "TargetNotFound",
    message: "spec.targetRef: no such Deployment",
    severity: "blocking",
  };
  const rest: Phase = { name: "Steady", outcome: "Succeeded" };

  it("a blocking problem is never Ready and stalls, with its reason and words", () => {
    const status = at(rest, { problems: [advice, block] });
    for (const [type, expected] of [
      ["Ready", "False"],
      ["Stalled", "True"],
    ] as const) {
      const found = condition(type, status);
      assert.deepEqual([found?.status, found?.reason, found?.message], [expected, block.reason, block.message]);
    }
    assert.equal(condition("Promoted", status)?.status, "True");
  });

  it("a problem that holds up a part is told like one that blocks", () => {
    const held: Problem = { reason: "SecretUnreadable", message: "spec.analysis.metrics[0]: no", severity: "holding" };
    const status = at(rest, { problems: [held, advice] });
    assert.deepEqual(
      [condition("Ready", status)?.status, condition("Stalled", status)?.status, condition("Stalled", status)?.reason],
      ["False", "True", "SecretUnreadable"],
    );
  });

  it("advice is told and stands in nobody's way", () => {
    const found = condition("Ready", at(rest, { problems: [advice] }));
    assert.deepEqual([found?.status, found?.message], ["True", "because; spec.analysis.alerts: not sent"]);
  });

  it("keep their times while nothing changes, and the transition while only the reason does", () => {
    const first = at({ name: "Warming", since });
    const conditionTimes = conditionTimesOf(conditionsOf(first, { kind: "Deployment", now: instant(1000) }));
    const times = (phase: Phase) => {
      const found = condition("Promoted", at(phase, { conditionTimes }), instant(9000));
      return [found?.transitionAt, found?.updateAt];
    };
    assert.deepEqual(times(baking), [1000, 1000]);
    assert.deepEqual(times({ name: "Handing", since }), [1000, 9000]);
    assert.deepEqual(times(rest), [9000, 9000]);
  });
});

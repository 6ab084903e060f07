import assert from "node:assert/strict";
import { test } from "node:test";
import { decide } from "../../src/domain/decide.ts";
import type { Status } from "../../src/domain/status.ts";
import { aRollout, NEW, NOW, OLD, type Rollout } from "../build/aRollout.ts";

// Taken over from Flagger, whose hashes can be compared with none of ours.

const FOREIGN = "5d4f7b8c9";

const takenOver: Record<string, { given: Rollout; want: Partial<Status> }> = {
  "a status of Flagger's at rest is taken over without a run": {
    given: aRollout().status({ lastAppliedRevision: FOREIGN, lastPromotedRevision: FOREIGN }),
    want: {
      phase: { name: "Steady", outcome: "Initialized" },
      lastAppliedRevision: OLD,
      lastPromotedRevision: OLD,
    },
  },
  "one with a change that Flagger did not see starts a run": {
    given: aRollout().status({ lastAppliedRevision: FOREIGN, lastPromotedRevision: FOREIGN }).asks(NEW),
    want: { phase: { name: "Warming", since: NOW }, lastAppliedRevision: NEW, lastPromotedRevision: FOREIGN },
  },
  "one that has failed stays failed": {
    given: aRollout().failed().status({ lastAppliedRevision: FOREIGN, lastPromotedRevision: FOREIGN }),
    want: {
      phase: { name: "Failed", reason: "FailedChecks" },
      lastAppliedRevision: NEW,
      lastPromotedRevision: FOREIGN,
    },
  },
  "a run of Flagger's begins again": {
    given: aRollout().warming().status({ lastAppliedRevision: FOREIGN, lastPromotedRevision: FOREIGN }),
    want: { phase: { name: "Warming", since: NOW }, lastAppliedRevision: NEW },
  },
  "and is taken back when the target asks for what the primary runs": {
    given: aRollout().warming().asks(OLD).status({ lastAppliedRevision: FOREIGN, lastPromotedRevision: FOREIGN }),
    want: { phase: { name: "Retreating", since: NOW, reason: "Reverted" }, lastAppliedRevision: OLD },
  },
};

for (const [sentence, { given, want }] of Object.entries(takenOver)) {
  test(sentence, () => {
    const { status } = decide(given.seen);
    assert.deepEqual({ ...status, ...want }, status);
  });
}

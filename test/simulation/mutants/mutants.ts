import type { Mutant } from "./mutant.ts";

/** Mistakes in what is decided. */
const DECISIONS: readonly Mutant[] = [
  {
    name: "a canary gets traffic as soon as its Deployment is ready",
    law: "pods-before-traffic",
    only: true,
    seed: 1,
    edits: [
      {
        file: "src/domain/advance.ts",
        find: 'return facts.isCanaryReady(seen) && facts.isReachable(seen, "canary");',
        put: "return facts.isCanaryReady(seen);",
      },
    ],
  },
  {
    name: "the primary is replaced before proxies have heard that it serves nobody",
    law: "primary-untouched",
    only: true,
    seed: 1,
    edits: [
      {
        file: "src/domain/advance.ts",
        find: "return facts.isSettled(seen, splitPlan(100), phase.since) ? enter.replacing(seen) : status;",
        put: "return facts.isRouted(seen, splitPlan(100)) ? enter.replacing(seen) : status;",
      },
    ],
  },
  {
    name: "the drain is not awaited",
    law: "pods-stay",
    only: true,
    seed: 1,
    edits: [
      {
        file: "src/domain/facts.ts",
        find: "return after(settledAt(seen, since), seen.timing.drain);",
        put: "return settledAt(seen, since);",
      },
    ],
  },
  {
    name: "a retreat takes the pods away with the traffic",
    law: "pods-stay",
    seed: 2,
    edits: [
      {
        file: "src/domain/desire.ts",
        find: 'return facts.isDrained(seen, phase.since) ? "zero" : "asIs";',
        put: 'return "zero";',
      },
    ],
  },
  {
    name: "a revision that failed is tried once more",
    law: "retreat-only-retreats",
    only: true,
    seed: 2,
    edits: [
      {
        file: "src/domain/advance.ts",
        find: "  if (facts.isNewRevision(seen)) return enter.anew(seen);",
        put: `  const runs = status.history.filter(({ revision }) => revision === status.lastAppliedRevision).length;
  if (facts.isNewRevision(seen) || (status.phase.name === "Failed" && runs < 2)) return enter.anew(seen);`,
      },
    ],
  },
  {
    name: "a canary is deleted with its primary still in use",
    law: "nothing-lost",
    only: true,
    seed: 344,
    edits: [
      {
        file: "src/domain/desire.ts",
        find: 'return seen.now >= facts.drainedAt(seen, status.phase.since) ? "absent" : "asIs";',
        put: 'return "absent";',
      },
    ],
  },
  {
    name: "a Canary is deleted and the target left without pods",
    law: "deletion-gives-back",
    only: true,
    seed: 50,
    edits: [
      {
        file: "src/domain/desire.ts",
        find: '    case "Returning":\n    case "Terminating":\n      return "up";',
        put: '    case "Returning":\n      return "up";\n    case "Terminating":\n      return "asIs";',
      },
    ],
  },
  {
    name: "a status at rest is written once more after a while",
    law: "silence-at-rest",
    only: true,
    seed: 1,
    edits: [
      {
        file: "src/domain/decide.ts",
        find: "    wakeAt: wakeAt(after, seen),",
        put: "    wakeAt: wakeAt(after, seen) ?? ((seen.now + 50_000) as never),",
      },
      {
        file: "src/domain/decide.ts",
        find: "    observedGeneration: generation,",
        put: '    observedGeneration: generation,\n    ...(isLate && { reason: status.reason + ", still" }),',
      },
      {
        file: "src/domain/decide.ts",
        find: "  if (status === seen.status && status.observedGeneration === generation && problemsAreKnown) return status;",
        put: `  const isLate =
    status.phase.name === "Steady" &&
    seen.now - (status.lastTransitionAt ?? 0) > 49_000 &&
    status.reason?.endsWith(", still") === false;
  const isKnown = status === seen.status && status.observedGeneration === generation && problemsAreKnown;
  if (isKnown && !isLate) return status;`,
      },
    ],
  },
];

/** Mistakes that show in the end. */
const ENDS: readonly Mutant[] = [
  {
    name: "what was promoted is rolled out again",
    law: "comes-to-rest",
    only: true,
    seed: 1,
    edits: [
      {
        file: "src/domain/advance.ts",
        find: "  if (facts.isNewRevision(seen)) return enter.anew(seen);",
        put: `  const isDone = status.phase.name === "Steady" && status.phase.outcome === "Succeeded";
  if (facts.isNewRevision(seen) || isDone) return enter.anew(seen);`,
      },
    ],
  },
  {
    name: "a watch whose connection breaks is not opened again",
    law: "storm-forgotten",
    only: true,
    seed: 1,
    life: "watches that break",
    edits: [
      {
        file: "src/runtime/reflector.ts",
        find: 'if (!(error instanceof WatchRefusedError)) return this.#faults.resume("connection", { error });',
        put: "if (!(error instanceof WatchRefusedError)) return new Promise(() => {}) as never;",
      },
    ],
  },
];

/** Mistakes in what is made of measurements. */
const JUDGEMENTS: readonly Mutant[] = [
  {
    name: "a failed check passes",
    law: "bad-never-promoted",
    only: true,
    seed: 3,
    edits: [
      {
        file: "src/domain/advance.ts",
        find: "return afterFailure(seen, phase, { ...judged, reason: verdict.sentence });",
        put: "return afterPass(seen, phase, judged);",
      },
    ],
  },
  {
    name: "failed checks are not counted",
    law: "everything-ends",
    only: true,
    seed: 1,
    life: "a bad release that stays",
    edits: [
      {
        file: "src/domain/advance.ts",
        find: "const failedChecks = status.failedChecks + 1;",
        put: "const failedChecks = status.failedChecks;",
      },
    ],
  },
  {
    name: "no data is as good as a pass",
    law: "unmeasured-never-passes",
    only: true,
    seed: 1,
    life: "clients who stay away",
    edits: [
      {
        file: "src/domain/advance.ts",
        find: '    case "pass":\n      return afterPass(seen, phase, judged);',
        put: '    case "pass":\n    case "noData":\n      return afterPass(seen, phase, judged);',
      },
    ],
  },
  {
    name: "what could not be measured counts as a failed check",
    law: "innocent-not-blamed",
    only: true,
    seed: 1,
    life: "metrics that fail",
    edits: [
      {
        file: "src/domain/advance.ts",
        find: '    case "noData":\n    case "unmeasurable": {',
        put: `    case "unmeasurable":
      return afterFailure(seen, phase, { ...judged, reason: verdict.sentence } as never);
    case "noData": {`,
      },
    ],
  },
];

/** Mistakes in how decisions are made so. */
const ACTS: readonly Mutant[] = [
  {
    name: "a status is written over whatever stands there",
    law: "stages-in-order",
    only: true,
    seed: 1,
    life: "answers that get lost",
    edits: [
      {
        file: "src/adapters/kube/canaries.ts",
        find: "onto(record.version, { status: patch }));",
        put: "{ status: patch });",
      },
    ],
  },
  {
    name: "the world is changed before the status says so",
    law: "status-first",
    only: true,
    seed: 1,
    edits: [
      {
        file: "src/control/act.ts",
        find: "  // What somebody else wrote is put right",
        put: "  await apply(decision, sight, ports);\n  // What somebody else wrote is put right",
      },
    ],
  },
  {
    name: "people are told before the status is committed",
    law: "told-is-written",
    only: true,
    seed: 2,
    edits: [
      {
        file: "src/control/act.ts",
        find: "    await ports.canaries.commit(record, decision.status);",
        put: `    ports.announcer.announce(record, decision.announcements);
    await ports.canaries.commit(record, decision.status);`,
      },
    ],
  },
  {
    name: "a leader whose lease has run out goes on until it reads who else leads",
    law: "one-acts",
    only: true,
    seed: 20,
    life: "leaders that stand still",
    edits: [
      {
        file: "src/adapters/kube/lease.ts",
        find: "return mayAct(this.#state, this.#clock.monotonic()) && wallMillis < this.#durations.renewDeadlineMillis;",
        put: 'return this.#state.name !== "standby" && wallMillis >= 0;',
      },
      {
        file: "src/adapters/kube/lease.ts",
        find: "const isLeading = mayAct(state, now);",
        put: 'const isLeading = state.name !== "standby";',
      },
    ],
  },
  {
    name: "scaling the target takes its labels away",
    law: "foreign-survives",
    only: true,
    seed: 1,
    edits: [
      {
        file: "src/adapters/kube/workloads/deployment.ts",
        find: "{ spec: { replicas } }, seen);",
        put: "{ metadata: { labels: null }, spec: { replicas } }, seen);",
      },
    ],
  },
];

export const MUTANTS: readonly Mutant[] = [...DECISIONS, ...ENDS, ...JUDGEMENTS, ...ACTS];

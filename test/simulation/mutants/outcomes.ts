import type { Mutant } from "./mutant.ts";

/** Mistakes that show in the end. */
export const ENDS: readonly Mutant[] = [
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
    seed: 6,
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
export const JUDGEMENTS: readonly Mutant[] = [
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
    name: "a step is given up for want of evidence before it is due",
    law: "good-is-promoted",
    only: true,
    seed: 1,
    edits: [
      {
        file: "src/domain/interrupts.ts",
        find: "return after(evidenceAt, millis(bake + seen.spec.progressDeadline));",
        put: "return after(evidenceAt, millis(bake - 500));",
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

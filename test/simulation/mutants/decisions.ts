import type { Mutant } from "./mutant.ts";

/** Mistakes in what is decided. */
export const DECISIONS: readonly Mutant[] = [
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
    name: "a primary that was made anew takes over from a canary that answers as soon as it is ready",
    law: "pods-before-traffic",
    only: true,
    seed: 102,
    edits: [
      {
        file: "src/domain/desire.ts",
        find: 'if (phase.name === "Adopting" && !copy.mayTakeOver(seen)) return undefined;',
        put: "",
      },
    ],
  },
  {
    name: "the primary is replaced before proxies have heard that it serves nobody",
    law: "primary-untouched",
    only: true,
    seed: 4,
    edits: [
      {
        file: "src/domain/advance.ts",
        find: "return moments.isSettled(seen, splitPlan(100), phase.since) ? enter.replacing(seen) : status;",
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
        file: "src/domain/moments.ts",
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
        find: 'return moments.isDrained(seen, phase.since) ? "zero" : "asIs";',
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
    seed: 279,
    edits: [
      {
        file: "src/domain/desire.ts",
        find: 'return seen.now >= moments.leftAt(seen, status.phase.since) ? "absent" : "asIs";',
        put: 'return "absent";',
      },
    ],
  },
  {
    name: "clients are given back to a target that cannot serve them",
    law: "nothing-lost",
    seed: 332,
    edits: [
      {
        file: "src/domain/interrupts.ts",
        find: "      if (copy.isIrreplaceable(seen)) return undefined;\n",
        put: "",
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
      {
        file: "src/domain/interrupts.ts",
        find: "      if (copy.isIrreplaceable(seen)) return undefined;\n",
        put: "",
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

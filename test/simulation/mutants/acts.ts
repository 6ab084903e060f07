import type { Mutant } from "./mutant.ts";

/** Mistakes in how decisions are made so. */
export const ACTS: readonly Mutant[] = [
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
        find: "= mayAct(this.#state, this.#clock.monotonic()) && wallMillis < this.#durations.renewDeadlineMillis;",
        put: '= this.#state.name !== "standby" && wallMillis >= 0;',
      },
      {
        file: "src/adapters/kube/lease.ts",
        find: "this.#tell(mayAct(state, now));",
        put: 'this.#tell(state.name !== "standby");',
      },
    ],
  },
  {
    name: "a promotion leaves the primary one pod",
    law: "pods-stay",
    only: true,
    seed: 2,
    edits: [
      {
        file: "src/adapters/kube/workloads/primary.ts",
        find: "replicas: replicasFor(target, live),",
        put: "replicas: live === undefined ? replicasFor(target, live) : 1,",
      },
    ],
  },
  {
    name: "pods are taken away by what a cache shows of the route",
    law: "pods-stay",
    seed: 547,
    edits: [
      {
        file: "src/control/act.ts",
        find: "await router?.confirm(subject);",
        put: "await undefined;",
      },
      {
        file: "src/adapters/kube/cluster.ts",
        find: "if (isConflict(error)) await this.#look(place).catch(() => undefined);",
        put: "",
      },
    ],
  },
  {
    name: "a leader goes by the timer of its lease, which comes late after a stall",
    law: "one-acts",
    only: true,
    seed: 36,
    life: "leaders that stand still at a request",
    edits: [
      {
        file: "src/adapters/kube/lease.ts",
        find: "= mayAct(this.#state, this.#clock.monotonic()) && wallMillis < this.#durations.renewDeadlineMillis;",
        put: "= this.#wasLeading && wallMillis >= 0;",
      },
    ],
  },
  {
    name: "a leader goes by the monotonic clock alone, which stands still with a machine that is suspended",
    law: "one-acts",
    seed: 3,
    life: "machines that are suspended",
    edits: [
      {
        file: "src/adapters/kube/lease.ts",
        find: "= mayAct(this.#state, this.#clock.monotonic()) && wallMillis < this.#durations.renewDeadlineMillis;",
        put: "= mayAct(this.#state, this.#clock.monotonic()) && wallMillis >= 0;",
      },
    ],
  },
  {
    name: "a leader reads all Canaries again and again",
    law: "silence-at-rest",
    only: true,
    seed: 1,
    edits: [
      {
        file: "src/engine.ts",
        find: "      this.#isCaughtUp = true;\n",
        put: `      this.#isCaughtUp = true;
      clock.setTimer(45_000, () => {
        if (!term.aborted) void this.#catchUp(term);
      });
`,
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

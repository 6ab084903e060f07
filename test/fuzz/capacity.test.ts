import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { CanaryRecord, ClusterObject } from "../../src/control/ports.ts";
import { aRollout } from "../build/aRollout.ts";
import { BrokenLawError } from "./broken.ts";
import { checkCapacity } from "./capacity.ts";
import type { Moment } from "./moment.ts";
import { SETTLE_MILLIS, SeenPods } from "./reach.ts";
import { NAMESPACE } from "./scene.ts";
import { changesOf, splitOf } from "./split.ts";

const rule = (...weights: readonly (readonly [string, number])[]) => ({
  route: weights.map(([host, weight]) => ({ destination: { host }, weight })),
});
const between = (primary: number, canary: number) => rule(["podinfo-primary", primary], ["podinfo-canary", canary]);
const object = (kind: string, name: string, more: object): ClusterObject => ({
  kind,
  metadata: { name, namespace: NAMESPACE },
  ...more,
});
const route = (...http: readonly unknown[]) => object("VirtualService", "podinfo", { spec: { http } });
const slice = (service: string, pods: readonly string[], port = "http"): ClusterObject => ({
  metadata: { name: service, namespace: NAMESPACE, labels: { "kubernetes.io/service-name": service } },
  ports: [{ name: port }],
  endpoints: pods.map((name) => ({ targetRef: { name } })),
});

describe("what a rule sends where", () => {
  it("is told of all, and of what goes to the two versions", () => {
    const { share, ratio } = splitOf(rule(["podinfo-primary", 30], ["podinfo-canary", 10], ["legacy", 40]));
    assert.deepEqual(
      [share, ratio],
      [
        { primary: 37.5, canary: 12.5 },
        { primary: 75, canary: 25 },
      ],
    );
  });

  it("is all, of an only destination", () => assert.equal(splitOf(rule(["podinfo-canary", 0])).share.canary, 100));

  const shares = (was: ClusterObject | undefined, is: ClusterObject) =>
    changesOf(was, is).map(({ from, to }) => [from.share.canary, to.share.canary]);

  it("is compared with the rule in whose place it stands", () => {
    const testers = rule(["podinfo-canary", 100]);
    assert.deepEqual(shares(route(testers, between(90, 10)), route(testers, between(50, 50))), [[10, 50]]);
  });

  it("is compared with the most of those that are gone", () => {
    assert.deepEqual(shares(route(between(90, 10), between(70, 30)), route(between(50, 50))), [[30, 50]]);
  });

  it("is compared with nothing where no rule was", () =>
    assert.deepEqual(shares(undefined, route(between(50, 50))), [[0, 50]]));
});

describe("pods behind a Service", () => {
  it("are heard of once they have been there for so long, by port", () => {
    const pods = new SeenPods();
    pods.look([slice("podinfo-canary", ["a", "b"])], 0);
    pods.look([slice("podinfo-canary", ["a", "c"])], SETTLE_MILLIS);
    assert.deepEqual(pods.behind("podinfo-canary", "http"), { ready: 2, heard: 1 });
    assert.deepEqual(pods.behind("podinfo-canary", "grpc"), { ready: 0, heard: 0 });
    assert.deepEqual(pods.behind("podinfo", "http"), { ready: 0, heard: 0 });
    pods.forget();
    pods.look([slice("podinfo-canary", ["a", "c"])], SETTLE_MILLIS);
    assert.deepEqual(pods.behind("podinfo-canary", "http"), { ready: 2, heard: 0 });
  });
});

describe("the laws of capacity", () => {
  const { seen } = aRollout();
  const stages = {
    warming: aRollout().warming(),
    baking: aRollout().baking({ weight: 50 }),
    replacing: aRollout().replacing(),
    draining: aRollout().draining(),
    adopting: aRollout().adopting(),
    retreating: aRollout().retreating(),
    steady: aRollout(),
  };
  const moment = (stage: keyof typeof stages, ...objects: readonly ClusterObject[]): Moment => ({
    objects: new Map(objects.map((each) => [`${String(each.kind)}/${each.metadata.name}`, each])),
    record: { spec: seen.spec, status: stages[stage].seen.status } as CanaryRecord,
    writes: 0,
    patches: 0,
    commits: 0,
    told: 0,
  });
  const workload = (name: string, replicas: number, availableReplicas: number) =>
    object("Deployment", name, { spec: { replicas }, status: { availableReplicas } });
  const target = workload("podinfo", 2, 2);
  const primary = workload("podinfo-primary", 2, 2);
  const apex = (app: string) => object("Service", "podinfo", { spec: { selector: { app } } });
  const both = [slice("podinfo-primary", ["p", "q"]), slice("podinfo-canary", ["a", "b"])];
  const [onlyPrimary = [], onlyCanary = []] = [both.slice(0, 1), both.slice(1)];
  const podsOf = (slices: readonly ClusterObject[], forMillis: number): SeenPods => {
    const pods = new SeenPods();
    pods.look(slices, 0);
    pods.look(slices, forMillis);
    return pods;
  };
  const home = route(between(100, 0));
  const half = route(between(50, 50));
  const away = route(between(0, 100));

  const cases: Record<string, { before: Moment; after: Moment; slices?: readonly ClusterObject[]; isNew?: boolean }> = {
    "a share for a Service that has nobody": {
      before: moment("baking", target, primary, home),
      after: moment("baking", target, primary, half),
      slices: onlyPrimary,
    },
    "a share for a canary without the pods for it": {
      before: moment("baking", workload("podinfo", 4, 1), primary, home),
      after: moment("baking", workload("podinfo", 4, 1), primary, half),
    },
    "a way home to a primary that has nobody": {
      before: moment("retreating", target, primary, half),
      after: moment("retreating", target, primary, home),
      slices: onlyCanary,
    },
    "a retreat that advances": {
      before: moment("retreating", target, primary, home),
      after: moment("retreating", target, primary, half),
    },
    "pods that go before their traffic": {
      before: moment("draining", target, primary, half),
      after: moment("draining", workload("podinfo", 0, 2), primary, half),
    },
    "a first share that proxies have not heard of": {
      before: moment("warming", target, primary, home),
      after: moment("baking", target, primary, half),
      isNew: true,
    },
    "a way home that proxies have not heard of": {
      before: moment("replacing", target, primary, away),
      after: moment("draining", target, primary, home),
      isNew: true,
    },
    "a take-over that proxies have not heard of": {
      before: moment("adopting", target, primary, apex("podinfo")),
      after: moment("adopting", target, primary, apex("podinfo-primary")),
      isNew: true,
    },
    "an apex Service on a primary without pods": {
      before: moment("steady", target, workload("podinfo-primary", 2, 0), apex("podinfo")),
      after: moment("steady", target, workload("podinfo-primary", 2, 0), apex("podinfo-primary")),
    },
  };
  for (const [what, { before, after, slices = both, isNew = false }] of Object.entries(cases)) {
    it(`find ${what}`, () => {
      const pods = podsOf(slices, isNew ? SETTLE_MILLIS - 1 : SETTLE_MILLIS);
      assert.throws(() => checkCapacity(before, after, pods), BrokenLawError);
    });
    if (slices !== both || isNew) {
      it(`let through what is not ${what}`, () => checkCapacity(before, after, podsOf(both, SETTLE_MILLIS)));
    }
  }
});

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import type { Claim } from "../../../src/adapters/traffic/claims.ts";
import { findRule, versionsOf } from "../../../src/adapters/traffic/httpRule.ts";
import { istioRouter } from "../../../src/adapters/traffic/istio.ts";
import { patchBetween } from "../../../src/adapters/traffic/json.ts";
import { routeNames } from "../../../src/adapters/traffic/names.ts";
import { portsWithoutClash, servicePorts } from "../../../src/adapters/traffic/ports.ts";
import { readPlan } from "../../../src/adapters/traffic/readPlan.ts";
import { normalise, parseSplit, printSplit, roomBeside, scale } from "../../../src/adapters/traffic/split.ts";
import { renderVirtualService } from "../../../src/adapters/traffic/virtualService.ts";
import { RejectedError } from "../../../src/control/errors.ts";
import type { ClusterObject } from "../../../src/control/ports.ts";
import type { JsonObject } from "../../../src/domain/spec.ts";
import { splitPlan } from "../../../src/domain/traffic.ts";
import { FakeCluster } from "../../build/fakeCluster.ts";
import { aSubject, levels, NAMESPACE, SHAPE } from "./subject.ts";

const V1BETA1 = "networking.istio.io/v1beta1";
const names = routeNames(aSubject());

const junk = fc.jsonValue({ maxDepth: 2, noUnicodeString: true } as fc.JsonSharedConstraints).map(plain);
const host = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(names.primary, names.canary, names.apex) },
  fc.constantFrom("podinfo-canary.shop", "podinfo-primary.shop.svc", "podinfo.shop.svc.cluster.local"),
  fc.constantFrom("podinfo-canary.other", "podinfo-primary.other.svc.cluster.local", "legacy", "", "podinfo-canaryx"),
);
const destination = fc.record(
  {
    destination: fc.oneof(fc.record({ host, port: junk, subset: fc.constant("s") }, { requiredKeys: ["host"] }), junk),
    weight: fc.oneof(fc.integer({ min: -5, max: 150 }), junk),
    headers: junk,
  },
  { requiredKeys: ["destination"] },
);
const match = fc.oneof(
  fc.constant([]),
  fc.constant([{ uri: { prefix: "/" } }]),
  fc.constant([{ headers: { x: { exact: "y" } } }]),
);
const rule = fc.record(
  {
    name: fc.constantFrom("a", "a", "b"),
    match: fc.oneof(match, junk),
    route: fc.oneof(fc.array(fc.oneof({ weight: 9, arbitrary: destination }, junk), { maxLength: 4 }), junk),
    mirror: junk,
    fault: junk,
    timeout: fc.constant("3s"),
  },
  { requiredKeys: [] },
);
const http = fc.oneof(
  { weight: 9, arbitrary: fc.array(fc.oneof({ weight: 9, arbitrary: rule }, junk), { maxLength: 6 }) },
  junk,
);
const liveRoute = fc.record({
  spec: fc.oneof(
    { weight: 9, arbitrary: fc.record({ http, hosts: junk, exportTo: junk }, { requiredKeys: [] }) },
    junk,
  ),
  annotations: fc.dictionary(
    fc.constantFrom("serin.dev/applied", "serin.dev/split", "serin.dev/original", "x"),
    fc.string(),
  ),
});
const service = fc.record(
  {
    match,
    timeout: fc.constant("5s"),
    hosts: fc.constantFrom([], ["*"], ["a.example.com"]),
    gateways: fc.constantFrom([], ["gw"], ["mesh"]),
    portDiscovery: fc.boolean(),
  },
  { requiredKeys: ["match"] },
);
const weight = fc.integer({ min: 0, max: 100 });
const standing = fc.constantFrom<("absent" | "owned" | "borrowed")[]>("absent", "owned", "borrowed");

describe("istio: properties of the rendered route", () => {
  const whatever = fc.tuple(liveRoute, service, weight, standing);

  test("what is read back is the plan that was rendered, whatever stood there", () => {
    fc.assert(
      fc.property(whatever, ([live, given, canary, kind]) => {
        const subject = aSubject(given);
        const after = render(subject, claimOn(live, kind), canary);
        assert.deepEqual(readPlan(after, names, subject.spec.service), splitPlan(canary));
      }),
      { numRuns: 2000 },
    );
  });

  test("rendering onto what was rendered changes nothing", () => {
    fc.assert(
      fc.property(whatever, ([live, given, canary, kind]) => {
        const subject = aSubject(given);
        const claim = claimOn(live, kind);
        const once = render(subject, claim, canary);
        const twice = render(subject, again(claim, once), canary);
        assert.deepEqual(bare(twice), bare(once));
      }),
      { numRuns: 2000 },
    );
  });

  test("rules that do not route to the Canary stay as they are and in their order", () => {
    fc.assert(
      fc.property(whatever, ([live, given, canary, kind]) => {
        const claim = claimOn(live, kind);
        const after = render(aSubject(given), claim, canary);
        assert.deepEqual(foreign(listed(after)), foreign(listed(claim.live)));
      }),
      { numRuns: 2000 },
    );
  });

  test("on a route that we have rendered before, all but one rule stays", () => {
    fc.assert(
      fc.property(liveRoute, service, weight, weight, (live, given, canary, next) => {
        const subject = aSubject(given);
        const once = again(claimOn(live, "owned"), render(subject, claimOn(live, "owned"), canary));
        const at = findRule(listed(once.live), names, given.match);
        const after = listed(render(subject, once, next));
        assert.deepEqual(after.toSpliced(at, 1), listed(once.live).toSpliced(at, 1));
      }),
      { numRuns: 1000 },
    );
  });

  test("the router never fails but by rejecting, and rests after one apply", async () => {
    const scaffold = fc.constantFrom("all" as const, "route" as const, "backends" as const, "givenBack" as const);
    await fc.assert(
      fc.asyncProperty(whatever, scaffold, async ([live, given, canary, kind], level) => {
        const cluster = new FakeCluster();
        const { live: object } = claimOn(live, kind);
        if (object !== undefined) cluster.put("VirtualService", object);
        const subject = aSubject(given);
        const router = istioRouter(cluster);
        router.read(subject, undefined);
        const apply = () =>
          router.apply(subject, SHAPE, levels(level, canary)).catch((error: unknown) => {
            assert.ok(error instanceof RejectedError, String(error));
          });
        await apply();
        router.read(subject, SHAPE);
        const writes = cluster.writes.length;
        await apply();
        assert.equal(cluster.writes.length, writes);
        if (level === "givenBack") assert.equal(router.read(subject, SHAPE).facts.givenBack, true);
      }),
      { numRuns: 500 },
    );
  });
});

describe("istio: properties of the parts", () => {
  test("a scaled split adds up and gives each version something if it is given anything", () => {
    fc.assert(
      fc.property(weight, fc.integer({ min: 2, max: 100 }), (canary, room) => {
        const { primary, canary: got } = scale({ primary: 100 - canary, canary }, room);
        assert.equal(primary + got, room);
        assert.equal(got > 0, canary > 0);
        assert.equal(primary > 0, canary < 100);
      }),
    );
  });

  test("live weights never read as nothing while they are something", () => {
    const some = fc.integer({ min: 0, max: 100_000 });
    fc.assert(
      fc.property(some, some, (primary, canary) => {
        const split = normalise({ primary, canary });
        assert.equal(split === undefined, primary + canary === 0);
        if (split === undefined) return;
        assert.deepEqual([split.primary > 0, split.canary > 0], [primary > 0, canary > 0]);
        assert.equal(split.primary + split.canary, 100);
      }),
    );
  });

  test("a printed split parses, and nothing else does", () => {
    fc.assert(
      fc.property(weight, (canary) =>
        assert.deepEqual(parseSplit(printSplit(splitPlan(canary).split)), splitPlan(canary).split),
      ),
    );
    fc.assert(fc.property(fc.string(), (text) => assert.ok(parseSplit(text) === undefined || /^\d+\/\d+$/.test(text))));
  });

  test("no Service has a port or a name twice", () => {
    const port = fc.integer({ min: 1, max: 5 });
    const name = fc.constantFrom("http", "grpc", "", "a");
    const containerPorts = fc.array(fc.record({ name, port }), { maxLength: 5 });
    const live = fc.uniqueArray(fc.record({ name, port, nodePort: port }), {
      selector: (each) => each.port,
      maxLength: 4,
    });
    fc.assert(
      fc.property(
        port,
        fc.oneof(port, fc.constant("http")),
        containerPorts,
        live,
        (first, targetPort, found, before) => {
          const { service: spec } = aSubject({ port: first, targetPort, portDiscovery: true }).spec;
          const ports = servicePorts(spec, { ...SHAPE, containerPorts: found });
          assertDistinct(ports);
          const fixed = portsWithoutClash(before, ports, "owned");
          if (fixed !== undefined)
            assertDistinct(fixed.filter(({ name: each }) => ports.some(({ name: ours }) => ours === each)));
        },
      ),
    );
  });

  test("a merge patch between two objects turns one into the other", async () => {
    const object = fc.dictionary(
      fc.constantFrom("a", "b", "c"),
      fc.oneof(fc.integer(), fc.dictionary(fc.constantFrom("x", "y"), fc.integer())),
    );
    await fc.assert(
      fc.asyncProperty(object, object, async (one, other) => {
        const [from, to] = [one, other].map(plain) as [JsonObject, JsonObject];
        const cluster = new FakeCluster();
        const metadata = { name: "o", namespace: NAMESPACE };
        cluster.put("Service", { metadata, spec: from });
        const patch = patchBetween(from, to);
        if (patch !== undefined) await cluster.merge("Service", NAMESPACE, "o", { spec: patch });
        assert.deepEqual(cluster.read("Service", NAMESPACE, "o")?.["spec"], to);
      }),
    );
  });
});

test("a port that says by itself what it is as text is told apart like any other", () => {
  const odd = { name: "http", port: { toString: null }, protocol: { toString: 1 } };
  const ports = portsWithoutClash([odd], [{ name: "http", port: 80, protocol: "TCP" }], "borrowed");
  assert.deepEqual(
    ports?.map(({ port }) => port),
    [80, odd.port],
  );
});

test("room beside a part of a percent is a whole number", () => {
  assert.deepEqual([0, 0.5, 40, 99.5, 100].map(roomBeside), [100, 99, 60, 100, 100]);
});

function render(subject: ReturnType<typeof aSubject>, claim: Claim, canary: number): ClusterObject {
  return renderVirtualService(subject, SHAPE, claim, splitPlan(canary).split, V1BETA1).object;
}

function claimOn(
  live: { spec: unknown; annotations: Record<string, string> },
  kind: "absent" | "owned" | "borrowed",
): Claim {
  if (kind === "absent") return { kind, live: undefined };
  const { uid } = aSubject().record;
  const owner = { apiVersion: "flagger.app/v1beta1", kind: "Canary", name: "podinfo", uid, controller: true };
  const metadata = { name: names.apex, namespace: NAMESPACE, annotations: live.annotations };
  const owned = kind === "owned" ? { ownerReferences: [owner] } : {};
  return { kind, live: { kind: "VirtualService", metadata: { ...metadata, ...owned }, spec: live.spec } };
}

/** What stands there once it is applied. */
function again(before: Claim, applied: ClusterObject): Claim & { live: ClusterObject } {
  const annotations = { ...before.live?.metadata.annotations, ...applied.metadata.annotations };
  const live = { ...applied, metadata: { ...applied.metadata, annotations } };
  return before.kind === "borrowed" ? { kind: "borrowed", live } : { kind: "owned", live };
}

function bare({ metadata: { annotations, ...metadata }, ...object }: ClusterObject): JsonObject {
  return { ...object, annotations, metadata };
}

function listed(object: ClusterObject | undefined): readonly unknown[] {
  const spec = object?.["spec"];
  const list = typeof spec === "object" && spec !== null ? (spec as JsonObject)["http"] : undefined;
  return Array.isArray(list) ? list : [];
}

/** The rules without a destination of ours. */
function foreign(rules: readonly unknown[]): readonly unknown[] {
  return rules.filter((each) => versionsOf(each, names).every((version) => version === undefined));
}

function assertDistinct(ports: readonly JsonObject[]): void {
  assert.equal(new Set(ports.map(({ port }) => port)).size, ports.length, JSON.stringify(ports));
  assert.equal(new Set(ports.map(({ name }) => name)).size, ports.length, JSON.stringify(ports));
}

/** As it would come from the wire: no negative zero, no object without a prototype. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value)) as unknown;
}

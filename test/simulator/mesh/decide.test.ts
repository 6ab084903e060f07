import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { seededRandom } from "../../../src/runtime/random.ts";
import { decide } from "../../../src/simulator/mesh/decide.ts";
import type { MeshRequest } from "../../../src/simulator/mesh/request.ts";
import { aGateway, aPod, aRequest, aRoute, aService, aTable, object, reached, to } from "./objects.ts";

/** Requests that the first rule takes in, and requests that fall through to the second. */
const matches: Record<string, { match: unknown; hit: Partial<MeshRequest>[]; miss: Partial<MeshRequest>[] }> = {
  "uri exact": {
    match: { uri: { exact: "/a" } },
    hit: [{ path: "/a" }, { path: "/a?x=1" }],
    miss: [{ path: "/a/" }, { path: "/A" }],
  },
  "uri prefix": {
    match: { uri: { prefix: "/a" } },
    hit: [{ path: "/a" }, { path: "/ab" }, { path: "/a/b" }],
    miss: [{ path: "/b/a" }],
  },
  "uri regex matches the whole path": {
    match: { uri: { regex: "/a[0-9]+" } },
    hit: [{ path: "/a12?q" }],
    miss: [{ path: "/a12/b" }],
  },
  "uri regex with a flag": {
    match: { uri: { regex: "(?i)/ABC" } },
    hit: [{ path: "/abc" }],
    miss: [{ path: "/abcd" }],
  },
  "uri without case": {
    match: { uri: { prefix: "/Api" }, ignoreUriCase: true },
    hit: [{ path: "/aPI/x" }],
    miss: [{ path: "/ap" }],
  },
  "a header exact": {
    match: { headers: { "X-User": { exact: "tester" } } },
    hit: [{ headers: { "x-user": "tester" } }],
    miss: [{}, { headers: { "x-user": "Tester" } }],
  },
  "a header that is there": { match: { headers: { "x-user": {} } }, hit: [{ headers: { "x-user": "" } }], miss: [{}] },
  "a header with the regex *": {
    match: { headers: { "x-user": { regex: "*" } } },
    hit: [{ headers: { "x-user": "a" } }],
    miss: [{}],
  },
  "several headers of one name": {
    match: { headers: { "x-user": { exact: "a,b" } } },
    hit: [{ headers: { "x-user": ["a", "b"] } }],
    miss: [{ headers: { "x-user": "a" } }],
  },
  "a cookie": {
    match: { headers: { Cookie: { regex: ".*canary.*abc.*" } } },
    hit: [{ headers: { cookie: "x=1; canary=abc" } }],
    miss: [{ headers: { cookie: "canary=xyz" } }],
  },
  "without a header": {
    match: { withoutHeaders: { "x-user": {} } },
    hit: [{}],
    miss: [{ headers: { "x-user": "a" } }],
  },
  "without a value": {
    match: { withoutHeaders: { "x-user": { exact: "a" } } },
    hit: [{}, { headers: { "x-user": "b" } }],
    miss: [{ headers: { "x-user": "a" } }],
  },
  query: {
    match: { queryParams: { v: { exact: "2" } } },
    hit: [{ path: "/?a=1&v=2" }],
    miss: [{ path: "/" }, { path: "/?v=22" }],
  },
  method: { match: { method: { exact: "POST" } }, hit: [{ method: "POST" }], miss: [{}] },
  authority: {
    match: { authority: { exact: "web.example.com:8080" } },
    hit: [{ host: "web.example.com:8080" }],
    miss: [{}],
  },
  scheme: { match: { scheme: { exact: "http" } }, hit: [{}], miss: [{ scheme: "https" }] },
  port: { match: { port: 80 }, hit: [{}], miss: [] },
  "another port": { match: { port: 81 }, hit: [], miss: [{}] },
  "another gateway": { match: { gateways: ["mesh"] }, hit: [], miss: [{}] },
  "all of one match": {
    match: { uri: { prefix: "/a" }, method: { exact: "PUT" } },
    hit: [{ path: "/a", method: "PUT" }],
    miss: [{ path: "/a" }, { method: "PUT" }],
  },
  "a regular expression that nobody can read": { match: { uri: { regex: "/(" } }, hit: [], miss: [{ path: "/(" }] },
};

describe("a rule", () => {
  for (const [name, { match, hit, miss }] of Object.entries(matches)) {
    it(`matches by ${name}`, () => {
      const table = aTable({ virtualServices: [aRoute([to("one", { match: [match] }), to("two")])] });
      for (const request of hit) assert.equal(reached(request, table), "one", JSON.stringify(request));
      for (const request of miss) assert.equal(reached(request, table), "two", JSON.stringify(request));
    });
  }

  it("takes a request in by any of its matches, and the first rule wins", () => {
    const match = [{ uri: { prefix: "/a" } }, { uri: { prefix: "/b" } }];
    const table = aTable({
      virtualServices: [aRoute([to("one", { match }), to("two", { match: [{ uri: { prefix: "/b" } }] })])],
    });
    assert.deepEqual(
      ["/a", "/b", "/c"].map((path) => reached({ path }, table)),
      ["one", "one", 404],
    );
  });
});

describe("a host", () => {
  const route = (hosts: readonly string[], host: string, name = host) =>
    object("VirtualService", name, { hosts, gateways: ["shop/public"], http: [to(host)] });

  it("is found by the most specific pattern", () => {
    const virtualServices = [route(["*"], "empty"), route(["*.example.com"], "one"), route(["web.example.com"], "two")];
    const table = aTable({ virtualServices });
    const hosts = ["web.example.com", "WEB.example.com:8080", "other.example.com", "a.b.example.com", "example.com"];
    assert.deepEqual(
      hosts.map((host) => reached({ host }, table)),
      ["two", "two", "one", "one", 503],
    );
  });
  it("that nobody knows is not found", () => {
    assert.equal(
      reached({ host: "no.example.org" }, aTable({ virtualServices: [route(["web.example.com"], "one")] })),
      404,
    );
  });
  it("is served only as far as the Gateway lends it", () => {
    const server = { port: { number: 80, name: "http", protocol: "HTTP" } };
    const lent = (hosts: readonly string[]) =>
      reached(
        {},
        aTable({
          gateways: [aGateway({ servers: [{ ...server, hosts }] })],
          virtualServices: [route(["*.example.com"], "one")],
        }),
      );
    assert.deepEqual([["*"], ["*.example.com"], ["web.example.com"], ["shop/*"], ["./*"]].map(lent), [
      "one",
      "one",
      "one",
      "one",
      "one",
    ]);
    assert.deepEqual([["other.example.com"], ["prod/*"], ["*.example.org"]].map(lent), [404, 404, 404]);
  });
  it("of two VirtualServices has the rules of both, what catches all last", () => {
    const catchAll = object("VirtualService", "a", {
      hosts: ["web.example.com"],
      gateways: ["public"],
      http: [to("one")],
    });
    const narrow = object("VirtualService", "b", {
      hosts: ["web.example.com"],
      gateways: ["public"],
      http: [to("two", { match: [{ uri: { prefix: "/b" } }] })],
    });
    const table = aTable({ virtualServices: [catchAll, narrow] });
    assert.deepEqual([reached({ path: "/b" }, table), reached({ path: "/a" }, table)], ["two", "one"]);
  });
  it("of a Gateway that selects other pods is not served", () => {
    const gateways = [aGateway({ selector: { istio: "egressgateway" } })];
    assert.equal(reached({}, aTable({ gateways, virtualServices: [route(["web.example.com"], "one")] })), 404);
  });
});

describe("a destination", () => {
  const shares = (weights: readonly (number | undefined)[]) => {
    const route = weights.map((weight, at) => ({
      destination: { host: at === 0 ? "one" : "two" },
      ...(weight === undefined ? {} : { weight }),
    }));
    const table = aTable({ virtualServices: [aRoute([{ route }])] });
    const dice = seededRandom(7);
    const seen: Record<string, number> = {};
    for (let n = 0; n < 2000; n++) {
      const decision = decide(aRequest(), table, dice);
      const name = decision.kind === "forward" ? decision.cluster.service.name : String(decision.status);
      seen[name] = (seen[name] ?? 0) + 1;
    }
    return seen;
  };
  it("takes its share", () => {
    const { one = 0, two = 0 } = shares([75, 25]);
    assert.equal(one + two, 2000);
    assert.ok(Math.abs(two - 500) < 80, String(two));
  });
  it("of weight 0, or none among others, takes nothing", () => {
    assert.deepEqual(shares([100, 0]), { one: 2000 });
    assert.deepEqual(shares([undefined, 1]), { two: 2000 });
    assert.deepEqual(shares([0, 0]), { 503: 2000 });
  });
  it("that is alone takes all, whatever its weight", () => assert.deepEqual(shares([0]), { one: 2000 }));
  it("without pods, without a Service and without a subset is unavailable, each with its flag", () => {
    const flag = (destination: object) => {
      const decision = decide(
        aRequest(),
        aTable({ virtualServices: [aRoute([{ route: [{ destination }] }])] }),
        seededRandom(1),
      );
      return decision.kind === "answer" && [decision.status, decision.flag, decision.body];
    };
    assert.deepEqual(flag({ host: "empty" }), [503, "UH", "no healthy upstream"]);
    assert.deepEqual(flag({ host: "nobody" }), [503, "NC", ""]);
    assert.deepEqual(flag({ host: "one", subset: "v2" }), [503, "NC", ""]);
    assert.deepEqual(flag({ host: "one", port: { number: 99 } }), [503, "NC", ""]);
  });
  it("with a subset reaches only pods with its labels", () => {
    const destinationRules = [
      object("DestinationRule", "one", { host: "one", subsets: [{ name: "v2", labels: { version: "2" } }] }),
    ];
    const pods = [aPod("one", 1, { version: "1" }), aPod("one", 2, { version: "2" })];
    const http = [{ route: [{ destination: { host: "one", subset: "v2" } }] }];
    const decision = decide(
      aRequest(),
      aTable({ destinationRules, pods, virtualServices: [aRoute(http)] }),
      seededRandom(1),
    );
    assert.ok(decision.kind === "forward");
    assert.deepEqual(
      decision.cluster.endpoints.map(({ address }) => address),
      ["10.244.1.2"],
    );
  });
});

describe("in the mesh", () => {
  const route = object("VirtualService", "one", { hosts: ["one"], http: [to("two")] });
  const table = aTable({ virtualServices: [route], services: [aService("one"), aService("two")] });
  const from = (host: string) => reached({ gateway: "mesh", namespace: "shop", host }, table);

  it("a Service is found under all of its names", () => {
    const names = ["one", "one.shop", "one.shop.svc", "one.shop.svc.cluster.local:80"];
    assert.deepEqual(names.map(from), ["two", "two", "two", "two"]);
  });
  it("a Service without a VirtualService is reached as it is", () => assert.equal(from("two"), "two"));
  it("the gateway's hosts are not served", () => assert.equal(from("web.example.com"), 404));
});

describe("delegation", () => {
  const root = (match: unknown) => aRoute([{ match, delegate: { name: "inner", namespace: "team" }, timeout: "3s" }]);
  const inner = (http: unknown) => object("VirtualService", "inner", { http }, { namespace: "team" });
  const service = { ...aService("one"), metadata: { name: "one", namespace: "team" } };
  const pod = { ...aPod("one"), metadata: { name: "one-1", namespace: "team", labels: { app: "one" } } };
  const table = (match: unknown, http: unknown) =>
    aTable({ virtualServices: [root(match), inner(http)], services: [service], pods: [pod] });
  const asked = [{ uri: { prefix: "/a" } }];

  it("takes rules over with the narrower match, and short names in their own namespace", () => {
    const merged = table(asked, [to("one", { match: [{ uri: { prefix: "/a/b" } }] })]);
    assert.deepEqual(
      ["/a/b", "/a", "/b"].map((path) => reached({ path }, merged)),
      ["one", 404, 404],
    );
    const decision = decide(aRequest({ path: "/a/b" }), merged, seededRandom(1));
    assert.equal(decision.kind === "forward" && decision.timeoutMillis, 3000);
  });
  it("leaves out a rule that asks for more than it was given", () => {
    assert.equal(reached({ path: "/b" }, table(asked, [to("one", { match: [{ uri: { prefix: "/b" } }] })])), 404);
  });
  it("to one that is not there is told", () => {
    assert.deepEqual(aTable({ virtualServices: [root(asked)] }).problems, [
      "VirtualService shop/web: spec.http[0].delegate: team/inner is not there",
    ]);
  });
});

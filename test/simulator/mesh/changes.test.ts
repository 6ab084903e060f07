import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { seededRandom } from "../../../src/runtime/random.ts";
import { pickEndpoint, stickinessOf } from "../../../src/simulator/mesh/balance.ts";
import { decide, type Forward } from "../../../src/simulator/mesh/decide.ts";
import { editHeaders, type Headers } from "../../../src/simulator/mesh/headerEdits.ts";
import type { MeshRequest } from "../../../src/simulator/mesh/request.ts";
import { DEFAULT_RETRIES, parseRetries, wantsRetry } from "../../../src/simulator/mesh/retryPolicy.ts";
import { millisOf } from "../../../src/simulator/mesh/wire.ts";
import { aGateway, aPod, aRequest, aRoute, aTable, object, to } from "./objects.ts";

const at = (http: unknown, request: Partial<MeshRequest> = {}) =>
  decide(aRequest(request), aTable({ virtualServices: [aRoute(http)] }), seededRandom(3));

function forwarded(http: unknown, request: Partial<MeshRequest> = {}): Forward {
  const decision = at(http, request);
  assert.ok(decision.kind === "forward", JSON.stringify(decision));
  return decision;
}

describe("a rewrite", () => {
  const rewritten = (rewrite: object, match: object, path: string) =>
    forwarded([to("one", { match: [match], rewrite })], { path }).path;
  const cases: readonly (readonly [object, object, string, string])[] = [
    [{ uri: "/" }, { uri: { prefix: "/api/" } }, "/api/users?x=1", "/users?x=1"],
    [{ uri: "/" }, { uri: { prefix: "/api" } }, "/api/users", "//users"],
    [{ uri: "/v2" }, { uri: { prefix: "/api" } }, "/api/users", "/v2/users"],
    [{ uri: "/v2" }, { uri: { exact: "/api" } }, "/api?x", "/v2?x"],
    [{ uri: "/v2" }, { uri: { regex: "/a.*" } }, "/api/users", "/v2"],
    [
      { uriRegexRewrite: { match: "^/service/([^/]+)(/.*)$", rewrite: "\\2/instance/\\1" } },
      { uri: { prefix: "/" } },
      "/service/foo/v1/api?q",
      "/v1/api/instance/foo?q",
    ],
  ];
  for (const [rewrite, match, path, want] of cases) {
    it(`${JSON.stringify(rewrite)} of ${JSON.stringify(match)} makes ${path} ${want}`, () =>
      assert.equal(rewritten(rewrite, match, path), want));
  }
  it("sets the host", () => {
    const { authority, originalAuthority } = forwarded([to("one", { rewrite: { authority: "inner.example.com" } })]);
    assert.deepEqual([authority, originalAuthority], ["inner.example.com", "web.example.com"]);
  });
});

describe("headers", () => {
  const edited = (http: unknown, which: "requestEdits" | "responseEdits", headers: Headers) => {
    for (const edits of forwarded(http)[which]) editHeaders(headers, edits);
    return headers;
  };
  const rule = { request: { set: { "X-A": "rule" }, add: { "x-b": "rule" }, remove: ["x-c"] } };
  it("are taken away, set and added", () => {
    const headers = edited([to("one", { headers: rule })], "requestEdits", { "x-a": "1", "x-b": "1", "x-c": "1" });
    assert.deepEqual(headers, { "x-a": "rule", "x-b": ["1", "rule"] });
  });
  it("of a destination alone have the last word; of one among others the rule has it", () => {
    const own = { request: { set: { "x-a": "own" } } };
    const alone = { route: [{ destination: { host: "one" }, headers: own }], headers: rule };
    assert.equal(edited([alone], "requestEdits", {})["x-a"], "own");
    const among = {
      ...alone,
      route: [...alone.route.map((entry) => ({ ...entry, weight: 100 })), { destination: { host: "two" }, weight: 0 }],
    };
    assert.equal(edited([among], "requestEdits", {})["x-a"], "rule");
  });
  it("of a response can hold a cookie for one version", () => {
    const headers = { response: { add: { "Set-Cookie": "canary=abc; Max-Age=60" } } };
    assert.deepEqual(
      edited([{ route: [{ destination: { host: "one" }, headers }] }], "responseEdits", { "set-cookie": ["a=1"] }),
      {
        "set-cookie": ["a=1", "canary=abc; Max-Age=60"],
      },
    );
  });
});

describe("a rule without a pod", () => {
  it("redirects", () => {
    const location = (redirect: object, request: Partial<MeshRequest> = {}) => {
      const decision = at([{ match: [{ uri: { prefix: "/a" } }], redirect }], { path: "/a/b?x=1", ...request });
      return decision.kind === "answer" && [decision.status, decision.headers["location"]];
    };
    assert.deepEqual(location({ uri: "/new" }), [301, "http://web.example.com/new?x=1"]);
    assert.deepEqual(
      location({ authority: "other.example.com", redirectCode: 302 }, { host: "web.example.com:8080" }),
      [302, "http://other.example.com/a/b?x=1"],
    );
    assert.deepEqual(location({ scheme: "https" }), [301, "https://web.example.com/a/b?x=1"]);
    assert.deepEqual(location({ prefixRewrite: "/z" }), [301, "http://web.example.com/z/b?x=1"]);
  });
  it("answers by itself", () => {
    const decision = at([{ directResponse: { status: 418, body: { string: "no" } } }]);
    assert.deepEqual(decision.kind === "answer" && [decision.status, decision.body], [418, "no"]);
  });
  it("aborts and delays the share it was told", () => {
    const fault = {
      abort: { httpStatus: 555, percentage: { value: 100 } },
      delay: { fixedDelay: "2s", percentage: { value: 100 } },
    };
    const decision = at([to("one", { fault })]);
    assert.deepEqual(
      decision.kind === "answer" && [decision.status, decision.body, decision.flag, decision.delayMillis],
      [555, "fault filter abort", "FI", 2000],
    );
    assert.equal(at([to("one", { fault: { abort: { httpStatus: 555 } } })]).kind, "forward");
  });
  it("answers a preflight", () => {
    const cors = {
      allowOrigins: [{ exact: "https://a.example" }],
      allowMethods: ["GET", "POST"],
      allowHeaders: ["x-a"],
      maxAge: "24h",
      allowCredentials: true,
    };
    const preflight = (origin: string) =>
      at([to("one", { corsPolicy: cors })], {
        method: "OPTIONS",
        headers: { origin, "access-control-request-method": "GET" },
      });
    const allowed = preflight("https://a.example");
    assert.deepEqual(allowed.kind === "answer" && allowed.headers, {
      "access-control-allow-origin": "https://a.example",
      "access-control-allow-credentials": "true",
      "access-control-allow-methods": "GET,POST",
      "access-control-allow-headers": "x-a",
      "access-control-max-age": "86400",
    });
    assert.equal(preflight("https://b.example").kind, "forward");
  });
});

describe("mirrors", () => {
  const names = (more: object) => forwarded([to("one", more)]).mirrors.map(({ service }) => service.name);
  it("are all requests unless a share is given", () => {
    assert.deepEqual(names({ mirror: { host: "two" } }), ["two"]);
    assert.deepEqual(names({ mirror: { host: "two" }, mirrorPercentage: { value: 0 } }), []);
    assert.deepEqual(names({ mirror: { host: "nobody" } }), []);
    assert.deepEqual(
      names({
        mirrors: [{ destination: { host: "two" } }, { destination: { host: "one" }, percentage: { value: 100 } }],
      }),
      ["two", "one"],
    );
  });
});

describe("retries", () => {
  it("are Istio's where the rule is silent, and none where it says 0", () => {
    assert.equal(parseRetries(undefined), DEFAULT_RETRIES);
    assert.equal(parseRetries({ attempts: 0 }), undefined);
    assert.equal(parseRetries({}), undefined);
  });
  it("are tried for what the policy names", () => {
    const wants = (retryOn: string, outcome: Parameters<typeof wantsRetry>[1]) => {
      const policy = parseRetries({ attempts: 1, retryOn });
      return policy !== undefined && wantsRetry(policy, outcome);
    };
    const response = (status: number, grpcStatus?: number) => ({ kind: "response", status, grpcStatus }) as const;
    assert.ok(wants("5xx", response(500)) && wants("5xx", { kind: "reset" }) && wants("gateway-error", response(503)));
    assert.ok(
      !wants("gateway-error", response(500)) &&
        !wants("connect-failure", { kind: "reset" }) &&
        !wants("", response(503)),
    );
    assert.ok(
      wants("503", response(503)) &&
        wants("connect-failure,418", response(418)) &&
        wants("retriable-4xx", response(409)),
    );
    assert.ok(
      wants("", { kind: "connect failure" }) &&
        wants("unavailable", response(200, 14)) &&
        wants("reset", { kind: "per-try timeout" }),
    );
  });
});

describe("balance", () => {
  const pods = [aPod("one", 1), aPod("one", 2), aPod("one", 3)];
  const cluster = (loadBalancer: object) => {
    const destinationRules = [object("DestinationRule", "one", { host: "one", trafficPolicy: { loadBalancer } })];
    const found = aTable({ pods, destinationRules }).clusters.get("outbound|80||one.shop.svc.cluster.local");
    assert.ok(found);
    return found;
  };
  const load = { turn: 0, active: () => 0, avoid: new Set<never>(), key: undefined, dice: seededRandom(5) };

  it("goes round", () => {
    const robin = cluster({ simple: "ROUND_ROBIN" });
    const seen = [0, 1, 2, 3].map((turn) => pickEndpoint(robin, { ...load, turn })?.address);
    assert.deepEqual(seen, ["10.244.1.1", "10.244.1.2", "10.244.1.3", "10.244.1.1"]);
  });
  it("prefers the idle", () => {
    const least = cluster({});
    let busy = 0;
    for (let n = 0; n < 900; n++) {
      if (
        pickEndpoint(least, { ...load, active: ({ address }) => Number(address.endsWith(".1")) })?.address.endsWith(
          ".1",
        )
      )
        busy++;
    }
    assert.ok(busy > 50 && busy < 150, `a ninth, not ${busy}`);
  });
  it("keeps a client with its pod, also when another pod goes", () => {
    const sticky = cluster({ consistentHash: { httpHeaderName: "x-user" } });
    const keys = Array.from({ length: 60 }, (_, n) => `user-${n}`);
    const of = (endpoints: typeof sticky.endpoints) =>
      keys.map((key) => pickEndpoint({ ...sticky, endpoints }, { ...load, key })?.address);
    const [before, after] = [of(sticky.endpoints), of(sticky.endpoints.slice(0, 2))];
    assert.equal(new Set(before).size, 3);
    for (const [n, address] of before.entries()) if (address !== "10.244.1.3") assert.equal(after[n], address);
  });
  it("avoids what failed, while there is another", () => {
    const least = cluster({});
    const avoid = new Set(least.endpoints.slice(0, 2));
    assert.equal(pickEndpoint(least, { ...load, avoid })?.address, "10.244.1.3");
    assert.ok(pickEndpoint(least, { ...load, avoid: new Set(least.endpoints) }));
  });
  it("makes a cookie once", () => {
    const by = { kind: "cookie", name: "user", path: "/", ttlMillis: 60_000 } as const;
    const first = stickinessOf(by, { headers: {}, path: "/", source: "" }, seededRandom(1));
    assert.match(first.setCookie ?? "", /^user="[0-9a-f]{16}"; Max-Age=60; Path=\/; HttpOnly$/);
    const again = stickinessOf(
      by,
      { headers: { cookie: `a=1; user="${first.key}"` }, path: "/", source: "" },
      seededRandom(1),
    );
    assert.deepEqual(again, { key: first.key, setCookie: undefined });
  });
});

describe("what is not obeyed", () => {
  it("is told with its path", () => {
    const http = [
      to("one", {
        match: [{ sourceLabels: { app: "a" } }],
        headers: { request: { set: { "x-ip": "%DOWNSTREAM_REMOTE_ADDRESS%" } } },
      }),
    ];
    const virtualServices = [aRoute(http, { tcp: [] }), aRoute([to("one", { match: [{ uri: { regex: "/(" } }] })])];
    const destinationRules = [
      object("DestinationRule", "one", {
        host: "one",
        trafficPolicy: { outlierDetection: {}, tls: { mode: "SIMPLE" } },
      }),
    ];
    const gateways = [
      aGateway({
        servers: [{ port: { number: 443, name: "https", protocol: "HTTPS" }, hosts: ["*"], tls: { mode: "SIMPLE" } }],
      }),
    ];
    const { problems } = aTable({ virtualServices, destinationRules, gateways });
    assert.deepEqual(
      problems.map((problem) => problem.replace(/^.*: (.*) is not obeyed$/, "$1")),
      [
        "spec.http[0].match[0].sourceLabels",
        "spec.tcp",
        "spec.http[0].headers.request.set",
        "spec.http[0].match[0].uri.regex",
        "spec.trafficPolicy.outlierDetection",
        "spec.trafficPolicy.tls.mode",
        "spec.servers[0].tls",
        "spec.servers[0].port.protocol",
      ],
    );
  });
  it("is nothing of what is obeyed", () => {
    const tls = { trafficPolicy: { tls: { mode: "ISTIO_MUTUAL" } } };
    assert.deepEqual(
      aTable({ destinationRules: [object("DestinationRule", "one", { host: "one", ...tls })] }).problems,
      [],
    );
  });
});

describe("a duration", () => {
  it("is read as Go writes it", () =>
    assert.deepEqual(["1.5s", "1h2m", "100ms", "5", "", 3].map(millisOf), [
      1500,
      3_720_000,
      100,
      undefined,
      undefined,
      undefined,
    ]));
});

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { seconds } from "../../src/domain/time.ts";
import { specFields } from "../../src/resources/canarySchema.ts";
import { parseCanary } from "../../src/resources/parseCanary.ts";

const target = { apiVersion: "apps/v1", kind: "Deployment", name: "podinfo" };
const service = { port: 9898 };

const canary = (spec: object) => ({
  apiVersion: "flagger.app/v1beta1",
  kind: "Canary",
  metadata: { name: "podinfo", namespace: "shop" },
  spec: { targetRef: target, service, analysis: {}, ...spec },
});

const steps = (analysis: object) => parseCanary(canary({ analysis })).spec?.analysis.strategy.stepWeights;
const metrics = (...list: object[]) => parseCanary(canary({ analysis: { metrics: list } })).spec?.analysis.metrics;
const refusedAt = (spec: object) => parseCanary(canary(spec)).refusals.map(({ path }) => path);

describe("defaults", () => {
  it("a target, a port and an empty analysis are a whole spec", () => {
    assert.deepEqual(parseCanary(canary({})), {
      spec: {
        provider: undefined,
        metricsServer: undefined,
        target,
        service: {
          name: "podinfo",
          port: 9898,
          portName: "http",
          targetPort: 9898,
          appProtocol: undefined,
          portDiscovery: false,
          headless: false,
          trafficDistribution: undefined,
          hosts: [],
          gateways: [],
          delegation: false,
          match: [],
          rewrite: undefined,
          retries: undefined,
          timeout: undefined,
          headers: undefined,
          corsPolicy: undefined,
          trafficPolicy: undefined,
          apex: undefined,
          primary: undefined,
          canary: undefined,
          unmanagedLabels: [],
          unmanagedAnnotations: [],
        },
        analysis: {
          strategy: { kind: "weighted", stepWeights: [10, 50, 100], promotionStepWeight: 0 },
          interval: seconds(60),
          threshold: 1,
          primaryReadyThresholdPercent: 100,
          canaryReadyThresholdPercent: 100,
          metrics: [],
        },
        progressDeadline: seconds(600),
        skipAnalysis: false,
        revertOnDeletion: false,
        suspend: false,
      },
      refusals: [],
      status: parseCanary({}).status,
    });
  });

  it("null and the empty text mean not set", () => {
    const empty = { provider: "", metricsServer: "", service: { ...service, name: "", portName: "", appProtocol: "" } };
    const nulls = { autoscalerRef: null, analysis: { interval: null, stepWeights: null, webhooks: null } };
    assert.deepEqual(parseCanary(canary({ ...empty, ...nulls })), parseCanary(canary({})));
  });

  for (const [targetPort, means] of [
    [undefined, 9898],
    [0, 9898],
    ["", 9898],
    [8080, 8080],
    ["8080", 8080],
    ["web", "web"],
  ] as const) {
    it(`targetPort ${JSON.stringify(targetPort)} means ${means}`, () => {
      assert.equal(parseCanary(canary({ service: { ...service, targetPort } })).spec?.service.targetPort, means);
    });
  }

  for (const [interval, means] of [
    ["500ms", 1],
    ["0s", 1],
    ["1s", 1],
    ["5s", 5],
    ["1m30s", 90],
    ["1h", 3600],
  ] as const) {
    it(`the interval ${interval} means ${means} s`, () => {
      assert.equal(parseCanary(canary({ analysis: { interval } })).spec?.analysis.interval, seconds(means));
    });
  }

  it("a threshold of 0 means 1", () => {
    assert.equal(parseCanary(canary({ analysis: { threshold: 0 } })).spec?.analysis.threshold, 1);
  });
});

describe("steps", () => {
  const table: readonly (readonly [object, readonly number[]])[] = [
    [{}, [10, 50, 100]],
    [{ stepWeight: 20, maxWeight: 50 }, [20, 40, 60]],
    [{ stepWeight: 50, maxWeight: 100 }, [50, 100]],
    [{ stepWeight: 10, maxWeight: 50 }, [10, 20, 30, 40, 50]],
    [{ stepWeight: 30 }, [30, 60, 90, 100]],
    [{ stepWeight: 40, maxWeight: 0 }, [40, 80, 100]],
    [{ stepWeight: 250 }, [100]],
    [{ stepWeights: [1, 2, 10, 80] }, [1, 2, 10, 80]],
    [{ stepWeights: [1, 2, 10, 200] }, [1, 2, 10, 100]],
    [{ stepWeights: [10, 100, 100] }, [10, 100]],
    [{ stepWeights: [10, 150, 200], maxWeight: 30 }, [10, 100]],
  ];
  for (const [analysis, expected] of table) {
    it(`${JSON.stringify(analysis)} means ${expected.join(", ")}`, () => assert.deepEqual(steps(analysis), expected));
  }

  it("always ascend within 1 to 100", () => {
    const given = fc.record({
      stepWeight: fc.integer({ min: 1, max: 300 }),
      maxWeight: fc.integer({ min: 0, max: 100 }),
    });
    fc.assert(
      fc.property(given, (analysis) => {
        const weights = steps(analysis) ?? [];
        assert.ok(weights.length > 0);
        assert.ok(weights.every((weight, at) => weight <= 100 && weight > (weights[at - 1] ?? 0)));
      }),
    );
  });
});

describe("metrics", () => {
  it("a threshold is a minimum for the success rate and a maximum for all others; a range wins", () => {
    const list = metrics(
      { name: "request-success-rate", threshold: 99 },
      { name: "request-duration", threshold: 500 },
      { name: "errors", query: "q", threshold: 2.5 },
      { name: "ranged", query: "q", threshold: 1, thresholdRange: { min: 3 } },
    );
    assert.deepEqual(
      list?.map(({ bounds }) => bounds),
      [
        { min: 99, max: undefined },
        { min: undefined, max: 500 },
        { min: undefined, max: 2.5 },
        { min: 3, max: undefined },
      ],
    );
  });

  it("without a threshold the bound is 0", () => {
    const list = metrics({ name: "request-success-rate" }, { name: "errors", query: "q" });
    assert.deepEqual(
      list?.map(({ bounds }) => bounds),
      [
        { min: 0, max: undefined },
        { min: undefined, max: 0 },
      ],
    );
  });

  it("builtins and queries come before templates, and one entry may be both", () => {
    const templateRef = { name: "t" };
    const list = metrics(
      { name: "request-duration", templateRef },
      { name: "own", query: "q", templateRef: { name: "u", namespace: "mesh" }, templateVariables: { a: "b" } },
    );
    assert.deepEqual(
      list?.map(({ name, path, source }) => [name, path.slice(-3), source]),
      [
        ["request-duration", "[0]", { kind: "builtin", name: "request-duration" }],
        ["own", "[1]", { kind: "query", query: "q" }],
        ["request-duration#2", "[0]", { kind: "template", name: "t", namespace: "shop", variables: {} }],
        ["own#2", "[1]", { kind: "template", name: "u", namespace: "mesh", variables: { a: "b" } }],
      ],
    );
  });

  it("builtins and queries look back a minute; a template only as far as it says", () => {
    const list = metrics(
      { name: "request-duration" },
      { name: "q", query: "q", interval: "2m" },
      { name: "t", templateRef: { name: "t" } },
    );
    assert.deepEqual(
      list?.map(({ interval }) => interval),
      [seconds(60), seconds(120), undefined],
    );
  });

  it("one that cannot be measured blocks, with its place in the list", () => {
    const given = {
      analysis: { metrics: [{ name: "request-duration" }, { name: "a", query: "q" }, { name: "b", query: "" }] },
    };
    assert.deepEqual(refusedAt(given), ["spec.analysis.metrics[2]"]);
  });
});

describe("a status that says that the Canary is being deleted", () => {
  const status = { phase: "Terminating", stage: "GivingBack", canaryWeight: 40, lastPromotedSpec: "v1-a" };

  it("is believed while the API server says so too", () => {
    const deleted = { ...canary({}), metadata: { deletionTimestamp: "2026-01-01T00:00:00Z" }, status };
    assert.equal(parseCanary(deleted).status.phase.name, "GivingBack");
  });

  it("is nonsense otherwise: what was promoted goes on being served", () => {
    const { phase, canaryWeight, lastPromotedRevision } = parseCanary({ ...canary({}), status }).status;
    assert.deepEqual(phase, { name: "Steady", outcome: "Succeeded" });
    assert.deepEqual([canaryWeight, lastPromotedRevision], [0, "v1-a"]);
    const { lastPromotedSpec: _, ...never } = status;
    assert.deepEqual(parseCanary({ ...canary({}), status: never }).status.phase, { name: "New" });
  });
});

describe("what Istio is given", () => {
  const route = {
    match: [
      {
        name: "all",
        uri: { prefix: "/" },
        scheme: { exact: "http" },
        method: { regex: "GET|HEAD" },
        authority: { exact: "web.shop" },
        headers: { "x-user": { exact: "" }, "x-any": {} },
        withoutHeaders: { "x-internal": { prefix: "y" } },
        queryParams: { page: { exact: "1" } },
        port: 80,
        sourceLabels: { app: "web" },
        sourceNamespace: "shop",
        gateways: ["mesh"],
        ignoreUriCase: true,
      },
    ],
    timeout: "15s",
    rewrite: { uri: "/", authority: "web.shop" },
    retries: { attempts: 0, perTryTimeout: "1s", retryOn: "5xx" },
    headers: { request: { set: { "x-empty": "" } } },
    corsPolicy: {
      allowOrigins: [{ exact: "" }, { regex: ".*" }],
      allowOrigin: ["*"],
      allowMethods: ["GET"],
      allowHeaders: ["x"],
      exposeHeaders: ["y"],
      maxAge: "24h",
      allowCredentials: false,
    },
    trafficPolicy: {
      connectionPool: {
        http: {
          h2UpgradePolicy: "UPGRADE",
          http1MaxPendingRequests: 1,
          http2MaxRequests: 2,
          idleTimeout: "1m",
          maxRequestsPerConnection: 3,
          maxRetries: 0,
        },
      },
      loadBalancer: {
        consistentHash: { httpCookie: { name: "user", ttl: "0s" }, minimumRingSize: 1024 },
        localityLbSetting: {
          enabled: true,
          distribute: [{ from: "a", to: { b: 100 } }],
          failover: [{ from: "a", to: "b" }],
        },
        warmupDurationSecs: "10s",
      },
      outlierDetection: { consecutive5xxErrors: 0, interval: "10s", baseEjectionTime: "30s" },
      tls: { mode: "ISTIO_MUTUAL", subjectAltNames: [""] },
    },
  };
  const parsed = (given: object) => {
    const spec = parseCanary(canary({ service: { ...service, ...given } })).spec?.service;
    assert.ok(spec !== undefined);
    const { match, timeout, rewrite, retries, headers, corsPolicy, trafficPolicy } = spec;
    return { match, timeout, rewrite, retries, headers, corsPolicy, trafficPolicy };
  };

  it("is what was written", () => assert.deepEqual(parsed(route), route));

  it("has no empty settings, as Flagger writes none: Istio would refuse them", () => {
    const { loadBalancer } = route.trafficPolicy;
    const { httpCookie, minimumRingSize } = loadBalancer.consistentHash;
    const empty = {
      ...route,
      timeout: "",
      retries: { ...route.retries, perTryTimeout: "", retryOn: "" },
      corsPolicy: { ...route.corsPolicy, maxAge: "" },
      trafficPolicy: {
        ...route.trafficPolicy,
        loadBalancer: { ...loadBalancer, consistentHash: { httpCookie: { ...httpCookie, path: "" }, minimumRingSize } },
        outlierDetection: { ...route.trafficPolicy.outlierDetection, interval: "" },
      },
    };
    const { maxAge: _age, ...corsPolicy } = route.corsPolicy;
    const { interval: _interval, ...outlierDetection } = route.trafficPolicy.outlierDetection;
    assert.deepEqual(parsed(empty), {
      ...route,
      timeout: undefined,
      retries: { attempts: 0 },
      corsPolicy,
      trafficPolicy: { ...route.trafficPolicy, outlierDetection },
    });
  });
});

describe("what is wrong or not supported", () => {
  it("is refused field by field, and the rest is still read", () => {
    const parsed = parseCanary(
      canary({
        provider: "ambient",
        progressDeadlineSeconds: 60.5,
        service: { ...service, appProtocol: "TCP", meshName: "m", backends: ["b"] },
        analysis: { interval: "1minute", stepWeights: [20, 40], alerts: [{ name: "a", providerRef: { name: "p" } }] },
        canaryAnalysis: {},
      }),
    );
    assert.deepEqual(
      parsed.refusals.map(({ path, reason, severity }) => `${path} ${reason} ${severity}`),
      [
        "spec.provider UnknownProvider blocking",
        "spec.canaryAnalysis NotSupported blocking",
        "spec.service.appProtocol NotSupported blocking",
        "spec.service.meshName NotSupported blocking",
        "spec.service.backends NotSupported blocking",
        "spec.analysis.alerts NotSupported advisory",
        "spec.progressDeadlineSeconds InvalidSpec blocking",
        "spec.analysis.interval InvalidSpec blocking",
      ],
    );
    assert.equal(parsed.spec?.provider, "ambient");
    assert.deepEqual(parsed.spec?.analysis.strategy.stepWeights, [20, 40]);
    assert.equal(parsed.spec?.progressDeadline, seconds(600));
  });

  for (const ref of ["ingressRef", "routeRef", "upstreamRef", "autoscalerRef"]) {
    it(`spec.${ref} is not supported, whatever is in it`, () =>
      assert.ok(refusedAt({ [ref]: {} }).includes(`spec.${ref}`)));
  }

  it("a metricsServer that nothing can be asked at is refused where a metric would ask it", () => {
    const metricsServer = "prometheus:9090";
    const inline = { name: "errors", query: "up" };
    const templated = { name: "errors", templateRef: { name: "errors" } };
    assert.deepEqual(refusedAt({ metricsServer, analysis: { metrics: [templated, inline] } }), ["spec.metricsServer"]);
    assert.deepEqual(refusedAt({ metricsServer, analysis: { metrics: [templated] } }), []);
    assert.deepEqual(refusedAt({ metricsServer: "HTTPS://x/prometheus", analysis: { metrics: [inline] } }), []);
  });

  it("what is switched off is not refused", () => {
    const off = { mirror: false, mirrorWeight: 50, match: [], webhooks: [], alerts: [] };
    assert.deepEqual(
      refusedAt({ analysis: off, service: { ...service, mirror: [], gatewayRefs: [], backends: [] } }),
      [],
    );
  });

  it("without a target or a port there is no spec", () => {
    assert.equal(parseCanary(canary({ targetRef: undefined })).spec, undefined);
    assert.equal(parseCanary(canary({ service: {} })).spec, undefined);
    assert.deepEqual(refusedAt({ service: undefined }), ["spec.service.port"]);
    assert.deepEqual(refusedAt({ targetRef: { ...target, name: 5 } }), ["spec.targetRef.name"]);
  });

  it("a duration too long to reckon with is refused", () => {
    assert.deepEqual(refusedAt({ analysis: { interval: "9999999h" } }), ["spec.analysis.interval"]);
  });

  for (const [what, spec, path] of [
    ["a list", { analysis: { metrics: { length: [{ toString: {} }] } } }, "spec.analysis.metrics"],
    [
      "a list with a least length",
      { analysis: { stepWeights: { length: [{ toString: {} }] } } },
      "spec.analysis.stepWeights",
    ],
    ["a text", { analysis: { interval: { length: [{ toString: {} }] } } }, "spec.analysis.interval"],
    ["a list, which is long", { analysis: { metrics: { length: 1000 } } }, "spec.analysis.metrics"],
  ] as const) {
    it(`what stands in the place of ${what} is refused once, whatever it says of its length`, () =>
      assert.deepEqual(refusedAt(spec), [path]));
  }

  it("lists and texts that are too long or too short are told how long they may be", () => {
    const { refusals } = parseCanary(
      canary({
        service: { ...service, gatewayRefs: [{ name: "", sectionName: "a".repeat(254) }] },
        analysis: { stepWeights: [], metrics: Array(513).fill({ name: "request-success-rate" }) },
      }),
    );
    const told = refusals.map(({ path, message }) => `${path} ${message}`);
    assert.ok(told.includes("spec.analysis.stepWeights must not be empty"), told.join("; "));
    assert.ok(told.includes("spec.analysis.metrics must have at most 512 items"), told.join("; "));
    assert.ok(told.includes("spec.service.gatewayRefs[0].name must not be empty"), told.join("; "));
    assert.ok(
      told.includes("spec.service.gatewayRefs[0].sectionName must have at most 253 characters"),
      told.join("; "),
    );
  });

  it("fields that nobody knows are ignored", () => {
    assert.deepEqual(parseCanary(canary({ novelty: 1, analysis: { novelty: 2 } })), parseCanary(canary({})));
  });
});

describe("anything at all", () => {
  it("parses to a spec or to refusals", () => {
    fc.assert(
      fc.property(fc.anything(), (object) => {
        const { spec, refusals } = parseCanary(object);
        assert.ok(spec !== undefined || refusals.length > 0);
      }),
      { numRuns: 2000 },
    );
  });

  it("below a spec's own fields never throws, and what cannot be used is refused", () => {
    const fields = Object.fromEntries(
      Object.keys(specFields).map((name) => [name, fc.oneof(fc.anything(), fc.jsonValue())]),
    );
    fc.assert(
      fc.property(fc.record(fields, { requiredKeys: [] }), (spec) => {
        const parsed = parseCanary({ spec });
        assert.ok(parsed.refusals.every(({ path, message }) => path.startsWith("spec") && message.length > 0));
        if (parsed.spec === undefined) assert.ok(parsed.refusals.some(({ severity }) => severity === "blocking"));
      }),
      { numRuns: 1000 },
    );
  });

  it("survives an object deeper than any stack", () => {
    let deep: object = {};
    for (let level = 0; level < 100_000; level += 1) deep = { deep };
    assert.deepEqual(refusedAt({ deep, service: { ...service, deep } }), []);
  });
});

describe("what no schema refuses", () => {
  it("a target without a name is one that cannot be understood", () => {
    const parsed = parseCanary(canary({ targetRef: { ...target, name: "" } }));
    assert.equal(parsed.spec, undefined);
    assert.deepEqual(
      parsed.refusals.map(({ path, message }) => `${path} ${message}`),
      ["spec.targetRef.name is empty: write the name of the workload"],
    );
  });

  it("a name that would be left out in silence is refused", () => {
    const headers = JSON.parse('{"request":{"set":{"__proto__":"x","a":"b"}}}') as object;
    assert.deepEqual(refusedAt({ service: { ...service, headers } }), ["spec.service.headers.request.set.__proto__"]);
  });

  it("an object that says by itself what it is as text is refused like any other", () => {
    assert.deepEqual(refusedAt({ service: { ...service, appProtocol: { toString: null } } }), [
      "spec.service.appProtocol",
    ]);
  });
});

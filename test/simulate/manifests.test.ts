import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { pathAtStart, sourcesIn, stepsIn } from "../../src/cli/simulate/manifests.ts";
import { readYaml } from "../../src/cli/simulate/yamlFile.ts";
import { canaryYaml, reportOn, run } from "./run.ts";

const valuesIn = (text: string): readonly unknown[] => {
  const read = readYaml(text);
  assert.ok("documents" in read);
  return read.documents.map(({ value }) => value);
};

describe("YAML as kubectl reads it", () => {
  it("many documents, empty ones, JSON", () => {
    assert.deepEqual(valuesIn("a: 1\n---\n---\n# nothing\n---\nb: 2\n"), [{ a: 1 }, undefined, undefined, { b: 2 }]);
    assert.deepEqual(valuesIn('{\n\t"a": [1, "x"]\n}'), [{ a: [1, "x"] }]);
    assert.deepEqual(valuesIn(""), []);
  });
  it("words for yes and no; dates, times and versions stay texts", () => {
    assert.deepEqual(valuesIn("[yes, off, true, 2026-01-01, 12:30, 1.2.3, 010]"), [
      [true, false, true, "2026-01-01", "12:30", "1.2.3", 8],
    ]);
  });
  it("anchors and merge keys", () => {
    assert.deepEqual(valuesIn("base: &b { x: 1 }\nmine: { <<: *b, z: 2 }"), [{ base: { x: 1 }, mine: { x: 1, z: 2 } }]);
  });
  it("is no bomb", () => {
    const levels = Array.from(
      { length: 12 },
      (_, at) => `l${at}: &l${at} [${`*l${at - 1},`.repeat(at === 0 ? 0 : 9)}1]`,
    );
    const read = readYaml(levels.join("\n"));
    assert.ok("fault" in read);
  });
});

describe("places in manifests", () => {
  const [, list] = sourcesIn(
    "f.yaml",
    "apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: Secret, metadata: {name: a}}\n- apiVersion: v1\n  kind: ConfigMap\n  metadata:\n    name: b\n  data:\n    x: y\n",
  );
  it("are lines of the file, also in a list", () => {
    assert.equal(list?.manifest.metadata.name, "b");
    assert.deepEqual(
      [list?.placeOf("data.x"), list?.placeOf("data.nothing"), list?.placeOf(undefined)],
      [10, 10, 5].map((line) => ({ file: "f.yaml", line })),
    );
  });
  it("are read from paths, and found at the beginning of sentences", () => {
    assert.deepEqual(stepsIn("spec.analysis.metrics[2].name"), ["spec", "analysis", "metrics", 2, "name"]);
    assert.equal(
      pathAtStart("spec.analysis.metrics[0].templateRef: MetricTemplate"),
      "spec.analysis.metrics[0].templateRef",
    );
    assert.equal(pathAtStart("metrics are missing"), undefined);
  });
});

const OBJECTS = `apiVersion: v1
kind: List
items:
- apiVersion: flagger.app/v1beta1
  kind: MetricTemplate
  metadata: { name: error-rate, namespace: shop }
  spec:
    provider: { type: prometheus, address: "http://prometheus:9090", secretRef: { name: login } }
    query: |
      100 - sum(rate(istio_requests_total{destination_workload=~"{{ target }}",response_code!~"5.*"}[{{ interval }}]))
        / sum(rate(istio_requests_total{destination_workload=~"{{ target }}"}[{{ interval }}])) * 100
- apiVersion: apps/v1
  kind: Deployment
  metadata: { name: web, namespace: shop }
  spec:
    replicas: 3
    selector: { matchLabels: { app: web } }
    template:
      metadata: { labels: { app: web } }
      spec:
        containers:
        - name: web
          image: registry.example:5000/web@sha256:0123
          env: [{ name: VERSION, value: "1" }, { name: ERROR_PERCENT, value: "100" }]
          envFrom: [{ configMapRef: { name: settings } }, { secretRef: { name: maybe, optional: true } }]
          ports: [{ containerPort: 8080, name: http-web }]
- apiVersion: autoscaling/v2
  kind: HorizontalPodAutoscaler
  metadata: { name: web, namespace: shop }
`;

const web = (changes: Readonly<Record<string, string>> = {}): string =>
  `${OBJECTS}---\n${canaryYaml({
    targetRef: "targetRef: { apiVersion: apps/v1, kind: Deployment, name: web }",
    "port:": "port: 80\ntargetPort: http-web",
    "- name: request-success-rate": "- name: errors\n  templateRef: { name: error-rate }",
    "thresholdRange:": "thresholdRange: { max: 1 }",
    ...changes,
  })}`;

const words = ["--runs", "1", "--scrape", "5", "--errors", "30"];

describe("a person's own objects", () => {
  it("are run as they are: their Deployment, their template, their query", async () => {
    const report = await reportOn(web(), ...words);
    assert.deepEqual(
      report.stories.map(({ end }) => end),
      ["promoted", "rolled back"],
    );
    assert.match(report.stories[1]?.reason ?? "", /errors \d+\.\d+ > 1/);
    const assumed = report.assumptions.join("\n");
    for (const said of [
      /ConfigMap settings/,
      /Secret login of MetricTemplate error-rate/,
      /HorizontalPodAutoscaler web is passed over/,
    ])
      assert.match(assumed, said);
    assert.doesNotMatch(assumed, /Deployment web|maybe/);
  });

  it("are reached as the Canary lets users in", async () => {
    const gateways = web({
      "port:":
        'port: 80\ntargetPort: http-web\ngateways: [public.istio-system.svc.cluster.local, mesh]\nhosts: ["*.example.com"]\nmatch: [{ uri: { regex: "^/x" } }, { uri: { prefix: /api }, headers: { x-user: { exact: a } } }]',
    });
    const delegated = web({ "port:": "port: 80\ntargetPort: http-web\ndelegation: true" });
    for (const [manifest, said] of [
      [gateways, /ask for www\.example\.com[\s\S]*spec\.service\.match: users ask for GET \/api/],
      [delegated, /VirtualService that delegates is not in the files/],
    ] as const) {
      const report = await reportOn(manifest, ...words, "--scenario", "good");
      const [story] = report.stories;
      assert.match(report.assumptions.join("\n"), said);
      assert.equal(story?.end, "promoted");
      assert.ok((story?.requests.byNew ?? 0) > 100);
      assert.equal(story?.requests.lost, 0);
    }
  });

  it("may ask for what no mesh exports: it is said, and taken to pass", async () => {
    const report = await reportOn(
      web({
        "- name: request-success-rate":
          '- name: queue\n  query: "max(queue_length{app=\\"{{ target }}\\"}[{{ interval }}])"\n  interval: 20s',
      }).replace("max(queue_length", "max_over_time(queue_length"),
      ...words,
      "--scenario",
      "good",
    );
    assert.match(
      report.assumptions.join("\n"),
      /spec\.analysis\.metrics\[0\] \(queue\) cannot be simulated: its query asks for queue_length, .*taken to pass/,
    );
    assert.equal(report.stories[0]?.end, "promoted");
    assert.equal(report.causes.find(({ id }) => id === "not-simulated")?.path, "spec.analysis.metrics[0]");
    assert.match(
      report.stories[0]?.timeline.find(({ kind }) => kind === "verdict")?.sentence ?? "",
      /^queue \(not simulated\)$/,
    );
  });

  it("with a field that does not exist: it is told where", async () => {
    const report = await reportOn(canaryYaml({ "threshold:": "treshold: 2" }), ...words, "--scenario", "good");
    assert.match(
      report.warnings.join("\n"),
      /^stdin:13: spec\.analysis\.treshold: is no field that the API server knows/,
    );
  });

  it("with alerts: told as the controller tells it", async () => {
    const manifest = canaryYaml({ "threshold:": "threshold: 2\nalerts: [{ name: a, providerRef: { name: slack } }]" });
    const { stdout } = await run(manifest, ...words, "--scenario", "good");
    assert.match(stdout, /Warnings\n\n {2}- spec\.analysis\.alerts: alerts are not sent yet/);
  });

  it("one of several Canaries is named", async () => {
    const both = `${canaryYaml()}---\n${canaryYaml({ "name: podinfo": "name: other" })}`;
    const report = await reportOn(both, "--canary", "shop/other", ...words, "--scenario", "good");
    assert.equal(report.canary, "shop/other");
  });
});

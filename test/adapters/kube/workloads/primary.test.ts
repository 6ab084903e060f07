import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { selectorLabelOf } from "../../../../src/adapters/kube/workloads/labels.ts";
import {
  type PrimarySource,
  renderPrimary,
  runsSameTemplate,
} from "../../../../src/adapters/kube/workloads/primary.ts";
import { copyId, revisionOf } from "../../../../src/adapters/kube/workloads/revision.ts";
import type { ClusterObject } from "../../../../src/control/ports.ts";
import { isForeignRevision } from "../../../../src/domain/status.ts";
import { aDeployment } from "./aDeployment.ts";

const rules = { selectorLabels: ["app", "name", "app.kubernetes.io/name"], includeLabelPrefixes: ["team/"] };
const owner = { apiVersion: "flagger.app/v1beta1", kind: "Canary", name: "web", uid: "c1", controller: true };

function sourceOf(target: ClusterObject, more: Partial<PrimarySource> = {}): PrimarySource {
  const label = selectorLabelOf(target, rules);
  assert.ok(label);
  return {
    target,
    label,
    live: undefined,
    owner,
    revision: "v1-x",
    copyId: "v1-x-y",
    rename: ({ name }) => name,
    ...more,
  };
}

const render = (target: ClusterObject, more: Partial<PrimarySource> = {}) =>
  renderPrimary(sourceOf(target, more), rules);

type Pod = { readonly metadata: Record<string, unknown>; readonly spec: Record<string, unknown> };
const templateOf = (primary: ClusterObject) => (primary["spec"] as { template: Pod }).template;

suite("the primary", () => {
  test("is the target under another name and label", () => {
    const target = aDeployment({
      metadata: {
        labels: { app: "web", "team/name": "birds", "kustomize.toolkit.fluxcd.io/name": "x" },
        annotations: {
          note: "kept",
          "kubectl.kubernetes.io/last-applied-configuration": "{}",
          "deployment.kubernetes.io/revision": "7",
          "argocd.argoproj.io/tracking-id": "a",
          "meta.helm.sh/release-name": "r",
          "kustomize.toolkit.fluxcd.io/ssa": "merge",
        },
        ownerReferences: [{ uid: "not-copied" }],
      },
      spec: { progressDeadlineSeconds: 60, minReadySeconds: 0, revisionHistoryLimit: 3, paused: true },
      template: {
        labels: { app: "web", version: "1", "toolkit.fluxcd.io/x": "y" },
        annotations: { scrape: "true", "x.toolkit.fluxcd.io/y": "z" },
      },
    });
    assert.deepEqual(render(target), {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: {
        name: "web-primary",
        namespace: "shop",
        labels: { "team/name": "birds", app: "web-primary" },
        annotations: { note: "kept", "serin.dev/revision": "v1-x" },
        ownerReferences: [owner],
      },
      spec: {
        progressDeadlineSeconds: 60,
        minReadySeconds: 0,
        revisionHistoryLimit: 3,
        strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
        replicas: 2,
        selector: { matchLabels: { app: "web-primary" } },
        template: {
          metadata: {
            labels: { app: "web-primary", version: "1" },
            annotations: { scrape: "true", "flagger-id": "v1-x-y" },
          },
          spec: { containers: [{ name: "web", image: "web:1" }] },
        },
      },
    });
  });

  const REPLICAS: readonly (readonly [string, number, number | undefined, number])[] = [
    ["as many as the target has", 5, 3, 5],
    ["its own number while the target has none", 0, 3, 3],
    ["one where there is nothing to go by", 0, undefined, 1],
    ["none if it was scaled to none by hand", 0, 0, 0],
  ];
  for (const [what, target, live, wanted] of REPLICAS) {
    test(`has ${what}`, () => {
      const primary = live === undefined ? undefined : aDeployment({ name: "web-primary", spec: { replicas: live } });
      const spec = render(aDeployment({ spec: { replicas: target } }), { live: primary })["spec"];
      assert.equal((spec as { replicas: number }).replicas, wanted);
    });
  }

  test("is labelled by the label's value, not by the target's name", () => {
    const matchLabels = { tier: "a", "app.kubernetes.io/name": "shopfront" };
    const primary = render(aDeployment({ spec: { selector: { matchLabels } } }));
    assert.deepEqual((primary["spec"] as Record<string, unknown>)["selector"], {
      matchLabels: { "app.kubernetes.io/name": "shopfront-primary" },
    });
  });

  test("mentions its own copies of configs in every place where the target mentions configs", () => {
    const configMap = { name: "conf" };
    const pod = {
      volumes: [
        { name: "a", configMap: { name: "conf", optional: true } },
        { name: "b", secret: { secretName: "token" } },
        { name: "c", projected: { sources: [{ configMap }, { secret: { name: "token" } }, { downwardAPI: {} }] } },
        { name: "d", csi: { nodePublishSecretRef: { name: "token" } } },
      ],
      imagePullSecrets: [{ name: "token" }],
      initContainers: [
        { name: "init", envFrom: [{ prefix: "P_", configMapRef: configMap }, { secretRef: { name: "token" } }] },
      ],
      containers: [
        {
          name: "web",
          env: [
            { name: "A", valueFrom: { configMapKeyRef: { name: "conf", key: "a" } } },
            { name: "B", valueFrom: { secretKeyRef: { name: "token", key: "b" } } },
            { name: "C", value: "conf" },
            { name: "D", valueFrom: { configMapKeyRef: { name: "untracked", key: "d" } } },
          ],
        },
      ],
    };
    const rename: PrimarySource["rename"] = ({ name }) => (name === "untracked" ? name : `${name}-primary`);
    assert.deepEqual(templateOf(render(aDeployment({ pod }), { rename })).spec, {
      volumes: [
        { name: "a", configMap: { name: "conf-primary", optional: true } },
        { name: "b", secret: { secretName: "token-primary" } },
        {
          name: "c",
          projected: {
            sources: [
              { configMap: { name: "conf-primary" } },
              { secret: { name: "token-primary" } },
              { downwardAPI: {} },
            ],
          },
        },
        { name: "d", csi: { nodePublishSecretRef: { name: "token" } } },
      ],
      imagePullSecrets: [{ name: "token" }],
      initContainers: [
        {
          name: "init",
          envFrom: [{ prefix: "P_", configMapRef: { name: "conf-primary" } }, { secretRef: { name: "token-primary" } }],
        },
      ],
      containers: [
        {
          name: "web",
          env: [
            { name: "A", valueFrom: { configMapKeyRef: { name: "conf-primary", key: "a" } } },
            { name: "B", valueFrom: { secretKeyRef: { name: "token-primary", key: "b" } } },
            { name: "C", value: "conf" },
            { name: "D", valueFrom: { configMapKeyRef: { name: "untracked", key: "d" } } },
          ],
        },
      ],
    });
  });

  test("keeps apart from itself where the target keeps apart from itself", () => {
    const apart = (value: string) => ({
      topologyKey: "host",
      labelSelector: { matchLabels: { app: value, other: "web" } },
    });
    const among = (...values: readonly string[]) => ({
      labelSelector: {
        matchExpressions: [
          { key: "app", operator: "In", values },
          { key: "x", operator: "In", values: ["web"] },
        ],
      },
    });
    const rulesFor = (name: string) => ({
      affinity: {
        nodeAffinity: {},
        podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [apart("web")] },
        podAntiAffinity: {
          preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1, podAffinityTerm: among("db", name, "web") }],
          requiredDuringSchedulingIgnoredDuringExecution: [apart(name), apart("db"), { topologyKey: "zone" }],
        },
      },
      topologySpreadConstraints: [
        { maxSkew: 1, ...apart(name) },
        { maxSkew: 2, ...among(name) },
      ],
    });
    const { containers: _, ...spec } = templateOf(render(aDeployment({ pod: rulesFor("web") }))).spec;
    assert.deepEqual(spec, rulesFor("web-primary"));
  });

  test("has no entries that server-side apply refuses as duplicates", () => {
    const containers = [
      {
        name: "web",
        env: [
          { name: "A", value: "1" },
          { name: "B", value: "2" },
          { name: "A", value: "3" },
        ],
        ports: [
          { name: "http", containerPort: 80 },
          { name: "again", containerPort: 80, protocol: "TCP" },
          { containerPort: 80, protocol: "UDP" },
        ],
      },
    ];
    assert.deepEqual(templateOf(render(aDeployment({ pod: { containers } }))).spec["containers"], [
      {
        name: "web",
        env: [
          { name: "B", value: "2" },
          { name: "A", value: "3" },
        ],
        ports: [
          { name: "http", containerPort: 80 },
          { containerPort: 80, protocol: "UDP" },
        ],
      },
    ]);
  });
});

suite("which labels are copied", () => {
  const labels = { a: "1", "team/x": "2", "toolkit.fluxcd.io/y": "3" };
  const PREFIXES: readonly (readonly [string, readonly string[], Readonly<Record<string, string>>])[] = [
    ["none by default", [""], {}],
    ["all but Flux's own with a star", ["*"], { a: "1", "team/x": "2" }],
    ["those with a prefix", ["team/", "b"], { "team/x": "2" }],
  ];
  for (const [what, includeLabelPrefixes, wanted] of PREFIXES) {
    test(what, () => {
      const primary = renderPrimary(sourceOf(aDeployment({ metadata: { labels } })), {
        ...rules,
        includeLabelPrefixes,
      });
      assert.deepEqual(primary.metadata.labels, { ...wanted, app: "web-primary" });
    });
  }
});

suite("whether a primary runs what the target asks for", () => {
  const pod = {
    volumes: [{ name: "a", configMap: { name: "conf" } }],
    containers: [{ name: "web", image: "web:1", env: [{ name: "A", value: "1" }] }],
  };
  const target = aDeployment({ pod });
  const label = { key: "app", value: "web" };
  const asServed = (
    primary: ClusterObject,
    change: (template: Pod) => object = (template) => template,
  ): ClusterObject => {
    const template = templateOf(primary);
    const served = { ...template, metadata: { creationTimestamp: null, ...template.metadata } };
    return { ...primary, spec: { ...(primary["spec"] as object), template: change(served) } };
  };
  const rename: PrimarySource["rename"] = ({ name }) => `${name}-primary`;

  test("it does, whatever its pods were called and whether configs had copies", () => {
    for (const more of [{}, { rename }, { copyId: "0b6c5a0e-uuid" }]) {
      assert.equal(runsSameTemplate({ target, primary: asServed(render(target, more)), label }, rules), true);
    }
  });

  test("it does not with another image, config, annotation or label", () => {
    const differs = (change: (template: Pod) => object) =>
      runsSameTemplate({ target, primary: asServed(render(target, { rename }), change), label }, rules);
    assert.equal(
      differs((t) => ({ ...t, spec: { ...t.spec, containers: [{ name: "web", image: "web:2" }] } })),
      false,
    );
    assert.equal(
      differs((t) => ({ ...t, spec: { ...t.spec, volumes: [{ name: "a", configMap: { name: "b" } }] } })),
      false,
    );
    assert.equal(
      differs((t) => ({ ...t, metadata: { ...t.metadata, annotations: { restartedAt: "now" } } })),
      false,
    );
    assert.equal(
      differs((t) => ({ ...t, metadata: { ...t.metadata, labels: { app: "web-primary", v: "2" } } })),
      false,
    );
  });
});

suite("revisions", () => {
  test("name the template and nothing else, in a form that is not Flagger's", () => {
    const plain = revisionOf(aDeployment());
    assert.match(plain, /^v1-[0-9a-f]{16}$/);
    assert.equal(isForeignRevision(plain), false);
    assert.equal(revisionOf(aDeployment({ spec: { replicas: 9, strategy: {} }, metadata: { labels: {} } })), plain);
    assert.notEqual(revisionOf(aDeployment({ template: { annotations: { restartedAt: "now" } } })), plain);
    assert.notEqual(revisionOf(aDeployment({ pod: { nodeSelector: {} } })), plain);
  });

  test("do not depend on the order of fields", () => {
    const one = aDeployment({ pod: { nodeSelector: { a: "1", b: "2" } } });
    const other = aDeployment({ pod: { nodeSelector: { b: "2", a: "1" } } });
    assert.equal(revisionOf(one), revisionOf(other));
  });

  test("a copy is named by its revision and its configs", () => {
    assert.equal(copyId("v1-a", undefined), "v1-a");
    assert.equal(copyId("v1-a", {}), "v1-a");
    const one = copyId("v1-a", { "configmap/a": "1", "secret/b": "2" });
    assert.match(one, /^v1-a-[0-9a-f]{8}$/);
    assert.equal(copyId("v1-a", { "secret/b": "2", "configmap/a": "1" }), one);
    assert.notEqual(copyId("v1-a", { "configmap/a": "2", "secret/b": "2" }), one);
  });
});

test("entries that say by themselves what they are as text are kept as they are", () => {
  const odd = [{ name: { toString: null } }, { name: { toString: 1 } }];
  const ports = [{ containerPort: [{ toString: true }] }, { containerPort: 80, protocol: { toString: null } }];
  const base = aDeployment();
  const spec = base["spec"] as { readonly template: object };
  const template = { ...spec.template, spec: { containers: [{ name: "web", env: odd, ports }] } };
  const primary = renderPrimary(sourceOf({ ...base, spec: { ...spec, template } }), rules);
  const rendered = (primary["spec"] as { readonly template: { readonly spec: object } }).template.spec;
  assert.deepEqual(rendered, { containers: [{ name: "web", env: odd, ports }] });
});

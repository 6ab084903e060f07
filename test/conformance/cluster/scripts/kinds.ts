import type { Script } from "../suite.ts";
import { aDeployment, apply, aWidget, core, deployments, get, patch, post, put, remove, widgets } from "./requests.ts";

const LEASES = (namespace: string): string => `/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases`;

/** What is special about single kinds, and kinds that are defined. */
export const KINDS: Readonly<Record<string, Script>> = {
  "scales are small": async ({ namespace, ask }) => {
    const path = deployments(namespace, "web");
    await ask("create", post(deployments(namespace), aDeployment("web", { replicas: 2 })));
    const scale = await ask("look", get(`${path}/scale`));
    await ask("replace", put(`${path}/scale`, { ...scale.body, spec: { replicas: 4 } }));
    await ask("replace an old one", put(`${path}/scale`, { ...scale.body, spec: { replicas: 5 } }));
    await ask("patch", patch(`${path}/scale`, "merge", { spec: { replicas: 0 } }));
    await ask("below none", patch(`${path}/scale`, "merge", { spec: { replicas: -1 } }));
    await ask("the deployment", get(path));
    await ask("what is not there", get(deployments(namespace, "none/scale")));
    await ask("a widget", post(widgets(namespace), aWidget("one")));
    await ask("its scale", get(`${widgets(namespace, "one")}/scale`));
    await ask("scale it", patch(`${widgets(namespace, "one")}/scale`, "merge", { spec: { replicas: 3 } }));
    await ask("the widget", get(widgets(namespace, "one")));
  },

  "leases have exact times": async ({ namespace, ask }) => {
    const lease = (spec: object): object => ({
      apiVersion: "coordination.k8s.io/v1",
      kind: "Lease",
      metadata: { name: "leader" },
      spec,
    });
    const path = LEASES(namespace);
    const made = await ask(
      "create",
      post(path, lease({ holderIdentity: "a", leaseDurationSeconds: 15, renewTime: "2026-01-01T00:00:00.123456Z" })),
    );
    await ask("too few digits", put(`${path}/leader`, lease({ renewTime: "2026-01-01T00:00:00Z" })));
    await ask("no version", put(`${path}/leader`, lease({ holderIdentity: "b" })));
    await ask(
      "renew",
      put(`${path}/leader`, {
        ...made.body,
        spec: { holderIdentity: "", leaseDurationSeconds: 1, renewTime: "2026-01-01T00:00:01.000000Z" },
      }),
    );
    await ask("renew an old one", put(`${path}/leader`, made.body));
    await ask("no duration at all", patch(`${path}/leader`, "merge", { spec: { leaseDurationSeconds: 0 } }));
    await ask("made by replacement", put(`${path}/other`, { ...lease({}), metadata: { name: "other" } }));
  },

  "events have two faces": async ({ namespace, ask }) => {
    const about = { apiVersion: "v1", kind: "ConfigMap", name: "x", namespace };
    const event = {
      metadata: { name: "x.1" },
      involvedObject: about,
      reason: "Synced",
      message: "hello",
      type: "Normal",
      source: { component: "suite" },
      reportingComponent: "suite",
      reportingInstance: "suite-1",
      firstTimestamp: "2026-01-01T00:00:00Z",
      lastTimestamp: "2026-01-01T00:00:00Z",
      count: 1,
    };
    const path = core(namespace, "events");
    await ask("create", post(path, event));
    await ask("the other face", get(`/apis/events.k8s.io/v1/namespaces/${namespace}/events/x.1`));
    await ask(
      "of another namespace",
      post(path, { ...event, metadata: { name: "x.2" }, involvedObject: { ...about, namespace: "default" } }),
    );
    await ask("count on", patch(`${path}/x.1`, "merge", { count: 2, lastTimestamp: "2026-01-01T00:00:05Z" }));
    await ask("by what it is about", get(path, { fieldSelector: "involvedObject.name=x,reason=Synced" }));
    await ask("by something else", get(path, { fieldSelector: "involvedObject.name=y" }));
    await ask(
      "a new one",
      post(`/apis/events.k8s.io/v1/namespaces/${namespace}/events`, {
        metadata: { name: "y.1" },
        regarding: about,
        reason: "Done",
        note: "fine",
        type: "Normal",
        action: "Act",
        reportingController: "suite",
        reportingInstance: "suite-1",
        eventTime: "2026-01-01T00:00:00.000000Z",
      }),
    );
    await ask("its first face", get(`${path}/y.1`));
  },

  "secrets keep bytes": async ({ namespace, ask }) => {
    const path = core(namespace, "secrets");
    await ask(
      "create",
      post(path, { metadata: { name: "one" }, stringData: { a: "hello", b: "" }, data: { c: "aGk=" } }),
    );
    await ask("no bytes", post(path, { metadata: { name: "two" }, data: { a: "not base64!" } }));
    await ask("another type", patch(`${path}/one`, "merge", { type: "other" }));
    await ask("frozen", patch(`${path}/one`, "merge", { immutable: true }));
    await ask("thaw", patch(`${path}/one`, "merge", { data: { a: "aGk=" } }));
  },

  "pods are filled in": async ({ namespace, ask }) => {
    const path = core(namespace, "pods");
    const container = {
      name: "app",
      image: "app",
      resources: { limits: { cpu: "0.5", memory: "1024Mi" }, requests: { cpu: "1e-1" } },
      ports: [{ containerPort: 80 }],
      livenessProbe: { tcpSocket: { port: 80 } },
      startupProbe: { httpGet: { port: "http" } },
    };
    await ask(
      "create",
      post(path, {
        metadata: { name: "one" },
        spec: { containers: [container], volumes: [{ name: "v" }, { name: "c", configMap: { name: "x" } }] },
      }),
    );
    await ask(
      "another image",
      patch(`${path}/one`, "strategic", { spec: { containers: [{ name: "app", image: "app:2" }] } }),
    );
    await ask(
      "another command",
      patch(`${path}/one`, "strategic", { spec: { containers: [{ name: "app", command: ["x"] }] } }),
    );
    await ask("status", patch(`${path}/one/status`, "merge", { status: { phase: "Running", podIP: "10.244.0.1" } }));
    await ask(
      "bind",
      post(`${path}/one/binding`, {
        apiVersion: "v1",
        kind: "Binding",
        metadata: { name: "one" },
        target: { kind: "Node", name: "node-1" },
      }),
    );
    await ask(
      "bind again",
      post(`${path}/one/binding`, {
        apiVersion: "v1",
        kind: "Binding",
        metadata: { name: "one" },
        target: { kind: "Node", name: "node-2" },
      }),
    );
    await ask("on that node", get(path, { fieldSelector: "spec.nodeName=node-1,status.phase=Running" }));
    await ask("remove", remove(`${path}/one`));
    await ask("remove sooner", remove(`${path}/one`, { gracePeriodSeconds: 5 }));
    await ask("remove now", remove(`${path}/one`, { gracePeriodSeconds: 0 }));
    await ask("look", get(`${path}/one`));
    await ask("no containers", post(path, { metadata: { name: "two" }, spec: { restartPolicy: "Maybe" } }));
    await ask(
      "a wrong quantity",
      post(path, {
        metadata: { name: "two" },
        spec: { containers: [{ name: "a", image: "b", resources: { limits: { cpu: "lots" } } }] },
      }),
    );
    await ask(
      "a probe of nothing",
      post(path, {
        metadata: { name: "two" },
        spec: {
          containers: [
            {
              name: "a",
              image: "b",
              readinessProbe: {},
              volumeMounts: [{ name: "none", mountPath: "/x" }],
              ports: [{ containerPort: 0 }],
            },
          ],
        },
      }),
    );
    await ask(
      "never placed",
      post(path, {
        metadata: { name: "three" },
        spec: { containers: [{ name: "a", image: "b@sha256:0" }], serviceAccountName: "robot" },
      }),
    );
    await ask("goes at once", remove(`${path}/three`));
  },

  "workloads are filled in": async ({ namespace, ask }) => {
    const { spec } = aDeployment("web") as { readonly spec: object };
    await ask(
      "a set of replicas",
      post(`/apis/apps/v1/namespaces/${namespace}/replicasets`, { metadata: { name: "web" }, spec }),
    );
    await ask(
      "a set of daemons",
      post(`/apis/apps/v1/namespaces/${namespace}/daemonsets`, { metadata: { name: "web" }, spec }),
    );
    await ask(
      "recreate",
      post(
        deployments(namespace),
        aDeployment("again", { strategy: { type: "Recreate" }, paused: false, minReadySeconds: 0 }),
      ),
    );
    await ask(
      "recreate with a share",
      patch(deployments(namespace, "again"), "merge", { spec: { strategy: { rollingUpdate: { maxSurge: 1 } } } }),
    );
    const target = { apiVersion: "apps/v1", kind: "Deployment", name: "web" };
    const path = `/apis/autoscaling/v2/namespaces/${namespace}/horizontalpodautoscalers`;
    await ask(
      "an autoscaler",
      post(path, { metadata: { name: "web" }, spec: { scaleTargetRef: target, maxReplicas: 3 } }),
    );
    await ask(
      "a wrong one",
      post(path, {
        metadata: { name: "wrong" },
        spec: { scaleTargetRef: { kind: "Deployment" }, minReplicas: 3, maxReplicas: 2 },
      }),
    );
    await ask("its older face", get(`/apis/autoscaling/v1/namespaces/${namespace}/horizontalpodautoscalers/web`));
    await ask(
      "an older one",
      post(`/apis/autoscaling/v1/namespaces/${namespace}/horizontalpodautoscalers`, {
        metadata: { name: "older" },
        spec: { scaleTargetRef: target, maxReplicas: 4, targetCPUUtilizationPercentage: 60 },
      }),
    );
    await ask("its newer face", get(`${path}/older`));
    await ask(
      "a budget",
      post(`/apis/policy/v1/namespaces/${namespace}/poddisruptionbudgets`, {
        metadata: { name: "web" },
        spec: { minAvailable: 1, selector: { matchLabels: { app: "web" } } },
      }),
    );
    await ask(
      "a slice",
      post(`/apis/discovery.k8s.io/v1/namespaces/${namespace}/endpointslices`, {
        metadata: { name: "web" },
        addressType: "IPv4",
        endpoints: [{ addresses: ["10.244.0.1"], conditions: { ready: true } }],
        ports: [{ port: 80, name: "" }],
      }),
    );
    await ask("an account", post(core(namespace, "serviceaccounts"), { metadata: { name: "robot" } }));
    await ask(
      "a role",
      post(`/apis/rbac.authorization.k8s.io/v1/namespaces/${namespace}/roles`, {
        metadata: { name: "reader" },
        rules: [{ apiGroups: [""], resources: ["pods"], verbs: ["get"] }],
      }),
    );
    await ask(
      "its binding",
      post(`/apis/rbac.authorization.k8s.io/v1/namespaces/${namespace}/rolebindings`, {
        metadata: { name: "reader" },
        roleRef: { kind: "Role", name: "reader" },
        subjects: [
          { kind: "ServiceAccount", name: "robot" },
          { kind: "User", name: "jane" },
        ],
      }),
    );
    await ask(
      "end points",
      post(core(namespace, "endpoints"), {
        metadata: { name: "web" },
        subsets: [{ addresses: [{ ip: "10.244.0.1" }], ports: [{ port: 80 }] }],
      }),
    );
  },

  "rules reckon with lists and texts": async ({ namespace, ask }) => {
    const tries = {
      fine: { levels: [1, 2, 2, 50], slug: "abc" },
      "nothing to reckon with": { levels: [], slug: "" },
      unsorted: { levels: [2, 1] },
      "too much": { levels: [20, 30, 51] },
      "too low": { levels: [-1, 2] },
      "too high": { levels: [1, 60] },
      "with a seven": { levels: [6, 7] },
      "with digits": { slug: "a12b3" },
      "in every way": { levels: [70, 7, -1, 50] },
    };
    for (const [what, spec] of Object.entries(tries))
      await ask(what, post(widgets(namespace), aWidget(what.replaceAll(" ", "-"), { size: 3, ...spec })));
  },

  "custom kinds keep to their schema": async ({ namespace, ask }) => {
    const path = widgets(namespace);
    await ask("defaults", post(path, aWidget("one", { size: 3, ports: [{ number: 80 }], nested: { deep: {} } })));
    await ask(
      "pruned",
      post(
        path,
        aWidget(
          "two",
          { size: 3, odd: 1, nested: { odd: 2 }, anything: { odd: { x: 1 } }, settings: { a: "b" } },
          { odd: true },
        ),
      ),
    );
    await ask("strict", post(path, aWidget("three", { size: 3, odd: 1 }), { fieldValidation: "Strict" }));
    await ask("null", post(path, aWidget("three", { size: 3, color: null, note: null })));
    await ask("null where it may not be", post(path, aWidget("four", { size: null, mode: null })));
    await ask("required", post(path, aWidget("four", {})));
    await ask(
      "no spec",
      post(path, { apiVersion: "suite.example.com/v1", kind: "Widget", metadata: { name: "four" } }),
    );
    await ask(
      "wrong types",
      post(
        path,
        aWidget("four", {
          size: "3",
          tags: "x",
          steps: [1, "2"],
          settings: { a: 1 },
          ratio: true,
          share: 1.5,
          nested: [],
        }),
      ),
    );
    await ask(
      "out of bounds",
      post(
        path,
        aWidget("four", {
          size: 11,
          color: "NOT-A-COLOR",
          mode: "medium",
          ratio: 1,
          ports: [{ number: 0 }, { number: 70000 }],
        }),
      ),
    );
    await ask(
      "too many",
      post(path, aWidget("four", { size: 1, ports: [1, 2, 3, 4, 5].map((number) => ({ number })) })),
    );
    await ask(
      "twice",
      post(
        path,
        aWidget("four", { size: 1, tags: ["a", "a"], ports: [{ number: 1 }, { number: 1, protocol: "TCP" }] }),
      ),
    );
    await ask("neither", post(path, aWidget("four", { size: 1, either: {} })));
    await ask("both", post(path, aWidget("four", { size: 1, either: { left: "a", right: "b" } })));
    await ask("a rule", post(path, aWidget("four", { size: 9, steps: [50, 150] })));
    await ask("fixed", post(path, aWidget("five", { size: 1, fixed: "a" })));
    await ask("not fixed", patch(widgets(namespace, "five"), "merge", { spec: { fixed: "b" } }));
    await ask("no version", put(widgets(namespace, "one"), aWidget("one", { size: 4 })));
    await ask("no kind", post(path, { metadata: { name: "six" }, spec: { size: 1 } }));
    await ask("another kind", post(path, { ...aWidget("six"), kind: "Gadget" }));
    await ask("status is not for everybody", post(path, aWidget("seven", { size: 1 }, { status: { phase: "New" } })));
    await ask(
      "status",
      patch(`${widgets(namespace, "seven")}/status`, "merge", {
        spec: { size: 5 },
        metadata: { labels: { a: "b" } },
        status: { phase: "Old", odd: 1 },
      }),
    );
    await ask("a wrong status", patch(`${widgets(namespace, "seven")}/status`, "merge", { status: { phase: 1 } }));
    await ask("spec", patch(widgets(namespace, "seven"), "merge", { spec: { size: 2 }, status: { phase: "None" } }));
    await ask("metadata", patch(widgets(namespace, "seven"), "merge", { metadata: { annotations: { a: "b" } } }));
    await ask("in another version", get(widgets(namespace, "seven", "v1beta1")));
    await ask("remove", remove(widgets(namespace, "seven")));
  },

  "custom kinds are owned field by field": async ({ namespace, ask }) => {
    const path = widgets(namespace, "one");
    await ask(
      "make",
      apply(
        path,
        "one",
        aWidget("one", {
          size: 3,
          tags: ["a", "b"],
          ports: [{ number: 80, name: "x" }],
          settings: { a: "1" },
          whole: { a: "1" },
          steps: [1, 2],
          anything: { x: { y: 1 } },
        }),
      ),
    );
    await ask(
      "share",
      apply(path, "two", aWidget("one", { size: 3, tags: ["b", "c"], ports: [{ number: 81 }], settings: { b: "2" } })),
    );
    await ask(
      "a conflict",
      apply(path, "two", aWidget("one", { size: 4, steps: [9], whole: { b: "2" }, anything: { x: { z: 1 } } })),
    );
    await ask("let go", apply(path, "one", aWidget("one", { size: 3, tags: ["d"] })));
    await ask("an unknown field", apply(path, "one", aWidget("one", { size: 3, odd: 1 })));
    await ask("a wrong type", apply(path, "one", aWidget("one", { size: "3" })));
    await ask(
      "update",
      patch(path, "merge", { spec: { color: "red", ports: [{ number: 82 }] } }, { fieldManager: "three" }),
    );
    await ask(
      "status",
      apply(`${path}/status`, "four", {
        apiVersion: "suite.example.com/v1",
        kind: "Widget",
        metadata: { name: "one" },
        status: { phase: "New" },
      }),
    );
    await ask(
      "update the status",
      patch(`${path}/status`, "merge", { status: { phase: "Old", replicas: 2 } }, { fieldManager: "three" }),
    );
  },

  "namespaces end with what is in them": async ({ ask }) => {
    await ask("create", post("/api/v1/namespaces", { metadata: { name: "short-lived" } }));
    await ask("again", post("/api/v1/namespaces", { metadata: { name: "short-lived" } }));
    await ask(
      "content",
      post(core("short-lived", "configmaps"), { metadata: { name: "one", finalizers: ["example.com/hold"] } }),
    );
    await ask("remove", remove("/api/v1/namespaces/short-lived"));
    await ask("more content", post(core("short-lived", "configmaps"), { metadata: { name: "two" } }));
  },
};

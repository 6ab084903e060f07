import type { Scene } from "./teller.ts";

const web = (spec: object = {}): object => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name: "web", labels: { app: "web" } },
  spec: {
    replicas: 2,
    selector: { matchLabels: { app: "web" } },
    template: {
      metadata: { labels: { app: "web" } },
      spec: { containers: [{ name: "app", image: "example.com/web:1.0", ports: [{ containerPort: 8080 }] }] },
    },
    ...spec,
  },
});

const paused = (spec: object = {}): object => web({ paused: true, ...spec });

const canary = (spec: object = {}, analysis: object = {}): object => ({
  apiVersion: "flagger.app/v1beta1",
  kind: "Canary",
  metadata: { name: "web" },
  spec: {
    targetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "web" },
    service: { port: 80 },
    analysis: { interval: "10s", threshold: 5, ...analysis },
    ...spec,
  },
});

const FIELDS = "-o=jsonpath={.spec.replicas} {.spec.paused} {.metadata.generation}";
const MANAGERS = '-o=jsonpath={range .metadata.managedFields[*]}{.manager} {.operation} {.subresource}{"\\n"}{end}';

/** What people do with kubectl. Deployments are paused where only the API server's part in it is asked for. */
export const SCENES: Readonly<Record<string, Scene>> = {
  "apply by its own reckoning": async ({ apply, say }) => {
    await apply(paused());
    await apply(paused());
    await apply(paused({ replicas: 3 }), "--dry-run=server");
    await apply(paused({ replicas: 3 }));
    await say("get", "deployment", "web", FIELDS);
    await apply(web({ replicas: 3 }));
    await say("get", "deployment", "web", FIELDS);
    await apply(paused({ replcas: 4 }));
    await apply(paused({ replicas: "four" }));
    await apply(paused({ selector: { matchLabels: { app: "other" } } }));
    await say("get", "deployment", "web", MANAGERS);
  },

  "apply by the server's": async ({ apply, say }) => {
    await apply(paused(), "--server-side");
    await apply(paused(), "--server-side");
    await say("scale", "deployment/web", "--replicas=3");
    await apply(paused({ replicas: 4 }), "--server-side");
    await apply(paused({ replicas: 4 }), "--server-side", "--field-manager=other");
    await apply(paused({ replicas: 4 }), "--server-side", "--force-conflicts");
    await say("get", "deployment", "web", FIELDS);
    await apply(paused({ replcas: 4 }), "--server-side");
    await say("get", "deployment", "web", MANAGERS);
  },

  "patch in every way": async ({ apply, say }) => {
    await apply(paused());
    await say("patch", "deployment", "web", "--type=merge", '-p={"spec":{"replicas":4}}');
    await say("patch", "deployment", "web", "--type=merge", '-p={"spec":{"replicas":4}}');
    await say("patch", "deployment", "web", "--type=json", '-p=[{"op":"replace","path":"/spec/replicas","value":5}]');
    await say("patch", "deployment", "web", "--type=json", '-p=[{"op":"remove","path":"/spec/nothing"}]');
    const env = '{"spec":{"template":{"spec":{"containers":[{"name":"app","env":[{"name":"A","value":"1"}]}]}}}}';
    await say("patch", "deployment", "web", `-p=${env}`);
    await say("get", "deployment", "web", "-o=jsonpath={.spec.template.spec.containers[*].env}");
    await say("patch", "deployment", "web", '-p={"spec":{"replicas":"many"}}');
    await say("patch", "deployment", "nobody", '-p={"spec":{"replicas":1}}');
    await say("patch", "deployment", "web", "--subresource=scale", "--type=merge", '-p={"spec":{"replicas":2}}');
  },

  "set, label, annotate and scale": async ({ apply, say }) => {
    await apply(paused());
    await say("set", "image", "deployment/web", "app=example.com/web:2.0");
    await say("set", "image", "deployment/web", "nobody=example.com/web:2.0");
    await say("set", "env", "deployment/web", "COLOR=blue");
    await say("set", "resources", "deployment/web", "--requests=cpu=100m");
    await say("label", "deployment", "web", "tier=front");
    await say("label", "deployment", "web", "tier=back");
    await say("label", "deployment", "web", "tier=back", "--overwrite");
    await say("annotate", "deployment", "web", "note=one two");
    await say("annotate", "deployment", "web", "note-");
    await say("scale", "deployment/web", "--replicas=5");
    await say("scale", "deployment/web", "--replicas=6", "--current-replicas=4");
    await say("scale", "deployment/nobody", "--replicas=6");
    await say("get", "deployment", "-l", "tier=back", "-o", "name");
    await say("get", "deployment", "-l", "tier=front");
    await say("get", "deployment", "web", "-o=jsonpath={.spec.template.spec.containers[0]}");
  },

  "roll out and wait": async ({ apply, say }) => {
    await apply(web());
    await say("wait", "deployment/web", "--for=condition=Available", "--timeout=20s");
    await say("rollout", "status", "deployment/web", "--timeout=20s");
    await say("get", "deployment", "web");
    await say("get", "deployment", "web", "-o", "wide");
    await say("get", "replicasets");
    await say("describe", "deployment", "web");
    await say("rollout", "history", "deployment/web");
    await say("wait", "deployment/web", "--for=jsonpath={.status.readyReplicas}=2", "--timeout=20s");
    await say("wait", "deployment/web", "--for=jsonpath={.status.readyReplicas}=7", "--timeout=1s");
    await say("wait", "deployment/nobody", "--for=condition=Available", "--timeout=1s");
    await say("expose", "deployment", "web", "--port=80", "--target-port=8080");
    await say("get", "service", "web");
    await say("describe", "service", "web");
  },

  "make objects without a file": async ({ say }) => {
    await say("create", "deployment", "made", "--image=made:1", "--port=80", "--replicas=0");
    await say("create", "deployment", "made", "--image=made:1");
    await say("create", "configmap", "made", "--from-literal=a=b");
    await say("get", "configmap", "made");
    await say("describe", "configmap", "made");
    await say("create", "secret", "generic", "made", "--from-literal=a=b");
    await say("get", "secret", "made", "-o=jsonpath={.type} {.data}");
    await say("autoscale", "deployment", "made", "--max=3", "--cpu-percent=70");
    await say("get", "hpa", "made", "-o=jsonpath={.spec.minReplicas} {.spec.maxReplicas} {.spec.metrics}");
    await say("create", "configmap", "Made");
    await say("create", "serviceaccount", "made");
    await say("get", "serviceaccount");
    await say("run", "made", "--image=missing:1", "--dry-run=server", "-o", "name");
  },

  "our own kinds": async ({ apply, say, quietly, meanwhile }) => {
    await apply(canary());
    await apply(canary());
    await say("get", "canary");
    await say("get", "canary", "-o", "wide");
    await apply(canary({ anlysis: {} }));
    await apply(canary({}, { interval: "often" }));
    await apply(canary({}, { stepWeights: [50, 20] }));
    await say("patch", "canary", "web", "--type=merge", '-p={"spec":{"analysis":{"threshold":7}}}');
    await say("patch", "canary", "web", '-p={"spec":{"analysis":{"threshold":8}}}');
    const status = (weight: number): readonly string[] => [
      "patch",
      "canary",
      "web",
      "--subresource=status",
      "--type=merge",
      `-p={"status":{"phase":"Progressing","canaryWeight":${weight},"failedChecks":0,"iterations":0}}`,
    ];
    await meanwhile(["get", "canary", "web", "-w"], 5, async () => {
      await quietly(...status(10));
      await quietly(...status(50));
      await quietly("delete", "canary", "web");
    });
    await say("api-resources", "--api-group=flagger.app");
    await say("get", "canary");
  },

  "watch what changes": async ({ quietly, meanwhile }) => {
    await quietly("create", "configmap", "seen");
    await quietly("label", "configmap", "seen", "seen=yes");
    await meanwhile(["get", "configmaps", "-w", "-l=seen=yes", "-o=name"], 3, async () => {
      await quietly("create", "configmap", "other");
      await quietly("label", "configmap", "other", "seen=yes");
      await quietly("delete", "configmap", "other");
    });
  },

  delete: async ({ apply, say }) => {
    await apply(web());
    await say("rollout", "status", "deployment/web", "--timeout=20s");
    await say("delete", "deployment", "web", "--cascade=orphan", "--timeout=10s");
    await say("get", "deployment");
    await say("get", "replicasets", "-o=jsonpath={.items[*].spec.replicas}");
    await say("delete", "replicasets", "--all", "--cascade=foreground", "--timeout=20s");
    await say("get", "pods");
    await say("delete", "deployment", "web");
    await say("delete", "deployment", "web", "--ignore-not-found");
    await apply(paused());
    await say("delete", "deployment", "web", "--dry-run=server");
    await say("delete", "deployment", "web", "--wait=false");
    await say("wait", "deployment/web", "--for=delete", "--timeout=10s");
    await say("get", "deployment", "web");
  },

  "what is asked of nobody": async ({ say }) => {
    await say("get", "nothings");
    await say("get", "pods", "nobody");
    await say("get", "pods", "-l", "a=b=c");
    await say("get", "pods", "--field-selector=spec.nothing=1");
    await say("get", "pods", "--show-labels");
    await say("describe", "deployment", "nobody");
    await say("auth", "can-i", "create", "pods");
    await say("get", "--raw", "/readyz");
    await say("get", "--raw", "/nothing");
  },
};

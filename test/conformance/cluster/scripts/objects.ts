import type { Script } from "../suite.ts";
import { aConfigMap, aDeployment, core, deployments, get, patch, post, put, remove } from "./requests.ts";

/** Creation, reading, change and removal of single objects. */
export const OBJECTS: Readonly<Record<string, Script>> = {
  "objects are created read changed and removed": async ({ namespace, ask }) => {
    const path = core(namespace, "configmaps");
    const made = await ask("create", post(path, aConfigMap("one")));
    await ask("create it again", post(path, aConfigMap("one")));
    await ask("read", get(`${path}/one`));
    await ask("replace", put(`${path}/one`, { ...made.body, data: { color: "red" } }));
    await ask("replace what has changed since", put(`${path}/one`, { ...made.body, data: { color: "green" } }));
    await ask("replace without a version", put(`${path}/one`, aConfigMap("one", { color: "white" })));
    await ask("replace with the same", put(`${path}/one`, aConfigMap("one", { color: "white" })));
    await ask("replace under another name", put(`${path}/one`, aConfigMap("other")));
    await ask(
      "replace another life",
      put(`${path}/one`, aConfigMap("one", {}, { uid: "00000000-0000-4000-8000-000000000000" })),
    );
    await ask("replace what is not there", put(`${path}/none`, aConfigMap("none")));
    await ask(
      "remove another life",
      remove(`${path}/one`, { preconditions: { uid: "00000000-0000-4000-8000-000000000000" } }),
    );
    await ask("remove", remove(`${path}/one`));
    await ask("read what is gone", get(`${path}/one`));
    await ask("remove what is gone", remove(`${path}/one`));
  },

  "names and namespaces are checked": async ({ namespace, ask }) => {
    const path = core(namespace, "configmaps");
    await ask("a generated name", post(path, { metadata: { generateName: "generated-" } }));
    await ask("no name", post(path, { metadata: {} }));
    await ask("a wrong name", post(path, aConfigMap("Not_A_Name")));
    await ask("a namespace that is not there", post(core("nowhere", "configmaps"), aConfigMap("one")));
    await ask("another namespace", post(path, aConfigMap("one", {}, { namespace: "default" })));
    await ask("a version on a new object", post(path, aConfigMap("one", {}, { resourceVersion: "7" })));
    await ask("a wrong label", post(path, aConfigMap("one", {}, { labels: { "a b": "c" } })));
    await ask("a wrong value", post(path, aConfigMap("one", {}, { labels: { ok: "not ok!" } })));
    await ask("wrong annotations", post(path, aConfigMap("one", {}, { annotations: { "a/b/c": "d" } })));
    await ask("a wrong finalizer", post(path, aConfigMap("one", {}, { finalizers: ["not a name"] })));
    await ask(
      "a wrong service name",
      post(core(namespace, "services"), { metadata: { name: "1a" }, spec: { ports: [{ port: 80 }] } }),
    );
    await ask("a wrong namespace name", post("/api/v1/namespaces", { metadata: { name: "a.b" } }));
    await ask(
      "wrong owners",
      post(
        path,
        aConfigMap("one", {}, { ownerReferences: [{ apiVersion: "v1", kind: "ConfigMap", name: "", uid: "" }] }),
      ),
    );
    await ask("wrong data keys", post(path, aConfigMap("one", { "a b": "c" })));
  },

  "nothing is stored in a dry run": async ({ namespace, ask }) => {
    const path = core(namespace, "configmaps");
    await ask("create", post(path, aConfigMap("dry"), { dryRun: "All" }));
    await ask("look", get(`${path}/dry`));
    await ask("create for real", post(path, aConfigMap("dry")));
    await ask("change", patch(`${path}/dry`, "merge", { data: { color: "red" } }, { dryRun: "All" }));
    await ask("remove", remove(`${path}/dry`, undefined, { dryRun: "All" }));
    await ask("look again", get(`${path}/dry`));
  },

  "unknown fields are refused or warned of": async ({ namespace, ask }) => {
    const path = core(namespace, "configmaps");
    const odd = { ...aConfigMap("odd"), colour: "red", metadata: { name: "odd", nickname: "o" } };
    await ask("strict", post(path, odd, { fieldValidation: "Strict" }));
    await ask("warn", post(path, odd, { fieldValidation: "Warn" }));
    await ask("ignore", put(`${path}/odd`, odd, { fieldValidation: "Ignore" }));
    await ask(
      "in a list",
      post(deployments(namespace), aDeployment("odd", {}, { imag: "x" }), { fieldValidation: "Strict" }),
    );
  },

  "a deployment counts its generations": async ({ namespace, ask }) => {
    const path = deployments(namespace, "web");
    await ask("create", post(deployments(namespace), aDeployment("web")));
    await ask("a label", patch(path, "merge", { metadata: { labels: { a: "b" } } }));
    await ask("an annotation", patch(path, "merge", { metadata: { annotations: { a: "b" } } }));
    await ask("replicas", patch(path, "merge", { spec: { replicas: 3 } }));
    await ask("the same replicas", patch(path, "merge", { spec: { replicas: 3 } }));
    await ask("status by the front door", patch(path, "merge", { status: { replicas: 9 } }));
    await ask(
      "a status with an annotation",
      patch(`${path}/status`, "merge", {
        metadata: { annotations: { with: "status" }, labels: { with: "status" } },
        status: { replicas: 4 },
      }),
    );
    await ask(
      "status",
      patch(`${path}/status`, "merge", {
        spec: { replicas: 8 },
        status: { replicas: 3, readyReplicas: 0, observedGeneration: 3 },
      }),
    );
    await ask("another selector", patch(path, "merge", { spec: { selector: { matchLabels: { app: "other" } } } }));
    await ask("remove in the foreground", remove(path, { propagationPolicy: "Foreground" }));
    await ask("look", get(path));
    await ask("let it go", patch(path, "merge", { metadata: { finalizers: null } }));
    await ask("look again", get(path));
  },

  "finalizers hold an object": async ({ namespace, ask }) => {
    const path = core(namespace, "configmaps", "held");
    await ask(
      "create",
      post(
        core(namespace, "configmaps"),
        aConfigMap("held", {}, { finalizers: ["example.com/hold", "example.com/too"] }),
      ),
    );
    await ask("remove", remove(path));
    await ask("remove again", remove(path));
    await ask("change", patch(path, "merge", { data: { color: "red" } }));
    await ask(
      "one more finalizer",
      patch(path, "merge", { metadata: { finalizers: ["example.com/hold", "example.com/more"] } }),
    );
    await ask("take its death back", patch(path, "json", [{ op: "remove", path: "/metadata/deletionTimestamp" }]));
    await ask("one less", patch(path, "merge", { metadata: { finalizers: ["example.com/hold"] } }));
    await ask("none", patch(path, "merge", { metadata: { finalizers: [] } }));
    await ask("look", get(path));
  },

  "a collection is removed by its labels": async ({ namespace, ask }) => {
    const path = core(namespace, "configmaps");
    await ask("one", post(path, aConfigMap("one", {}, { labels: { gone: "yes" } })));
    await ask("two", post(path, aConfigMap("two", {}, { labels: { gone: "no" } })));
    await ask("remove", remove(path, undefined, { labelSelector: "gone=yes" }));
    await ask("read one", get(`${path}/one`));
    await ask("read two", get(`${path}/two`));
  },

  "services get addresses": async ({ namespace, ask }) => {
    const path = core(namespace, "services");
    const made = await ask(
      "create",
      post(path, { metadata: { name: "web" }, spec: { selector: { app: "web" }, ports: [{ port: 80 }] } }),
    );
    await ask(
      "replace without an address",
      put(`${path}/web`, { metadata: { name: "web" }, spec: { ports: [{ port: 81, targetPort: "http" }] } }),
    );
    await ask(
      "another address",
      put(`${path}/web`, {
        ...made.body,
        metadata: { name: "web" },
        spec: { clusterIP: "10.96.1.1", ports: [{ port: 80 }] },
      }),
    );
    await ask(
      "headless",
      post(path, { metadata: { name: "headless" }, spec: { clusterIP: "None", ports: [{ port: 80 }] } }),
    );
    await ask(
      "a name elsewhere",
      post(path, { metadata: { name: "elsewhere" }, spec: { type: "ExternalName", externalName: "example.com" } }),
    );
    await ask(
      "on nodes",
      post(path, { metadata: { name: "nodes" }, spec: { type: "NodePort", ports: [{ port: 80 }] } }),
    );
    await ask(
      "two ports of one name",
      post(path, {
        metadata: { name: "twice" },
        spec: {
          ports: [
            { name: "a", port: 80 },
            { name: "a", port: 81 },
          ],
        },
      }),
    );
    await ask(
      "two ports without names",
      post(path, { metadata: { name: "twice" }, spec: { ports: [{ port: 80 }, { port: 81 }] } }),
    );
    await ask(
      "one port twice",
      post(path, {
        metadata: { name: "twice" },
        spec: {
          ports: [
            { name: "a", port: 80 },
            { name: "b", port: 80 },
          ],
        },
      }),
    );
    await ask("no ports", post(path, { metadata: { name: "none" }, spec: {} }));
    await ask(
      "wrong ports",
      post(path, { metadata: { name: "wrong" }, spec: { ports: [{ port: 0, protocol: "ICMP", targetPort: 70000 }] } }),
    );
    await ask(
      "a wrong type",
      post(path, {
        metadata: { name: "wrong" },
        spec: { type: "Magic", sessionAffinity: "Maybe", ports: [{ port: 1 }] },
      }),
    );
    await ask("remove", remove(`${path}/web`));
  },
};

import type { Script } from "../suite.ts";
import { aConfigMap, aDeployment, aWidget, core, deployments, get, patch, post, remove, widgets } from "./requests.ts";

const TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json";
const METADATA = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1,application/json";
const METADATA_LIST = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json";

/** Lists in pages, watches from everywhere, selectors, and the forms that answers come in. */
export const READING: Readonly<Record<string, Script>> = {
  "lists come in pages": async ({ namespace, ask }) => {
    const path = core(namespace, "configmaps");
    for (const name of ["e", "c", "a", "d", "b"]) await ask(`create ${name}`, post(path, aConfigMap(name, {})));
    const first = await ask("first page", get(path, { limit: "2" }));
    await ask("remove one that is to come", remove(`${path}/d`));
    const next = (first.body["metadata"] as { readonly continue: string }).continue;
    const second = await ask("second page", get(path, { limit: "2", continue: next }));
    await ask(
      "last page",
      get(path, { limit: "2", continue: (second.body["metadata"] as { readonly continue: string }).continue }),
    );
    await ask("all at once", get(path));
    await ask("at least version 0", get(path, { resourceVersion: "0" }));
    await ask("a broken token", get(path, { limit: "2", continue: "!!!" }));
    await ask("a broken version", get(path, { resourceVersion: "soon" }));
    await ask("a match without a version", get(path, { resourceVersionMatch: "Exact" }));
    await ask("a page of the selected", get(path, { limit: "1", labelSelector: "!none" }));
  },

  "selectors choose": async ({ namespace, ask }) => {
    const path = core(namespace, "configmaps");
    const labels = { a: { tier: "web", env: "prod" }, b: { tier: "db", env: "prod" }, c: { tier: "web" }, d: {} };
    for (const [name, own] of Object.entries(labels))
      await ask(`create ${name}`, post(path, aConfigMap(name, {}, { labels: own })));
    for (const labelSelector of [
      "tier=web",
      "tier==web,env=prod",
      "tier!=web",
      "tier in (web, db),!env",
      "tier notin (web)",
      "env",
      "!env",
      "tier",
      "in (x",
      "a=b=c",
    ])
      await ask(`labels ${labelSelector}`, get(path, { labelSelector }));
    for (const fieldSelector of [
      "metadata.name=a",
      "metadata.name!=a",
      `metadata.namespace=${namespace}`,
      "data.color=blue",
      "metadata.name",
    ])
      await ask(`fields ${fieldSelector}`, get(path, { fieldSelector }));
    await ask("across namespaces", get("/api/v1/configmaps", { labelSelector: "tier=db" }));
  },

  "watches tell what happens": async ({ namespace, ask, watch }) => {
    const path = core(namespace, "configmaps");
    const made = await ask("create", post(path, aConfigMap("one", { n: "1" }, { labels: { seen: "yes" } })));
    await ask("change", patch(`${path}/one`, "merge", { data: { n: "2" } }));
    await ask("change out of sight", patch(`${path}/one`, "merge", { metadata: { labels: { seen: "no" } } }));
    await ask("change back", patch(`${path}/one`, "merge", { metadata: { labels: { seen: "yes" } } }));
    await ask("change nothing", patch(`${path}/one`, "merge", { metadata: { labels: { seen: "yes" } } }));
    await ask("a second", post(path, aConfigMap("two", {})));
    await ask("remove", remove(`${path}/one`));
    await watch("since its creation", { path, query: { resourceVersion: made.version } }, 5);
    await watch(
      "of what is selected",
      { path, query: { resourceVersion: made.version, labelSelector: "seen=yes" } },
      4,
    );
    await watch(
      "of one name",
      { path, query: { resourceVersion: made.version, fieldSelector: "metadata.name=two" } },
      1,
    );
    await watch("from now", { path, query: { labelSelector: "!seen", fieldSelector: "metadata.name=two" } }, 1);
    await watch("from version 0", { path, query: { resourceVersion: "0", fieldSelector: "metadata.name=two" } }, 1);
    await watch("with its end", { path, query: { resourceVersion: made.version, timeoutSeconds: "1" } }, 100);
    await watch("metadata only", { path, query: { resourceVersion: made.version }, accept: METADATA }, 2);
    await watch("as tables", { path, query: { resourceVersion: made.version }, accept: TABLE }, 2);
    await watch("of long ago", { path, query: { resourceVersion: "1" } }, 1);
    await watch("of a broken version", { path, query: { resourceVersion: "soon" } }, 1);
    await watch(
      "the state, then a bookmark",
      {
        path,
        query: {
          sendInitialEvents: "true",
          resourceVersionMatch: "NotOlderThan",
          allowWatchBookmarks: "true",
          fieldSelector: "metadata.name=two",
        },
      },
      2,
    );
  },

  "answers come in the form that is asked for": async ({ namespace, ask }) => {
    const path = core(namespace, "configmaps");
    await ask("create", post(path, aConfigMap("one", { a: "1", b: "2" })));
    await ask("a table", get(path, undefined, TABLE));
    await ask("a table of one", get(`${path}/one`, undefined, TABLE));
    await ask(
      "a table with objects",
      get(path, { includeObject: "Object", fieldSelector: "metadata.name=one" }, TABLE),
    );
    await ask("a table without", get(path, { includeObject: "None", fieldSelector: "metadata.name=one" }, TABLE));
    await ask("metadata", get(`${path}/one`, undefined, METADATA));
    await ask("metadata of all", get(path, { fieldSelector: "metadata.name=one" }, METADATA_LIST));
    await ask("a deployment", post(deployments(namespace), aDeployment("web", { replicas: 2 })));
    await ask("its table", get(deployments(namespace), { includeObject: "None" }, TABLE));
    await ask(
      "a service",
      post(core(namespace, "services"), {
        metadata: { name: "web" },
        spec: { selector: { app: "web" }, ports: [{ port: 80 }, { port: 81, name: "b" }].slice(0, 1) },
      }),
    );
    await ask("the table of services", get(core(namespace, "services"), { includeObject: "None" }, TABLE));
    await ask("a secret", post(core(namespace, "secrets"), { metadata: { name: "one" }, stringData: { a: "hello" } }));
    await ask("the table of secrets", get(core(namespace, "secrets"), { includeObject: "None" }, TABLE));
    await ask(
      "a widget",
      post(
        widgets(namespace),
        aWidget("one", { size: 1, ports: [{ number: 1, name: "x" }] }, { metadata: { name: "one" } }),
      ),
    );
    await ask("the table of widgets", get(widgets(namespace), { includeObject: "None" }, TABLE));
    await ask(
      "a pod",
      post(core(namespace, "pods"), {
        metadata: { name: "one" },
        spec: { containers: [{ name: "app", image: "a:1" }] },
      }),
    );
    await ask("the table of pods", get(core(namespace, "pods"), { includeObject: "None" }, TABLE));
  },

  "what cannot be done is said": async ({ namespace, ask }) => {
    const path = core(namespace, "configmaps");
    await ask("no such path", get("/nowhere"));
    await ask("no such group", get("/apis/nowhere.example.com/v1/things"));
    await ask("no such version", get("/apis/apps/v9/deployments"));
    await ask("no such kind", get(core(namespace, "things")));
    await ask("no such subresource", get(core(namespace, "configmaps", "x/things")));
    await ask("create by name", { method: "POST", path: `${path}/x`, body: aConfigMap("x") });
    await ask("replace all", { method: "PUT", path, body: {} });
    await ask("create in no namespace", post("/api/v1/configmaps", aConfigMap("x")));
    await ask("broken JSON", { method: "POST", path, body: "{" });
    await ask("no object", { method: "POST", path, body: "[]" });
    await ask("another kind", post(path, aDeployment("x")));
    await ask("another version", post(deployments(namespace), { ...aDeployment("x"), apiVersion: "apps/v1beta9" }));
    await ask("a wrong type", post(deployments(namespace), aDeployment("x", { replicas: "three" })));
    await ask("a type of media that is none", {
      method: "PATCH",
      path: `${path}/x`,
      contentType: "text/plain",
      body: {},
    });
    await ask("patch a custom object by strategy", patch(widgets(namespace, "x"), "strategic", {}));
    await ask(
      "a scale below none",
      post(
        deployments(namespace),
        aDeployment("x", { replicas: -1, progressDeadlineSeconds: 0, strategy: { type: "Maybe" } }),
      ),
    );
    await ask("no selector", post(deployments(namespace), { metadata: { name: "x" }, spec: {} }));
    await ask(
      "a selector that does not match",
      post(deployments(namespace), aDeployment("x", { selector: { matchLabels: { app: "y" } } })),
    );
    await ask(
      "containers of one name",
      post(
        deployments(namespace),
        aDeployment("x", {
          template: {
            metadata: { labels: { app: "x" } },
            spec: { containers: [{ name: "a", image: "b" }, { name: "a" }, { name: "B!" }] },
          },
        }),
      ),
    );
    await ask(
      "no room to roll",
      post(
        deployments(namespace),
        aDeployment("x", { strategy: { rollingUpdate: { maxSurge: 0, maxUnavailable: "0%" } } }),
      ),
    );
  },
};

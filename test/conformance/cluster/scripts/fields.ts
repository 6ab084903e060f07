import type { Script } from "../suite.ts";
import {
  aConfigMap,
  aDeployment,
  apply,
  aWidget,
  core,
  deployments,
  get,
  patch,
  post,
  put,
  widgets,
} from "./requests.ts";

const applied = (name: string, spec: object): object => ({
  apiVersion: "apps/v1",
  kind: "Deployment",
  metadata: { name },
  spec,
});

/** Patches of every kind, and who owns which field after them. */
export const FIELDS: Readonly<Record<string, Script>> = {
  "merge patches change what they name": async ({ namespace, ask }) => {
    const path = core(namespace, "configmaps", "one");
    const made = await ask("create", post(core(namespace, "configmaps"), aConfigMap("one", { a: "1", b: "2" })));
    await ask("change, add and take away", patch(path, "merge", { data: { a: "9", b: null, c: "3" } }));
    await ask(
      "an old version",
      patch(path, "merge", { metadata: { resourceVersion: made.version }, data: { d: "4" } }),
    );
    await ask("a list for an object", patch(path, "merge", [1]));
    await ask("a wrong type", patch(path, "merge", { data: { a: 1 } }));
    await ask("nothing", patch(path, "merge", {}));
    await ask("what is not there", patch(core(namespace, "configmaps", "none"), "merge", {}));
    await ask("another name", patch(path, "merge", { metadata: { name: "two" } }));
    await ask("force", patch(path, "merge", {}, { force: "true" }));
  },

  "json patches are done step by step": async ({ namespace, ask }) => {
    const path = core(namespace, "configmaps", "one");
    await ask(
      "create",
      post(core(namespace, "configmaps"), aConfigMap("one", { a: "1" }, { annotations: { "b/c": "2" } })),
    );
    await ask(
      "add and replace",
      patch(path, "json", [
        { op: "add", path: "/data/d", value: "4" },
        { op: "replace", path: "/metadata/annotations/b~1c", value: "3" },
        { op: "copy", from: "/data/d", path: "/data/e" },
        { op: "move", from: "/data/e", path: "/data/f" },
      ]),
    );
    await ask(
      "a test that holds",
      patch(path, "json", [
        { op: "test", path: "/data/a", value: "1" },
        { op: "remove", path: "/data/a" },
      ]),
    );
    await ask("a test that fails", patch(path, "json", [{ op: "test", path: "/data/d", value: "1" }]));
    await ask("replace what is not there", patch(path, "json", [{ op: "replace", path: "/data/zz", value: "1" }]));
    await ask("remove it", patch(path, "json", [{ op: "remove", path: "/data/zz" }]));
    const refused = {
      "remove it again": { op: "remove", path: "/data/zz" },
      "replace below nothing": { op: "replace", path: "/nope/zz", value: "1" },
      "copy nothing": { op: "copy", from: "/data/zz", path: "/data/yy" },
      "move nothing": { op: "move", from: "/data/zz", path: "/data/yy" },
      "test nothing": { op: "test", path: "/data/zz", value: "1" },
      "another operation": { op: "turn", path: "/data/d", value: "1" },
      "no path": { op: "add", value: "1" },
    };
    for (const [what, operation] of Object.entries(refused)) await ask(what, patch(path, "json", [operation]));
    await ask("a deployment", post(deployments(namespace), aDeployment("web")));
    const containers = "/spec/template/spec/containers";
    for (const [what, operation] of Object.entries({
      "replace past the end": { op: "replace", path: `${containers}/3`, value: {} },
      "remove past the end": { op: "remove", path: `${containers}/3` },
      "add past the end": { op: "add", path: `${containers}/3`, value: {} },
      "add before the start": { op: "add", path: `${containers}/x`, value: {} },
      "replace in a list": { op: "replace", path: `${containers}/0/image`, value: "example.com/app:2" },
    }))
      await ask(what, patch(deployments(namespace, "web"), "json", [operation]));
    await ask("add below nothing", patch(path, "json", [{ op: "add", path: "/nope/zz", value: "1" }]));
    await ask("no list", patch(path, "json", { data: {} }));
  },

  "patches are as strict as they are told to be": async ({ namespace, ask }) => {
    const paths = [deployments(namespace, "web"), widgets(namespace, "web")];
    await ask("a deployment", post(deployments(namespace), aDeployment("web")));
    await ask("a widget", post(widgets(namespace), aWidget("web")));
    for (const validation of ["Strict", "Warn", "Ignore"])
      for (const [place, path] of paths.entries()) {
        const what = `${place === 0 ? "deployment" : "widget"}, ${validation}`;
        const query = { fieldValidation: validation };
        await ask(`merge ${what}`, patch(path, "merge", { spec: { odd: 1 } }, query));
        await ask(`json ${what}`, patch(path, "json", [{ op: "add", path: "/spec/odd", value: 1 }], query));
        if (place === 0) await ask(`strategic ${what}`, patch(path, "strategic", { spec: { odd: 1 } }, query));
      }
    for (const type of ["merge", "strategic"] as const)
      await ask(`no number by ${type}`, patch(deployments(namespace, "web"), type, { spec: { replicas: "many" } }));
  },

  "strategic patches merge lists by key": async ({ namespace, ask }) => {
    const path = deployments(namespace, "web");
    const spec = (pod: object): object => ({ spec: { template: { spec: pod } } });
    await ask(
      "create",
      post(
        deployments(namespace),
        aDeployment(
          "web",
          {},
          {
            env: [
              { name: "A", value: "1" },
              { name: "B", value: "2" },
            ],
            args: ["x"],
          },
        ),
      ),
    );
    await ask(
      "an image",
      patch(path, "strategic", spec({ containers: [{ name: "app", image: "example.com/app:2.0" }] })),
    );
    await ask(
      "a second container",
      patch(path, "strategic", spec({ containers: [{ name: "side", image: "example.com/side:1" }] })),
    );
    await ask(
      "an order",
      patch(
        path,
        "strategic",
        spec({
          "$setElementOrder/containers": [{ name: "side" }, { name: "app" }],
          containers: [{ name: "app", args: ["y", "z"] }],
        }),
      ),
    );
    await ask("take one away", patch(path, "strategic", spec({ containers: [{ name: "side", $patch: "delete" }] })));
    await ask(
      "change the environment",
      patch(
        path,
        "strategic",
        spec({
          containers: [
            {
              name: "app",
              env: [
                { name: "B", value: "9" },
                { name: "A", $patch: "delete" },
              ],
            },
          ],
        }),
      ),
    );
    await ask("no key", patch(path, "strategic", spec({ containers: [{ image: "x" }] })));
    await ask(
      "keep only",
      patch(path, "strategic", { spec: { strategy: { $retainKeys: ["type"], type: "Recreate" } } }),
    );
    await ask("finalizers", patch(path, "strategic", { metadata: { finalizers: ["example.com/a", "example.com/b"] } }));
    await ask(
      "one finalizer less",
      patch(path, "strategic", { metadata: { "$deleteFromPrimitiveList/finalizers": ["example.com/a"] } }),
    );
    await ask(
      "replace labels",
      patch(path, "strategic", { metadata: { labels: { $patch: "replace", only: "this" } } }),
    );
    await ask("of no known type", patch(path, "strategic", "hello"));
  },

  "apply makes and changes objects": async ({ namespace, ask }) => {
    const path = deployments(namespace, "web");
    await ask("no manager", patch(path, "apply", aDeployment("web")));
    await ask(
      "make",
      apply(
        path,
        "one",
        aDeployment("web", { replicas: 2 }, { ports: [{ containerPort: 80 }], env: [{ name: "A", value: "1" }] }),
      ),
    );
    await ask(
      "the same again",
      apply(
        path,
        "one",
        aDeployment("web", { replicas: 2 }, { ports: [{ containerPort: 80 }], env: [{ name: "A", value: "1" }] }),
      ),
    );
    await ask("another's replicas", apply(path, "two", applied("web", { replicas: 3 })));
    await ask(
      "two conflicts",
      apply(
        path,
        "two",
        applied("web", { replicas: 3, template: { spec: { containers: [{ name: "app", image: "x" }] } } }),
      ),
    );
    await ask("the same value", apply(path, "two", applied("web", { replicas: 2 })));
    await ask("by force", apply(path, "two", applied("web", { replicas: 3 }), "force"));
    await ask("give up what is shared", apply(path, "one", aDeployment("web", {}, { ports: [{ containerPort: 80 }] })));
    await ask("give up what is one's own", apply(path, "two", applied("web", {})));
    await ask("another version", apply(path, "one", { ...aDeployment("web"), apiVersion: "apps/v2" }));
    await ask(
      "managed fields",
      apply(path, "one", { ...applied("web", {}), metadata: { name: "web", managedFields: [{}, {}] } }),
    );
    await ask(
      "an old version",
      apply(path, "one", { ...applied("web", {}), metadata: { name: "web", resourceVersion: "1" } }),
    );
  },

  "apply meets what others updated": async ({ namespace, ask }) => {
    const path = deployments(namespace, "web");
    await ask(
      "create",
      post(deployments(namespace), aDeployment("web", { replicas: 1 }, { env: [{ name: "A", value: "1" }] }), {
        fieldManager: "maker",
      }),
    );
    await ask("a conflict with an update", apply(path, "one", applied("web", { replicas: 2 })));
    await ask(
      "by force",
      apply(path, "one", applied("web", { replicas: 2, template: { metadata: { annotations: { a: "b" } } } }), "force"),
    );
    await ask("update what was applied", patch(path, "merge", { spec: { replicas: 5 } }, { fieldManager: "maker" }));
    await ask(
      "the updater has it now",
      apply(path, "one", applied("web", { replicas: 2, template: { metadata: { annotations: { a: "b" } } } })),
    );
    await ask("let go", apply(path, "one", applied("web", {})));
    await ask(
      "own a container with another",
      apply(
        path,
        "one",
        applied("web", {
          template: { spec: { containers: [{ name: "side", image: "s", env: [{ name: "X", value: "y" }] }] } },
        }),
      ),
    );
    await ask(
      "change it",
      patch(
        path,
        "strategic",
        { spec: { template: { spec: { containers: [{ name: "side", env: [{ name: "Z", value: "z" }] }] } } } },
        { fieldManager: "maker" },
      ),
    );
    await ask("let the container go", apply(path, "one", applied("web", {})));
    await ask("status", patch(`${path}/status`, "merge", { status: { replicas: 2 } }, { fieldManager: "maker" }));
    await ask(
      "apply to the status",
      apply(`${path}/status`, "one", { ...applied("web", {}), status: { replicas: 2, readyReplicas: 1 } }),
    );
    await ask(
      "apply a status by the front door",
      apply(path, "three", { ...applied("web", {}), status: { replicas: 9 } }),
    );
  },

  "ownership can be written": async ({ namespace, ask }) => {
    const path = core(namespace, "configmaps", "one");
    const made = await ask("apply", apply(path, "one", aConfigMap("one", { a: "1" })));
    const [entry] = (made.body["metadata"] as { readonly managedFields: readonly object[] }).managedFields;
    await ask(
      "under another name",
      patch(path, "merge", { metadata: { managedFields: [{ ...entry, manager: "heir" }] } }),
    );
    await ask("the heir lets go", apply(path, "heir", aConfigMap("one", {})));
    await ask("nobody's", patch(path, "merge", { metadata: { managedFields: [{}] } }));
    await ask("replace keeps what is said of none", put(path, aConfigMap("one", { b: "2" }), { fieldManager: "two" }));
    await ask("look", get(path));
  },

  "atomic and keyed fields are owned as wholes or in parts": async ({ namespace, ask }) => {
    const path = core(namespace, "services", "web");
    const service = (spec: object): object => ({ apiVersion: "v1", kind: "Service", metadata: { name: "web" }, spec });
    await ask("make", apply(path, "one", service({ selector: { app: "web" }, ports: [{ port: 80, name: "http" }] })));
    await ask(
      "a port of another",
      apply(path, "two", service({ ports: [{ port: 81, protocol: "TCP", name: "admin" }] })),
    );
    await ask("the selector of another", apply(path, "two", service({ selector: { tier: "x" } })));
    await ask("a port less", apply(path, "two", service({})));
    await ask(
      "ports in another order",
      apply(
        path,
        "one",
        service({
          selector: { app: "web" },
          ports: [
            { port: 90, name: "new" },
            { port: 80, name: "http" },
          ],
        }),
      ),
    );
    await ask(
      "a key twice",
      apply(
        path,
        "one",
        service({
          ports: [
            { port: 80, name: "a" },
            { port: 80, name: "b" },
          ],
        }),
      ),
    );
    await ask("a wrong type", apply(path, "one", service({ ports: "80" })));
    await ask("an unknown field", apply(path, "one", service({ porst: [] })));
  },
};

/** A plane with the controller on it under the chart's own role, and applications whose rollouts are watched from outside. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { request } from "undici";
import { parse } from "yaml";
import type { ApiObject } from "./api.ts";
import { startTraffic, type Traffic } from "./client.ts";
import { type Controller, type ControllerOptions, startController } from "./controller.ts";
import { nodeAddress } from "./enter.ts";
import {
  type CanaryOptions,
  canary,
  type DeploymentOptions,
  deployment,
  gateway,
  gatewayPort,
  namespace,
} from "./manifests.ts";
import { Objects, refer } from "./objects.ts";
import { type Plane, type PlaneOptions, startPlane } from "./plane.ts";
import { RouteRecorder } from "./routeRecorder.ts";
import { waitFor } from "./until.ts";

export const controllerNamespace = "serin-system";
const controllerAccount = "serin";
export const gatewayUrl = `http://${nodeAddress}:${gatewayPort}`;

export interface Stage {
  readonly plane: Plane;
  readonly objects: Objects;
  /** Starts a controller as the chart's service account; the caller stops it. */
  controller(options?: ControllerOptions): Promise<Controller>;
  /** An application with its Canary, initialised and under traffic. */
  app(name: string, options?: AppOptions): Promise<App>;
  stop(): Promise<void>;
}

export interface AppOptions {
  readonly deployment?: DeploymentOptions;
  readonly canary?: CanaryOptions;
  /** Objects that are there before the Canary. */
  readonly before?: readonly ApiObject[];
  /** Anything else about the Deployment. */
  readonly change?: (object: ApiObject) => ApiObject;
  readonly ratePerSecond?: number;
}

export interface App {
  readonly name: string;
  readonly traffic: Traffic;
  readonly route: RouteRecorder;
  /** A new version: another image tag, and whatever its pods then do. */
  release(version: string, env?: Readonly<Record<string, string | number>>): Promise<void>;
  /** Resolves to the Canary once it is in this phase, and in this stage where one is named. */
  reaches(phase: string, timeoutMillis?: number, stage?: string): Promise<ApiObject>;
  canary(): Promise<ApiObject>;
  /** Sentences of all Events about the Canary, in the order they were first said. */
  sentences(): Promise<readonly string[]>;
  /** Resolves to the first such sentence once it has been said. */
  says(sentence: string | RegExp): Promise<string>;
  /** Ends traffic and recording. Safe to call twice. */
  close(): Promise<unknown>;
}

export async function setStage(options: PlaneOptions = {}): Promise<Stage> {
  const plane = await startPlane(options);
  const objects = new Objects(plane.api);
  await objects.apply(namespace(), namespace(controllerNamespace), gateway(), ...(await chartRights()));
  const apps: App[] = [];
  return {
    plane,
    objects,
    async controller(own = {}) {
      const kubeconfig = await plane.serviceAccountKubeconfig(controllerNamespace, controllerAccount);
      return startController(plane, { kubeconfig, ...own });
    },
    async app(name, appOptions = {}) {
      const app = await putOn(objects, plane, name, appOptions);
      apps.push(app);
      return app;
    },
    async stop() {
      // Also those of tests that failed before they closed them.
      await Promise.all(apps.map((app) => app.close()));
      await plane.stop();
    },
  };
}

/** What the chart gives the controller, read from the chart itself: RBAC is on, so a missing right is a failed test. */
async function chartRights(): Promise<readonly ApiObject[]> {
  const file = join(import.meta.dirname, "../../charts/serin/files/rules.yaml");
  const rules: unknown = parse(await readFile(file, "utf8"));
  const subjects = [{ kind: "ServiceAccount", name: controllerAccount, namespace: controllerNamespace }];
  const roleRef = (kind: string) => ({ apiGroup: "rbac.authorization.k8s.io", kind, name: "serin" });
  const rbac = "rbac.authorization.k8s.io/v1";
  const own = { name: "serin", namespace: controllerNamespace };
  const leases = [
    { apiGroups: ["coordination.k8s.io"], resources: ["leases"], verbs: ["get", "create", "update", "patch"] },
  ];
  return [
    { apiVersion: "v1", kind: "ServiceAccount", metadata: own },
    { apiVersion: rbac, kind: "ClusterRole", metadata: { name: "serin" }, rules },
    {
      apiVersion: rbac,
      kind: "ClusterRoleBinding",
      metadata: { name: "serin" },
      roleRef: roleRef("ClusterRole"),
      subjects,
    },
    { apiVersion: rbac, kind: "Role", metadata: own, rules: leases },
    { apiVersion: rbac, kind: "RoleBinding", metadata: own, roleRef: roleRef("Role"), subjects },
  ];
}

async function putOn(objects: Objects, plane: Plane, name: string, options: AppOptions): Promise<App> {
  const target = refer("deployment", `test/${name}`);
  const object = refer("canary", `test/${name}`);
  const host = `${name}.example.com`;
  const route = new RouteRecorder(plane.api, name);
  await objects.apply(
    ...(options.before ?? []),
    (options.change ?? ((object) => object))(deployment(name, { replicas: 2, ...options.deployment })),
    canary(name, options.canary),
  );
  const reaches: App["reaches"] = (phase, timeoutMillis = 60_000, stage = undefined) =>
    objects.waitFor(
      object,
      `is ${phase}${stage === undefined ? "" : ` (${stage})`}`,
      ({ status }) => status?.["phase"] === phase && (stage === undefined || status["stage"] === stage),
      timeoutMillis,
    );
  await reaches("Initialized");
  await waitFor(`${host} is served`, () => isServed(host), 10_000);
  const traffic = startTraffic({ url: gatewayUrl, host, ratePerSecond: options.ratePerSecond ?? 50 });
  let closing: Promise<unknown> | undefined;
  const app: App = {
    name,
    traffic,
    route,
    async release(version, env) {
      await objects.setImage(target, `ghcr.example/${name}:${version}`, env);
    },
    reaches,
    canary: () => objects.get(object),
    async sentences() {
      const events = await objects.list("event", "test");
      return events
        .filter((event) => isAbout(event, name))
        .toSorted((one, other) => Number(one.metadata.resourceVersion) - Number(other.metadata.resourceVersion))
        .flatMap((event) => String(event["message"]).split("\n"));
    },
    says(sentence) {
      return waitFor(`Events about ${name} say: ${sentence}`, async (saw) => {
        const all = await app.sentences();
        saw(all);
        return all.find((said) => (typeof sentence === "string" ? said === sentence : sentence.test(said)));
      });
    },
    close: () => {
      closing ??= Promise.all([traffic.stop(), route.stop()]);
      return closing;
    },
  };
  return app;
}

async function isServed(host: string): Promise<boolean> {
  const { statusCode, body } = await request(gatewayUrl, { headers: { host }, headersTimeout: 1000 });
  await body.dump();
  return statusCode === 200;
}

function isAbout(event: ApiObject, canary: string): boolean {
  const about = event["involvedObject"] as { readonly kind?: string; readonly name?: string };
  return about.kind === "Canary" && about.name === canary;
}

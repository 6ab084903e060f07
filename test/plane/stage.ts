/** A plane with the controller on it under the chart's own role, and applications whose rollouts are watched from outside. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parse } from "yaml";
import { type App, startApp } from "../scenarios/app.ts";
import type { Stage as AnyStage, ControllerWishes, Pace } from "../scenarios/stage.ts";
import type { ApiObject } from "./api.ts";
import { type Controller, type ControllerOptions, startController } from "./controller.ts";
import { nodeAddress } from "./enter.ts";
import { gateway, gatewayPort, namespace } from "./manifests.ts";
import { Objects } from "./objects.ts";
import { type Plane, type PlaneOptions, startPlane } from "./plane.ts";

export const controllerNamespace = "serin-system";
const controllerAccount = "serin";
const firstPort = 10_080;
export const gatewayUrl = `http://${nodeAddress}:${gatewayPort}`;

export interface Stage extends AnyStage {
  readonly plane: Plane;
  /** As the chart's service account. */
  controller(options?: ControllerOptions & ControllerWishes): Promise<Controller>;
}

const pace: Pace = {
  step: (seconds) => `${seconds}s`,
  enoughPerSecond: 50,
  settleMillis: 1000,
  startSeconds: 3,
  deadlineSeconds: 6,
  heldMillis: 5000,
  blindMillis: 30_000,
};

export async function setStage(options: PlaneOptions = {}): Promise<Stage> {
  const plane = await startPlane(options);
  const objects = new Objects(plane.api);
  await objects.apply(namespace(), namespace(controllerNamespace), gateway(), ...(await chartRights()));
  const apps: App[] = [];
  const controllers: Controller[] = [];
  const stopControllers = async () => {
    await Promise.all(controllers.splice(0).map((controller) => controller.stop()));
  };
  return {
    plane,
    objects,
    pace,
    prometheus: plane.prometheus,
    restartApiServer: () => plane.apiServer.restart(),
    behave: (workload, changes) => plane.node.behave(workload, changes),
    async controller(own = {}) {
      const kubeconfig = await plane.serviceAccountKubeconfig(controllerNamespace, controllerAccount);
      const controller = await startController(plane, { kubeconfig, port: firstPort + controllers.length, ...own });
      controllers.push(controller);
      return controller;
    },
    async app(name, appOptions = {}) {
      const app = await startApp({ api: plane.api, objects, gatewayUrl }, name, appOptions);
      apps.push(app);
      return app;
    },
    stopControllers,
    async stop() {
      await stopControllers();
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

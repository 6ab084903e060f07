import { revisionOf } from "../../src/adapters/kube/workloads/revision.ts";
import type { ClusterObject } from "../../src/control/ports.ts";
import { BuiltinTypes } from "../../src/simulator/api/schema/builtin.ts";
import type { Dice } from "./dice.ts";
import { drawn } from "./fromSchema.ts";
import { nastyKey, nastyText, objectOf } from "./nasty.ts";
import { NAME, NAMESPACE, type Stored, UID } from "./scene.ts";

/** Deployments, their pods' endpoints and their configs, with any field that Kubernetes knows. */

const TYPES = new BuiltinTypes();
/** Keys by which generated Deployments select their pods: some of which nobody looks for. */
export const SELECTOR_LABELS = ["app", "app.kubernetes.io/name", "constructor", "else"] as const;
const SPARSE = { percent: 4 };

/** Metadata as an API server stores it: texts by texts, whatever they say. */
export function metadataOf(
  name: string,
  dice: Dice,
  own: Readonly<Record<string, unknown>> = {},
): ClusterObject["metadata"] {
  return {
    name,
    namespace: NAMESPACE,
    uid: `uid-${name}`,
    ...(dice.percent(30) ? { labels: texts(dice) } : {}),
    ...(dice.percent(30) ? { annotations: texts(dice) } : {}),
    ...own,
  };
}

export function texts(dice: Dice): Readonly<Record<string, string>> {
  const key = (): string => (dice.percent(60) ? dice.of(["app", "team", "x/y"]) : nastyKey(dice));
  return objectOf(dice.times(dice.whole(0, 3), () => [key(), nastyText(dice)] as const)) as Record<string, string>;
}

export const ownedBy = (uid: string, name = NAME) => [
  { apiVersion: "flagger.app/v1beta1", kind: "Canary", name, uid, controller: true, blockOwnerDeletion: true },
];

/** Who controls an object: mostly this Canary or nobody. */
export function ownersOf(dice: Dice): Readonly<Record<string, unknown>> {
  const share = dice.whole(0, 9);
  if (share < 5) return { ownerReferences: ownedBy(UID) };
  if (share < 9) return {};
  const stranger = {
    apiVersion: "apps/v1",
    kind: "Thing",
    name: "other",
    uid: "other-uid",
    controller: dice.percent(50),
  };
  return { ownerReferences: dice.percent(50) ? [stranger] : ownedBy("earlier-uid") };
}

/** The target, its primary where there is one, and what their pods are made with. */
export function workloads(dice: Dice): readonly Stored[] {
  const spec = { ...podSpec(dice), ...(drawn(TYPES.type("PodSpec"), dice, SPARSE) as object) };
  const template = { metadata: { labels: { app: NAME }, annotations: texts(dice) }, spec };
  const target = deployment(NAME, template, NAME, dice, {});
  const revision = revisionOf(target);
  const copyOf = dice.percent(70) ? template : { ...template, metadata: { labels: { app: NAME, version: "old" } } };
  const marks = { annotations: { "serin.dev/revision": dice.percent(60) ? revision : "v1-0123456789abcdef" } };
  const isFlaggers = dice.percent(10);
  const own = { ...ownersOf(dice), ...(isFlaggers ? {} : marks) };
  const primary = deployment(`${NAME}-primary`, labelled(copyOf, revision), `${NAME}-primary`, dice, own);
  return [
    ...(dice.percent(92) ? [{ kind: "Deployment", object: target } as const] : []),
    ...(dice.percent(75) ? [{ kind: "Deployment", object: primary } as const] : []),
    ...configs(dice),
    ...slices(dice),
  ];
}

function labelled(template: { readonly metadata: object; readonly spec: object }, copy: string) {
  const metadata = { labels: { app: `${NAME}-primary` }, annotations: { "flagger-id": copy } };
  return { ...template, metadata: { ...template.metadata, ...metadata } };
}

function podSpec(dice: Dice): object {
  const env = dice.percent(20) ? { envFrom: [{ configMapRef: { name: "settings", optional: dice.percent(50) } }] } : {};
  const volumes = dice.percent(10) ? { volumes: [{ name: "v", secret: { secretName: "keys" } }] } : {};
  const ports = [
    { name: "http", containerPort: 9898 },
    ...(dice.percent(30) ? [{ containerPort: dice.of([80, 9898, 9999]) }] : []),
  ];
  return { containers: [{ name: NAME, image: `${NAME}:${dice.whole(1, 3)}`, ports, ...env }], ...volumes };
}

function deployment(
  name: string,
  template: object,
  app: string,
  dice: Dice,
  own: Readonly<Record<string, unknown>>,
): ClusterObject {
  const generation = dice.whole(1, 3);
  const replicas = dice.percent(60) ? dice.whole(1, 4) : dice.of([0, 0, 1, 100, -1]);
  const given = drawn(TYPES.type("DeploymentSpec"), dice, { percent: 20 }) as object;
  const few = dice.percent(70) ? replicas : dice.whole(0, 5);
  const status = {
    ...(dice.percent(30) ? (drawn(TYPES.type("DeploymentStatus"), dice, { percent: 40 }) as object) : {}),
    observedGeneration: dice.percent(85) ? generation : generation - 1,
    replicas: dice.percent(85) ? replicas : few,
    updatedReplicas: dice.percent(85) ? replicas : few,
    readyReplicas: few,
    availableReplicas: few,
  };
  const label = dice.percent(95) ? "app" : dice.of(SELECTOR_LABELS);
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: metadataOf(name, dice, { generation, ...own }),
    spec: { ...given, replicas, selector: { matchLabels: { [label]: app } }, template },
    ...(dice.percent(95) ? { status } : {}),
  };
}

function configs(dice: Dice): readonly Stored[] {
  const config = (kind: "ConfigMap" | "Secret", name: string): Stored => {
    const data = objectOf(dice.times(dice.whole(0, 2), () => [nastyKey(dice), nastyText(dice)] as const));
    const type = kind === "Secret" ? { type: dice.of(["Opaque", "kubernetes.io/tls", "x/y"]) } : {};
    return { kind, object: { apiVersion: "v1", kind, metadata: metadataOf(name, dice), data, ...type } };
  };
  return [
    ...(dice.percent(90) ? [config("ConfigMap", "settings")] : []),
    ...(dice.percent(90) ? [config("Secret", "keys")] : []),
    ...(dice.percent(10) ? [config("ConfigMap", "settings-primary")] : []),
  ];
}

/** Who answers behind the Services of the two versions; as the server stores it, or as a hand writes it. */
function slices(dice: Dice): readonly Stored[] {
  return [`${NAME}-primary`, `${NAME}-canary`].flatMap((service) => {
    if (dice.percent(15)) return [];
    const pods = dice.times(dice.whole(0, 4), () => `pod-${dice.whole(1, 6)}`);
    const usual = pods.map((name) => ({
      addresses: ["10.0.0.1"],
      conditions: { ready: dice.percent(90) },
      targetRef: { kind: "Pod", name },
    }));
    const given = drawn(TYPES.type("EndpointSlice"), dice, { percent: 30 }) as object;
    const labels = { ...texts(dice), "kubernetes.io/service-name": service };
    const metadata = metadataOf(`${service}-x`, dice, { labels });
    const endpoints = dice.percent(80) ? { endpoints: usual } : {};
    const ports = dice.percent(85) ? { ports: [{ name: dice.of(["http", "http", "", "metrics"]), port: 9898 }] } : {};
    return [{ kind: "EndpointSlice", object: { ...given, metadata, ...endpoints, ...ports } } as const];
  });
}

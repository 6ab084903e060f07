/** What people do to their applications in a simulated life. Each deed is data, so that it can be told, kept and left out. */
import type { KubeObject } from "../runtime/transport.ts";
import { objectsAt } from "../simulator/api/json.ts";
import {
  type AppPlan,
  canaryOf,
  configOf,
  containerOf,
  deploymentOf,
  type Fate,
  type Release,
  workloadOf,
} from "./app.ts";
import { HandsError, type ObjectPlace } from "./hands.ts";
import { NAMESPACE } from "./users.ts";
import type { SimWorld } from "./world.ts";

export type Act =
  | { readonly kind: "release"; readonly tag: string; readonly fate: Fate }
  | { readonly kind: "edit settings"; readonly value: string }
  | { readonly kind: "edit canary"; readonly spec: Readonly<Record<string, unknown>> }
  | { readonly kind: "suspend" }
  | { readonly kind: "resume" }
  /** Of the target and of the primary alike, as autoscalers of both would. */
  | { readonly kind: "scale"; readonly replicas: number }
  | { readonly kind: "delete"; readonly what: "canary" | "target" | "primary" | "route" }
  | { readonly kind: "apply canary" }
  | { readonly kind: "apply target"; readonly tag: string; readonly fate: Fate }
  /** A hand that sets the weights of the route itself. */
  | { readonly kind: "set weights"; readonly canary: number }
  /** A hand that labels the route, which is nobody else's label to touch. */
  | { readonly kind: "label the route" }
  /** Pods of the target or of the primary are deleted, the oldest names first. */
  | { readonly kind: "lose pods"; readonly of: "target" | "primary"; readonly count: number };

export interface Deed {
  /** The same in every life of the same seed. */
  readonly id: string;
  /** Since the life began. */
  readonly atMillis: number;
  readonly app: AppPlan;
  readonly act: Act;
}

type Whereabouts = Omit<ObjectPlace, "name" | "namespace">;

const CANARY: Whereabouts = { apiVersion: "flagger.app/v1beta1", kind: "Canary" };
const DEPLOYMENT: Whereabouts = { apiVersion: "apps/v1", kind: "Deployment" };
const ROUTE: Whereabouts = { apiVersion: "networking.istio.io/v1", kind: "VirtualService" };
const POD: Whereabouts = { apiVersion: "v1", kind: "Pod" };

const at = (whereabouts: Whereabouts, name: string): ObjectPlace => ({ ...whereabouts, namespace: NAMESPACE, name });

const primaryName = ({ name }: AppPlan): string => `${name}-primary`;

/** Do it. Answers false where the API server would not have it, mostly because there is nothing to do it to. */
export function perform({ app, act }: Deed, world: SimWorld): boolean {
  try {
    if (act.kind === "lose pods") losePods(app, act, world);
    else actOn(app, act, world);
    return true;
  } catch (error) {
    if (error instanceof HandsError) return false;
    throw error;
  }
}

function actOn(app: AppPlan, act: Exclude<Act, { readonly kind: "lose pods" }>, { hands }: SimWorld): void {
  const canary = at(CANARY, app.name);
  switch (act.kind) {
    case "release":
      hands.patch(at(DEPLOYMENT, app.name), templateOf(app, act));
      break;
    case "edit settings":
      hands.apply(configOf(app, act.value));
      break;
    case "edit canary":
      hands.merge(canary, { spec: act.spec });
      break;
    case "suspend":
    case "resume":
      hands.merge(canary, { spec: { suspend: act.kind === "suspend" } });
      break;
    case "scale":
      scale(app, act.replicas, hands);
      break;
    case "delete":
      hands.remove(placeOf(app, act.what));
      break;
    case "apply canary":
      hands.apply(canaryOf(app));
      break;
    case "apply target":
      if (hands.find(at(DEPLOYMENT, app.name)) === undefined) hands.apply(deploymentOf(app, act));
      else hands.patch(at(DEPLOYMENT, app.name), templateOf(app, act));
      break;
    case "set weights":
      setWeights(app, act.canary, hands);
      break;
    case "label the route":
      hands.merge(at(ROUTE, app.name), { metadata: { labels: { "example.com/touched": "by-hand" } } });
      break;
  }
}

const templateOf = (app: AppPlan, release: Release): object => ({
  spec: { template: { spec: { containers: [containerOf(app, release)] } } },
});

function placeOf(app: AppPlan, what: Extract<Act, { readonly kind: "delete" }>["what"]): ObjectPlace {
  switch (what) {
    case "canary":
      return at(CANARY, app.name);
    case "target":
      return at(DEPLOYMENT, app.name);
    case "primary":
      return at(DEPLOYMENT, primaryName(app));
    case "route":
      return at(ROUTE, app.name);
  }
}

/** An autoscaler does not wake what stands at zero. */
function scale(app: AppPlan, replicas: number, hands: SimWorld["hands"]): void {
  for (const name of [app.name, primaryName(app)]) {
    const place = at(DEPLOYMENT, name);
    const spec = hands.find(place)?.["spec"] as { readonly replicas?: number } | undefined;
    if (spec !== undefined && spec.replicas !== 0) hands.scale(place, replicas);
  }
}

function setWeights(app: AppPlan, canary: number, hands: SimWorld["hands"]): void {
  const place = at(ROUTE, app.name);
  const rules = objectsAt(hands.find(place), "spec", "http");
  const http = rules.map((rule) => {
    const destinations = objectsAt(rule, "route");
    if (destinations.length !== 2) return rule;
    return {
      ...rule,
      route: destinations.map((one, number) => ({ ...one, weight: number === 0 ? 100 - canary : canary })),
    };
  });
  hands.merge(place, { spec: { http } });
}

function losePods(app: AppPlan, { of, count }: Extract<Act, { readonly kind: "lose pods" }>, world: SimWorld): void {
  const label = of === "target" ? app.name : primaryName(app);
  const isOurs = ({ metadata }: KubeObject): boolean =>
    metadata.namespace === NAMESPACE && metadata.labels?.["app"] === label && metadata.deletionTimestamp === undefined;
  for (const { metadata } of world.api.all("/pods").filter(isOurs).slice(0, count))
    world.hands.remove(at(POD, metadata.name));
}

/** Bring an app into a world: what its owner applies on the first day. */
export function found(app: AppPlan, release: Release, { hands }: SimWorld): void {
  hands.apply(...workloadOf(app, release), canaryOf(app));
}

/** One phrase for a story, for example "web: release 1.2.0 (bad)". */
export function phraseOf({ app, act }: Deed): string {
  return `${app.name}: ${words(act)}`;
}

function words(act: Act): string {
  switch (act.kind) {
    case "release":
      return `release ${act.tag} (${act.fate})`;
    case "apply target":
      return `apply the Deployment, at ${act.tag} (${act.fate})`;
    case "edit settings":
      return `edit the ConfigMap to ${act.value}`;
    case "edit canary":
      return `edit the Canary: ${JSON.stringify(act.spec)}`;
    case "suspend":
    case "resume":
      return `${act.kind} the Canary`;
    case "scale":
      return `scale to ${act.replicas}`;
    case "delete":
      return `delete the ${act.what}`;
    case "apply canary":
      return "apply the Canary";
    case "set weights":
      return `set the canary's weight to ${act.canary} by hand`;
    case "label the route":
      return "label the route by hand";
    case "lose pods":
      return `lose ${act.count} pods of the ${act.of}`;
  }
}

/** An application of a simulated life: its Deployment, what it mounts, and its Canary. */
import { type AutoscalingPlan, autoscalersOf } from "./autoscaling.ts";
import type { Crowd } from "./crowds.ts";
import { NAMESPACE } from "./users.ts";

/** What a version does once it runs. */
export type Fate = "good" | "bad" | "crashes" | "image missing";

export interface Release {
  /** Of its image. Each release has its own. */
  readonly tag: string;
  readonly fate: Fate;
}

export interface AppPlan {
  readonly name: string;
  readonly replicas: number;
  /** From a container's start until it is ready. */
  readonly startSeconds: number;
  /** From told to end to gone. */
  readonly shutdownSeconds: number;
  readonly maxSurge: number | string;
  readonly maxUnavailable: number | string;
  /** Whether its pods mount a ConfigMap, a change of which is a revision as well. */
  readonly hasConfig: boolean;
  /** Whether it was served, by a Service and a route of its owner's, before there was a Canary. */
  readonly hasEntrance: boolean;
  readonly canary: CanaryPlan;
  /** Undefined where people scale it by hand. */
  readonly autoscaling?: AutoscalingPlan;
  /** When far more or nobody at all comes, since the life began. */
  readonly crowds: readonly Crowd[];
}

/** What a life draws of a Canary. */
export interface CanaryPlan {
  readonly intervalSeconds: number;
  readonly threshold: number;
  readonly progressDeadlineSeconds: number;
  /** Fields of `spec.analysis` that say how the weight rises. */
  readonly steps: Readonly<Record<string, unknown>>;
  readonly skipAnalysis: boolean;
  readonly revertOnDeletion: boolean;
}

export const PORT = 9898;

/** The share of answers of a bad version that are errors, in percent. */
const BAD_PERCENT = 30;

/** Every object of an app but its Canary, as its owner applies them. */
export function workloadOf(app: AppPlan, release: Release): readonly object[] {
  const config = app.hasConfig ? [configOf(app, "1")] : [];
  return [...config, deploymentOf(app, release), ...(app.hasEntrance ? entranceOf(app) : []), ...autoscalersOf(app)];
}

/** A Service and a route with more in it than a rollout needs, all of which is its owner's. */
function entranceOf({ name }: AppPlan): readonly object[] {
  const metadata = {
    name,
    namespace: NAMESPACE,
    labels: { team: "shop" },
    annotations: { "example.com/owner": "shop" },
  };
  const ports = [{ name: "http", port: PORT, targetPort: PORT }];
  const status = {
    name: "status",
    match: [{ uri: { prefix: "/status" } }],
    route: [{ destination: { host: "status" } }],
  };
  const http = [status, { name: "all", route: [{ destination: { host: name } }] }];
  const spec = { hosts: [`${name}.example.com`], gateways: ["istio-system/public"], http };
  return [
    { apiVersion: "v1", kind: "Service", metadata, spec: { selector: { app: name }, ports } },
    { apiVersion: "networking.istio.io/v1", kind: "VirtualService", metadata, spec },
  ];
}

export const configName = ({ name }: AppPlan): string => `${name}-settings`;

export function configOf(app: AppPlan, value: string): object {
  return {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: configName(app), namespace: NAMESPACE },
    data: { value },
  };
}

/** Only what an owner says: replicas are left to whoever scales, once the Deployment is there. */
export function deploymentOf(app: AppPlan, release: Release): object {
  const { name, replicas, maxSurge, maxUnavailable } = app;
  const { progressDeadlineSeconds } = app.canary;
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name, namespace: NAMESPACE, labels: { app: name } },
    spec: {
      replicas,
      progressDeadlineSeconds,
      strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge, maxUnavailable } },
      selector: { matchLabels: { app: name } },
      template: { metadata: { labels: { app: name } }, spec: { containers: [containerOf(app, release)] } },
    },
  };
}

/** The one container, in the words that nodes and traffic obey. */
export function containerOf(app: AppPlan, { tag, fate }: Release): object {
  const { name, startSeconds, shutdownSeconds, hasConfig } = app;
  const variables = {
    START_SECONDS: startSeconds,
    SHUTDOWN_SECONDS: shutdownSeconds,
    ERROR_PERCENT: fate === "bad" ? BAD_PERCENT : 0,
    CRASH: fate === "crashes" ? 1 : 0,
  };
  const registry = fate === "image missing" ? "missing.example" : "images.example";
  return {
    name: "app",
    image: `${registry}/${name}:${tag}`,
    ports: [{ name: "http", containerPort: PORT }],
    env: Object.entries(variables).map(([variable, value]) => ({ name: variable, value: String(value) })),
    ...(hasConfig ? { envFrom: [{ configMapRef: { name: configName(app) } }] } : {}),
  };
}

export function canaryOf({ name, canary }: AppPlan): object {
  const { intervalSeconds, threshold, progressDeadlineSeconds, steps, skipAnalysis, revertOnDeletion } = canary;
  return {
    apiVersion: "flagger.app/v1beta1",
    kind: "Canary",
    metadata: { name, namespace: NAMESPACE },
    spec: {
      targetRef: { apiVersion: "apps/v1", kind: "Deployment", name },
      progressDeadlineSeconds,
      skipAnalysis,
      revertOnDeletion,
      suspend: false,
      service: { port: PORT, gateways: ["istio-system/public"], hosts: [`${name}.example.com`] },
      analysis: {
        interval: `${intervalSeconds}s`,
        threshold,
        ...steps,
        metrics: [{ name: "request-success-rate", interval: "1m", thresholdRange: { min: 99 } }],
      },
    },
  };
}

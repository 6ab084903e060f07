/** Objects that tests put on the plane, with what does not matter filled in. */
import type { ApiObject } from "./api.ts";

export const testNamespace = "test";
export const gatewayPort = 8080;
export const servicePort = 9898;

export interface DeploymentOptions {
  readonly namespace?: string;
  readonly replicas?: number;
  readonly image?: string;
  /** What the pods do: see behaviour.ts for the variables that they obey. */
  readonly env?: Readonly<Record<string, string | number>>;
  readonly labels?: Readonly<Record<string, string>>;
  readonly ports?: readonly number[];
  readonly progressDeadlineSeconds?: number;
  readonly minReadySeconds?: number;
}

export function namespace(name = testNamespace): ApiObject {
  return { apiVersion: "v1", kind: "Namespace", metadata: { name } };
}

export function deployment(name: string, options: DeploymentOptions = {}): ApiObject {
  const { replicas = 1, progressDeadlineSeconds = 60, minReadySeconds = 0 } = options;
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name, namespace: options.namespace ?? testNamespace, labels: { app: name } },
    spec: {
      replicas,
      progressDeadlineSeconds,
      minReadySeconds,
      selector: { matchLabels: { app: name } },
      template: podTemplate(name, options),
    },
  };
}

export function daemonSet(name: string, options: DeploymentOptions = {}): ApiObject {
  return {
    apiVersion: "apps/v1",
    kind: "DaemonSet",
    metadata: { name, namespace: options.namespace ?? testNamespace, labels: { app: name } },
    spec: {
      selector: { matchLabels: { app: name } },
      updateStrategy: { type: "RollingUpdate" },
      template: podTemplate(name, options),
    },
  };
}

function podTemplate(name: string, options: DeploymentOptions): Record<string, unknown> {
  const { image = `ghcr.example/${name}:1.0.0`, env = {}, labels = {}, ports = [servicePort] } = options;
  return {
    metadata: { labels: { app: name, ...labels } },
    spec: {
      containers: [
        {
          name: "app",
          image,
          ports: ports.map((containerPort) => ({
            containerPort,
            name: containerPort === servicePort ? "http" : `http-${containerPort}`,
          })),
          env: Object.entries(env).map(([variable, value]) => ({ name: variable, value: String(value) })),
        },
      ],
    },
  };
}

export function service(
  name: string,
  options: { readonly namespace?: string; readonly app?: string; readonly port?: number } = {},
): ApiObject {
  const port = options.port ?? servicePort;
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name, namespace: options.namespace ?? testNamespace },
    spec: { selector: { app: options.app ?? name }, ports: [{ name: "http", port, targetPort: port }] },
  };
}

/** The way in: the plane's Envoy listens on its port of 10.0.0.1 once a VirtualService uses it. Written `istio-system/public` in a Canary. */
export function gateway(
  name = "public",
  options: { readonly namespace?: string; readonly port?: number; readonly hosts?: readonly string[] } = {},
): ApiObject {
  const port = { number: options.port ?? gatewayPort, name: "http", protocol: "HTTP" };
  return {
    apiVersion: "networking.istio.io/v1",
    kind: "Gateway",
    metadata: { name, namespace: options.namespace ?? "istio-system" },
    spec: { selector: { istio: "ingressgateway" }, servers: [{ port, hosts: options.hosts ?? ["*"] }] },
  };
}

export interface VirtualServiceOptions {
  readonly namespace?: string;
  readonly hosts: readonly string[];
  readonly gateways?: readonly string[];
  /** Service name → weight. */
  readonly weights: Readonly<Record<string, number>>;
  readonly port?: number;
  /** How often the gateway tries again on its own; none by default here, so that each loss is seen. */
  readonly attempts?: number;
}

export function virtualService(name: string, options: VirtualServiceOptions): ApiObject {
  const { hosts, gateways = ["istio-system/public"], weights, port = servicePort, attempts = 0 } = options;
  const route = Object.entries(weights).map(([host, weight]) => ({
    destination: { host, port: { number: port } },
    weight,
  }));
  return {
    apiVersion: "networking.istio.io/v1",
    kind: "VirtualService",
    metadata: { name, namespace: options.namespace ?? testNamespace },
    spec: { hosts, gateways, http: [{ route, retries: { attempts } }] },
  };
}

export interface CanaryOptions {
  readonly namespace?: string;
  readonly annotations?: Readonly<Record<string, string>>;
  /** Laid over the parts of the spec that they name. */
  readonly service?: Record<string, unknown>;
  readonly analysis?: Record<string, unknown>;
  readonly spec?: Record<string, unknown>;
}

/** A Canary of the Deployment of that name, on Istio, reached as `NAME.example.com` through the public gateway; steps in a few seconds. */
export function canary(name: string, options: CanaryOptions = {}): ApiObject {
  return {
    apiVersion: "flagger.app/v1beta1",
    kind: "Canary",
    metadata: {
      name,
      namespace: options.namespace ?? testNamespace,
      ...(options.annotations ? { annotations: options.annotations } : {}),
    },
    spec: {
      provider: "istio",
      targetRef: { apiVersion: "apps/v1", kind: "Deployment", name },
      progressDeadlineSeconds: 60,
      service: {
        port: servicePort,
        gateways: ["istio-system/public"],
        hosts: [`${name}.example.com`],
        ...options.service,
      },
      analysis: {
        interval: "2s",
        threshold: 3,
        stepWeights: [10, 50],
        metrics: [{ name: "request-success-rate", thresholdRange: { min: 99 }, interval: "10s" }],
        ...options.analysis,
      },
      ...options.spec,
    },
  };
}

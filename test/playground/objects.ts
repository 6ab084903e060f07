/** Objects for the playground's tests, with what does not matter filled in. */
const NAMESPACE = "test";
export const PORT = 9898;

export interface DeploymentOptions {
  readonly replicas?: number;
  readonly image?: string;
  readonly env?: Readonly<Record<string, string | number>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly podAnnotations?: Readonly<Record<string, string>>;
}

export function deployment(name: string, options: DeploymentOptions = {}): object {
  const {
    replicas = 1,
    image = `ghcr.example/${name}:1.0.0`,
    env = {},
    annotations = {},
    podAnnotations = {},
  } = options;
  const variables = Object.entries(env).map(([variable, value]) => ({ name: variable, value: String(value) }));
  const container = { name: "app", image, ports: [{ name: "http", containerPort: PORT }], env: variables };
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name, namespace: NAMESPACE, annotations },
    spec: {
      replicas,
      selector: { matchLabels: { app: name } },
      template: { metadata: { labels: { app: name }, annotations: podAnnotations }, spec: { containers: [container] } },
    },
  };
}

export const service = (name: string): object => ({
  apiVersion: "v1",
  kind: "Service",
  metadata: { name, namespace: NAMESPACE },
  spec: { selector: { app: name }, ports: [{ name: "http", port: PORT, targetPort: "http" }] },
});

export const publicGateway = (port = 80): object => ({
  apiVersion: "networking.istio.io/v1",
  kind: "Gateway",
  metadata: { name: "public", namespace: "istio-system" },
  spec: {
    selector: { istio: "ingressgateway" },
    servers: [{ port: { number: port, name: "http", protocol: "HTTP" }, hosts: ["*"] }],
  },
});

export const route = (name: string, weights: Readonly<Record<string, number>>, more: object = {}): object => ({
  apiVersion: "networking.istio.io/v1beta1",
  kind: "VirtualService",
  metadata: { name, namespace: NAMESPACE },
  spec: {
    hosts: [`${name}.example.com`],
    gateways: ["istio-system/public"],
    http: [{ route: Object.entries(weights).map(([host, weight]) => ({ destination: { host }, weight })), ...more }],
  },
});

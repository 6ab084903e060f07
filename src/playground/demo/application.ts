/** The application that the demo rolls out, and its Canary: steps of seconds, where production takes minutes. */
import { NAMESPACE, PUBLIC_GATEWAY } from "../firstObjects.ts";

export const APP = "podinfo";
export const HOST = `${APP}.example.com`;
export const FIRST_VERSION = "1.0.0";

const PORT = 9898;
const metadata = { name: APP, namespace: NAMESPACE };

export const imageOf = (version: string): string => `ghcr.example/${APP}:${version}`;

export function deployment(): object {
  const container = {
    name: "app",
    image: imageOf(FIRST_VERSION),
    ports: [{ name: "http", containerPort: PORT }],
    // A moment to start, and none to end, so that one request too many would be lost.
    env: [{ name: "START_SECONDS", value: "0.3" }],
  };
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { ...metadata, labels: { app: APP } },
    spec: {
      replicas: 2,
      selector: { matchLabels: { app: APP } },
      template: { metadata: { labels: { app: APP } }, spec: { containers: [container] } },
    },
  };
}

/** How clients reached it before there was a Canary, and how they do again when it is deleted. */
export function ownRoute(): readonly object[] {
  const ports = [{ name: "http", port: PORT, targetPort: "http" }];
  const route = [{ destination: { host: APP, port: { number: PORT } } }];
  return [
    { apiVersion: "v1", kind: "Service", metadata, spec: { selector: { app: APP }, ports } },
    {
      apiVersion: "networking.istio.io/v1",
      kind: "VirtualService",
      metadata,
      spec: { hosts: [HOST], gateways: [PUBLIC_GATEWAY], http: [{ route }] },
    },
  ];
}

export function canary(): object {
  return {
    apiVersion: "flagger.app/v1beta1",
    kind: "Canary",
    metadata,
    spec: {
      provider: "istio",
      targetRef: { apiVersion: "apps/v1", kind: "Deployment", name: APP },
      progressDeadlineSeconds: 60,
      revertOnDeletion: true,
      service: { port: PORT, gateways: [PUBLIC_GATEWAY], hosts: [HOST] },
      analysis: {
        interval: "4s",
        threshold: 2,
        stepWeights: [10, 50, 100],
        metrics: [
          { name: "request-success-rate", thresholdRange: { min: 99 }, interval: "10s" },
          { name: "request-duration", thresholdRange: { max: 500 }, interval: "10s" },
        ],
      },
    },
  };
}

import type { Metadata, ServiceSpec } from "../domain/spec.ts";
import type { WireService } from "./serviceSchema.ts";
import { isWireObject, textOr, type WireObject } from "./wire.ts";

/** `spec.service` with its defaults. Routing fields are Istio's own and stay as they were written. */
export function parseService(wire: WireService, targetName: string): ServiceSpec {
  return {
    name: textOr(wire.name) ?? targetName,
    port: wire.port,
    portName: textOr(wire.portName) ?? "http",
    targetPort: targetPortOf(wire),
    appProtocol: textOr(wire.appProtocol),
    portDiscovery: wire.portDiscovery ?? false,
    headless: wire.headless ?? false,
    trafficDistribution: wire.trafficDistribution,
    hosts: wire.hosts ?? [],
    gateways: wire.gateways ?? [],
    delegation: wire.delegation ?? false,
    match: wire.match ?? [],
    rewrite: withoutEmptyTexts(wire.rewrite),
    retries: withoutEmptyTexts(wire.retries),
    timeout: textOr(wire.timeout),
    headers: wire.headers,
    corsPolicy: withoutEmptyTexts(wire.corsPolicy),
    trafficPolicy: withoutEmptyTexts(wire.trafficPolicy),
    apex: metadataOf(wire.apex),
    primary: metadataOf(wire.primary),
    canary: metadataOf(wire.canary),
    unmanagedLabels: wire.unmanagedMetadata?.labels ?? [],
    unmanagedAnnotations: wire.unmanagedMetadata?.annotations ?? [],
  };
}

/** 0 and the empty text mean the Service's own port. Digits in quotes are a number: no port can have such a name. */
function targetPortOf({ targetPort, port }: WireService): number | string {
  if (targetPort === undefined || targetPort === 0 || targetPort === "") return port;
  return typeof targetPort === "string" && /^\d+$/.test(targetPort) ? Number(targetPort) : targetPort;
}

/**
 * An empty text among settings means not set, and Istio would refuse it, above all as a duration. What is in lists stays:
 * there an empty text is a value like others.
 */
function withoutEmptyTexts(settings: WireObject | undefined): WireObject | undefined {
  if (settings === undefined) return undefined;
  const set = Object.entries(settings).filter(([, value]) => value !== "");
  return Object.fromEntries(set.map(([name, value]) => [name, isWireObject(value) ? withoutEmptyTexts(value) : value]));
}

function metadataOf(wire: WireService["apex"]): Metadata | undefined {
  return wire === undefined ? undefined : { labels: wire.labels ?? {}, annotations: wire.annotations ?? {} };
}

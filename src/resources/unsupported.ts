import type { Refusal } from "../domain/spec.ts";
import { isWireObject, objectOr, textOr, type WireObject } from "./wire.ts";

/** The one router of this version. */
const PROVIDER = "istio";

interface Unsupported {
  readonly path: string;
  /** Whether the spec asks for it. */
  readonly asked: (spec: WireObject) => boolean;
  readonly message: string;
  readonly severity?: Refusal["severity"];
}

const service = (spec: WireObject): WireObject => objectOr(spec["service"]);
const analysis = (spec: WireObject): WireObject => objectOr(spec["analysis"]);
const isSet = (value: unknown): boolean => value !== undefined && value !== "";
const hasItems = (value: unknown): boolean => Array.isArray(value) && value.length > 0;

/** Said of the spec, and by the router again: the same words, so that it is told once. */
export const NO_TCP = "TCP routes are not supported yet: use http or grpc, or remove it";

/**
 * What Flagger does and this version does not do yet. It is read, so that the object stays valid, and refused where its
 * owner can see it: doing something else in its place without a word would be worse than doing nothing.
 */
const UNSUPPORTED: readonly Unsupported[] = [
  {
    path: "spec.canaryAnalysis",
    asked: (spec) => isSet(spec["canaryAnalysis"]),
    message: "is the old name of spec.analysis and is not read: rename it",
  },
  {
    path: "spec.autoscalerRef",
    asked: (spec) => isSet(spec["autoscalerRef"]),
    message:
      "autoscalers of the primary are not supported yet: remove it and scale the primary by hand, or keep this Canary with Flagger",
  },
  {
    path: "spec.ingressRef",
    asked: (spec) => isSet(spec["ingressRef"]),
    message: "ingress controllers are not supported yet: remove it and use the provider istio",
  },
  {
    path: "spec.routeRef",
    asked: (spec) => isSet(spec["routeRef"]),
    message: "APISIX routes are not supported yet: remove it and use the provider istio",
  },
  {
    path: "spec.upstreamRef",
    asked: (spec) => isSet(spec["upstreamRef"]),
    message: "Gloo upstreams are not supported yet: remove it and use the provider istio",
  },
  {
    path: "spec.service.appProtocol",
    asked: (spec) => textOr(service(spec)["appProtocol"])?.toLowerCase() === "tcp",
    message: NO_TCP,
  },
  {
    path: "spec.service.mirror",
    asked: (spec) => hasItems(service(spec)["mirror"]),
    message: "permanent mirrors belong to the Gateway API, which is not supported yet: remove it",
  },
  {
    path: "spec.service.gatewayRefs",
    asked: (spec) => hasItems(service(spec)["gatewayRefs"]),
    message: "the Gateway API is not supported yet: use spec.service.gateways with Istio gateways",
  },
  {
    path: "spec.service.meshName",
    asked: (spec) => isSet(service(spec)["meshName"]),
    message: "App Mesh is not supported: remove it",
  },
  {
    path: "spec.service.backends",
    asked: (spec) => hasItems(service(spec)["backends"]),
    message: "App Mesh is not supported: remove it",
  },
  {
    path: "spec.service.backendTimeout",
    asked: (spec) => isSet(service(spec)["backendTimeout"]),
    message: "belongs to the Gateway API, which is not supported yet: use spec.service.timeout",
  },
  {
    path: "spec.service.rewrite.type",
    asked: (spec) => isSet(objectOr(service(spec)["rewrite"])["type"]),
    message: "belongs to the Gateway API, which is not supported yet: remove it, Istio replaces the matched prefix",
  },
  {
    path: "spec.analysis.iterations",
    asked: (spec) => isSet(analysis(spec)["iterations"]),
    message: "blue/green and A/B runs are not supported yet: use stepWeights, for example [10, 50, 100]",
  },
  {
    path: "spec.analysis.match",
    asked: (spec) => hasItems(analysis(spec)["match"]),
    message: "A/B runs are not supported yet: remove it and use stepWeights",
  },
  {
    path: "spec.analysis.mirror",
    asked: (spec) => analysis(spec)["mirror"] === true,
    message: "mirroring is not supported yet: set it to false or remove it",
  },
  {
    path: "spec.analysis.sessionAffinity",
    asked: (spec) => isSet(analysis(spec)["sessionAffinity"]),
    message: "session affinity is not supported yet: remove it",
  },
  {
    path: "spec.analysis.webhooks",
    asked: (spec) => hasItems(analysis(spec)["webhooks"]),
    message:
      "webhooks are not supported yet, and a gate that nobody asks must not stand open: remove them, or keep this Canary with Flagger",
  },
  {
    path: "spec.analysis.alerts",
    asked: (spec) => hasItems(analysis(spec)["alerts"]),
    message: "alerts are not sent yet: watch the Events and conditions of this object",
    severity: "advisory",
  },
];

/** A refusal for everything in `spec`, as it stands on the wire, that this version does not do. Never throws. */
export function unsupportedIn(spec: WireObject): readonly Refusal[] {
  const listed = UNSUPPORTED.filter(({ asked }) => asked(spec)).map(notSupported);
  return [...providerRefusal(spec), ...targetRefusal(spec), ...listed];
}

function notSupported({ path, message, severity = "blocking" }: Unsupported): Refusal {
  return { path, message, reason: "NotSupported", severity };
}

function providerRefusal({ provider }: WireObject): readonly Refusal[] {
  if (typeof provider !== "string" || provider === "" || provider === PROVIDER) return [];
  const message = `the provider ${JSON.stringify(provider)} is not supported: use ${PROVIDER}, or leave it empty for the controller's default`;
  return [{ path: "spec.provider", message, reason: "UnknownProvider", severity: "blocking" }];
}

function targetRefusal({ targetRef }: WireObject): readonly Refusal[] {
  const kind = isWireObject(targetRef) ? targetRef["kind"] : undefined;
  if (kind !== "DaemonSet" && kind !== "Service") return [];
  const message = `${kind} targets are not supported yet: name a Deployment`;
  return [{ path: "spec.targetRef.kind", message, reason: "NotSupported", severity: "blocking" }];
}

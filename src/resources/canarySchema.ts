import type * as z from "zod";
import { analysisSchema } from "./analysisSchema.ts";
import { choice, flag, group, text, textMap, whole } from "./fields.ts";
import { serviceSchema } from "./serviceSchema.ts";

/** Flagger's names for the ways to route. Which of them this version can drive is another question. */
const providers = [
  "apisix",
  "appmesh",
  "appmesh:v1beta2",
  "contour",
  "gatewayapi:v1",
  "gatewayapi:v1beta1",
  "gloo",
  "istio",
  "knative",
  "kubernetes",
  "kuma",
  "linkerd",
  "nginx",
  "osm",
  "skipper",
  "smi:v1alpha1",
  "smi:v1alpha2",
  "smi:v1alpha3",
  "traefik",
] as const;

const refTo = <const Kinds extends readonly [string, ...string[]]>(kinds: Kinds) => ({
  apiVersion: text("API group and version of the object."),
  kind: choice("Kind of the object.", kinds),
  name: text("Name of the object."),
});

/** `spec.targetRef`: the workload that is rolled out. */
export const targetRefSchema = group("The workload that is rolled out.", refTo(["DaemonSet", "Deployment", "Service"]));

const autoscalerRef = group("The autoscaler of the workload.", {
  ...refTo(["HorizontalPodAutoscaler", "ScaledObject"]),
  primaryScalerQueries: textMap("Queries of the primary's scaler, by trigger.").optional(),
  primaryScalerReplicas: group("Replicas of the primary's scaler.", {
    minReplicas: whole("Least replicas.", { min: 1 }).optional(),
    maxReplicas: whole("Most replicas.", { min: 1 }).optional(),
  }).optional(),
});

/** The fields of `spec`, each with its own schema, so that one that is wrong does not hide the others. */
export const specFields = {
  provider: choice("What routes the traffic; the controller's default when empty.", providers).optional(),
  metricsServer: text("Address of the Prometheus to ask; the controller's when empty.").optional(),
  progressDeadlineSeconds: whole("How long anything may go without progress; 600 when empty.", { min: 1 }).optional(),
  targetRef: targetRefSchema,
  autoscalerRef: autoscalerRef.optional(),
  ingressRef: group("The Ingress that routes (nginx, skipper).", refTo(["Ingress"])).optional(),
  routeRef: group("The route to copy (APISIX).", refTo(["ApisixRoute"])).optional(),
  upstreamRef: group("The upstream to copy (Gloo).", {
    ...refTo(["Upstream"]),
    namespace: text("Namespace of the object.").optional(),
  }).optional(),
  service: serviceSchema.optional(),
  analysis: analysisSchema,
  skipAnalysis: flag("Promote without judging.").optional(),
  revertOnDeletion: flag("Put back what was there when the Canary is deleted.").optional(),
  suspend: flag("Start nothing and hold what is under way.").optional(),
};

/** `spec` of a Canary. */
export const canarySpecSchema = group(
  "What is rolled out, how it is reached, and how a new version is judged.",
  specFields,
);

/** `spec` of a Canary as it stands on the wire. */
export type WireCanarySpec = z.output<typeof canarySpecSchema>;

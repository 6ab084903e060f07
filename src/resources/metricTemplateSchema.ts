import * as z from "zod";
import { choice, flag, group, mapOf, text } from "./fields.ts";

/** Flagger's kinds of metric provider. This version asks Prometheus only. */
export const METRIC_PROVIDERS = [
  "prometheus",
  "influxdb",
  "datadog",
  "externalmetrics",
  "stackdriver",
  "cloudwatch",
  "newrelic",
  "graphite",
  "dynatrace",
  "keptn",
  "splunk",
] as const;

/** A Secret in the namespace of the object that names it. */
export const secretRef = (doc: string) => group(doc, { name: text("Name of the Secret.") });

/** `spec` of a MetricTemplate. */
export const metricTemplateSpecSchema = group("A query that metrics of Canaries can share.", {
  provider: group("Who is asked.", {
    type: choice("Kind of the provider.", METRIC_PROVIDERS),
    address: text("Address of the provider.").optional(),
    headers: mapOf("Headers to send.", z.array(z.string())).optional(),
    secretRef: secretRef("Credentials: token, or username and password.").optional(),
    region: text("Region of the provider.").optional(),
    insecureSkipVerify: flag("Do not verify the server's certificate.").optional(),
  }),
  query: text("The query, a Go template."),
});

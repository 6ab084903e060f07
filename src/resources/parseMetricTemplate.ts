import type { Refusal } from "../domain/spec.ts";
import { refusalsOf } from "./issues.ts";
import { metricTemplateSpecSchema } from "./metricTemplateSchema.ts";
import { unreadableIn } from "./unreadable.ts";
import { isHttpAddress, NO_ADDRESS, objectOr, textOr, withoutNulls } from "./wire.ts";

/** A MetricTemplate that this version can ask. */
export interface ParsedMetricTemplate {
  /** Kind of the provider, as on the wire. */
  readonly provider: "prometheus";
  readonly address: string;
  readonly headers: Readonly<Record<string, readonly string[]>>;
  /** Secret with the credentials, in the template's own namespace. */
  readonly secretName: string | undefined;
  readonly insecureSkipVerify: boolean;
  readonly region: string | undefined;
  /** Go template of the query. */
  readonly query: string;
}

/** Parse any JSON as a MetricTemplate. Never throws: what is wrong or not supported becomes a refusal. */
export function parseMetricTemplate(object: unknown): {
  readonly template: ParsedMetricTemplate | undefined;
  readonly refusals: readonly Refusal[];
} {
  const spec = withoutNulls(objectOr(object)["spec"]);
  const { data, error } = metricTemplateSpecSchema.safeParse(spec, { reportInput: true });
  if (error !== undefined) return { template: undefined, refusals: refusalsOf(error, "spec") };
  const unreadable = unreadableIn(spec, "spec");
  if (unreadable.length > 0) return { template: undefined, refusals: unreadable };
  const { type, address, headers, secretRef, insecureSkipVerify, region } = data.provider;
  if (type !== "prometheus")
    return refused("spec.provider.type", `the provider ${type} is not supported yet: use prometheus`);
  const server = textOr(address);
  if (server === undefined)
    return refused("spec.provider.address", "is missing: write the address of the Prometheus to ask");
  if (!isHttpAddress(server)) return refused("spec.provider.address", NO_ADDRESS);
  return {
    template: {
      provider: type,
      address: server,
      headers: headers ?? {},
      secretName: textOr(secretRef?.name),
      insecureSkipVerify: insecureSkipVerify ?? false,
      region: textOr(region),
      query: data.query,
    },
    refusals: [],
  };
}

function refused(
  path: string,
  message: string,
): { readonly template: undefined; readonly refusals: readonly Refusal[] } {
  const reason = path.endsWith(".type") ? "NotSupported" : "InvalidSpec";
  return { template: undefined, refusals: [{ path, message, reason, severity: "blocking" }] };
}

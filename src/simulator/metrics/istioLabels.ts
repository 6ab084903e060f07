/** How Istio's proxies name what they count: the standard metrics of its telemetry, at either side of a request. */

export const REQUESTS_TOTAL = "istio_requests_total";
export const DURATION_MILLISECONDS = "istio_request_duration_milliseconds";

/** Istio's own bounds, in milliseconds. */
export const DURATION_BOUNDS_MILLIS: readonly number[] = [
  0.5, 1, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000, 30_000, 60_000, 300_000, 600_000, 1_800_000,
  3_600_000,
];

/** The workload at one end. `unknown` is what Istio writes where nothing is behind a request. */
export interface Workload {
  readonly name: string;
  readonly namespace: string;
  readonly app: string;
  readonly version: string;
}

export const UNKNOWN: Workload = { name: "unknown", namespace: "unknown", app: "unknown", version: "unknown" };

export const INGRESS: Workload = {
  name: "istio-ingressgateway",
  namespace: "istio-system",
  app: "istio-ingressgateway",
  version: "unknown",
};

/** Host of a Service, its name and its namespace. */
export interface ServiceName {
  readonly host: string;
  readonly name: string;
  readonly namespace: string;
}

/** What requests that are counted together have in common. */
export interface Reported {
  readonly reporter: "source" | "destination";
  readonly source: Workload;
  readonly destination: Workload;
  readonly service: ServiceName;
  /** HTTP status; 0 where the client went away. */
  readonly code: number;
  /** Envoy's response flags, `-` where there are none. */
  readonly flags: string;
}

/** Labels as a sidecar prints them, the metric's name and a bucket's bound left out. */
export function istioLabels(reported: Reported): Readonly<Record<string, string>> {
  const { reporter, source, destination, service, code, flags } = reported;
  return {
    reporter,
    source_workload: source.name,
    source_workload_namespace: source.namespace,
    source_app: source.app,
    source_version: source.version,
    source_canonical_service: source.app,
    source_canonical_revision: "latest",
    source_principal: "unknown",
    source_cluster: "Kubernetes",
    destination_workload: destination.name,
    destination_workload_namespace: destination.namespace,
    destination_app: destination.app,
    destination_version: destination.version,
    destination_canonical_service: destination.app,
    destination_canonical_revision: destination.version,
    destination_principal: "unknown",
    destination_cluster: destination === UNKNOWN ? "unknown" : "Kubernetes",
    destination_service: service.host,
    destination_service_name: service.name,
    destination_service_namespace: service.namespace,
    request_protocol: "http",
    response_code: String(code),
    response_flags: flags,
    grpc_response_status: "",
    connection_security_policy: reporter === "source" ? "unknown" : "none",
  };
}

/** The labels that are ever there. */
export const ISTIO_LABELS: readonly string[] = Object.entries(
  istioLabels({
    reporter: "destination",
    source: INGRESS,
    destination: UNKNOWN,
    service: { host: "unknown", name: "unknown", namespace: "unknown" },
    code: 200,
    flags: "-",
  }),
)
  .filter(([, value]) => value !== "")
  .map(([name]) => name);

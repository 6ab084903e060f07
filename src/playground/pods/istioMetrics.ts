/** Istio's standard metrics, as a proxy on either side of a request reports them. */
import { CounterFamily, HistogramFamily, type Labels } from "./exposition.ts";

/** Istio's own bounds, in milliseconds. */
const BOUNDS = [
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

export interface Reported {
  readonly reporter: "source" | "destination";
  readonly source: Workload;
  readonly destination: Workload;
  /** Host of the Service, its name and its namespace. */
  readonly service: { readonly host: string; readonly name: string; readonly namespace: string };
  readonly code: number;
  readonly flags: string;
}

export class IstioMetrics {
  readonly #total = new CounterFamily("istio_requests_total");
  readonly #duration = new HistogramFamily("istio_request_duration_milliseconds", BOUNDS);

  record(reported: Reported, millis: number): void {
    const { destination, service, code, flags, source } = reported;
    const key = `${source.name} ${destination.namespace}/${destination.name} ${destination.version} ${service.host} ${code} ${flags}`;
    const labels = () => labelsOf(reported);
    this.#total.add(key, labels);
    this.#duration.observe(key, labels, millis);
  }

  text(): string {
    return this.#total.text() + this.#duration.text();
  }
}

function labelsOf({ reporter, source, destination, service, code, flags }: Reported): Labels {
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

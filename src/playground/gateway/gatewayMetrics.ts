/** What an Istio gateway exports: the mesh's own metrics as the source reports them, and Envoy's for each cluster. */
import type { Cluster, Endpoint } from "../../simulator/mesh/clusters.ts";
import { INGRESS, UNKNOWN, type Workload } from "../../simulator/metrics/istioLabels.ts";
import { canonicalNames, workloadOf } from "../../simulator/pods/podObject.ts";
import { CounterFamily, gaugeText, HistogramFamily } from "../pods/exposition.ts";
import { IstioMetrics } from "../pods/istioMetrics.ts";

/** Of one request that a client sent. */
export interface Finished {
  readonly cluster: Cluster | undefined;
  readonly endpoint: Endpoint | undefined;
  /** 0 where the client went away. */
  readonly code: number;
  readonly flags: string;
  readonly millis: number;
}

/** Envoy's own bounds, in milliseconds. */
const BOUNDS = [
  0.5, 1, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000, 30_000, 60_000, 300_000, 600_000, 1_800_000,
  3_600_000,
];

const ANSWERED_BY_NOBODY = new Set(["NR", "NC", "UH", "UF", "UC", "UT", "UPE"]);
const NO_SERVICE = { host: "unknown", name: "unknown", namespace: "unknown" };

export type ClusterEvent =
  | "upstream_rq_total"
  | "upstream_rq_retry"
  | "upstream_rq_retry_success"
  | "upstream_rq_retry_limit_exceeded"
  | "upstream_rq_timeout"
  | "upstream_rq_per_try_timeout"
  | "upstream_cx_connect_fail"
  | "upstream_cx_none_healthy";

export class GatewayMetrics {
  readonly #istio = new IstioMetrics();
  readonly #codes = new CounterFamily("envoy_cluster_upstream_rq");
  readonly #retried = new CounterFamily("envoy_cluster_retry_upstream_rq");
  readonly #classes = new CounterFamily("envoy_cluster_upstream_rq_xx");
  readonly #time = new HistogramFamily("envoy_cluster_upstream_rq_time", BOUNDS);
  readonly #downstream = new CounterFamily("envoy_http_downstream_rq_xx");
  readonly #events = new Map<ClusterEvent, CounterFamily>();
  readonly #workloads = new WeakMap<Endpoint, Workload>();
  #lost = 0;

  /** Requests that no pod answered, though the client waited for it. */
  get lost(): number {
    return this.#lost;
  }

  finished({ cluster, endpoint, code, flags, millis }: Finished): void {
    const destination = endpoint === undefined ? UNKNOWN : this.#workloadOf(endpoint);
    const service = cluster?.service ?? NO_SERVICE;
    this.#istio.record({ reporter: "source", source: INGRESS, destination, service, code, flags }, millis);
    const family = String(Math.floor(code / 100));
    const labels = { envoy_response_code_class: family, envoy_http_conn_manager_prefix: "outbound_0.0.0.0_8080" };
    this.#downstream.add(family, () => labels);
    if (flags.split(",").some((flag) => ANSWERED_BY_NOBODY.has(flag))) this.#lost += 1;
  }

  /** One answer that a cluster gave, the proxy's own in its stead included. */
  answered(cluster: string, code: number, millis: number): void {
    const name = { envoy_cluster_name: cluster };
    this.#codes.add(`${cluster} ${code}`, () => ({ envoy_response_code: String(code), ...name }));
    const family = String(Math.floor(code / 100));
    this.#classes.add(`${cluster} ${family}`, () => ({ envoy_response_code_class: family, ...name }));
    this.#time.observe(cluster, () => name, millis);
  }

  /** An answer that clients never saw, since another try followed. */
  retried(cluster: string, code: number): void {
    const labels = () => ({ envoy_response_code: String(code), envoy_cluster_name: cluster });
    this.#retried.add(`${cluster} ${code}`, labels);
  }

  happened(event: ClusterEvent, cluster: string): void {
    const family = this.#events.get(event) ?? new CounterFamily(`envoy_cluster_${event}`);
    this.#events.set(event, family);
    family.add(cluster, () => ({ envoy_cluster_name: cluster }));
  }

  /** All of it, and what is so now. */
  text(clusters: readonly Cluster[], active: (endpoint: Endpoint) => number): string {
    const gauge = (name: string, value: (cluster: Cluster) => number) =>
      gaugeText(
        name,
        clusters.map((cluster) => ({ labels: { envoy_cluster_name: cluster.name }, value: value(cluster) })),
      );
    const sum = ({ endpoints }: Cluster) => endpoints.reduce((total, endpoint) => total + active(endpoint), 0);
    return [
      this.#istio.text(),
      this.#codes.text(),
      this.#classes.text(),
      this.#retried.text(),
      this.#time.text(),
      this.#downstream.text(),
      ...[...this.#events.values()].map((family) => family.text()),
      gauge("envoy_cluster_membership_healthy", ({ endpoints }) => endpoints.length),
      gauge("envoy_cluster_upstream_rq_active", sum),
    ].join("");
  }

  #workloadOf(endpoint: Endpoint): Workload {
    const known = this.#workloads.get(endpoint);
    if (known !== undefined) return known;
    const { pod } = endpoint;
    const workload =
      pod === undefined
        ? UNKNOWN
        : { name: workloadOf(pod), namespace: pod.metadata.namespace ?? "", ...canonicalNames(pod) };
    this.#workloads.set(endpoint, workload);
    return workload;
  }
}

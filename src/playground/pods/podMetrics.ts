/** What a pod exports: its program's own metrics, and those of the sidecar that it would have. */

import { INGRESS, type Workload } from "../../simulator/metrics/istioLabels.ts";
import { CounterFamily, HistogramFamily } from "./exposition.ts";
import { IstioMetrics } from "./istioMetrics.ts";

const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

export interface Served {
  readonly host: string;
  readonly code: number;
  readonly method: string;
  readonly millis: number;
}

export class PodMetrics {
  readonly #workload: Workload;
  readonly #inMesh: RegExp;
  readonly #total = new CounterFamily("http_requests_total");
  readonly #duration = new HistogramFamily("http_request_duration_seconds", SECONDS);
  readonly #sidecar = new IstioMetrics();

  constructor(workload: Workload) {
    this.#workload = workload;
    this.#inMesh = new RegExp(`^([^.]+)\\.${workload.namespace}(\\.svc(\\.cluster\\.local)?)?$`);
  }

  record({ host, code, method, millis }: Served): void {
    const status = String(code);
    const key = `${method} ${status}`;
    this.#total.add(key, () => ({ method, status }));
    this.#duration.observe(key, () => ({ method, path: "root", status }), millis / 1000);
    const service = this.#serviceOf(host);
    const destination = this.#workload;
    this.#sidecar.record({ reporter: "destination", source: INGRESS, destination, service, code, flags: "-" }, millis);
  }

  text(): string {
    return this.#total.text() + this.#duration.text() + this.#sidecar.text();
  }

  /** A request by a name from outside reaches the pod through a Service that only the mesh knows; the workload's is our guess. */
  #serviceOf(host: string): { readonly host: string; readonly name: string; readonly namespace: string } {
    const { name: workload, namespace } = this.#workload;
    const name = this.#inMesh.exec(host)?.[1] ?? workload;
    return { host: `${name}.${namespace}.svc.cluster.local`, name, namespace };
  }
}

/** What the pods' sidecars would count, in Prometheus' text format: Istio's standard metrics as the destination reports them. */

/** Istio's own bounds, in milliseconds. */
const bounds = [
  0.5, 1, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000, 30_000, 60_000, 300_000, 600_000, 1_800_000,
  3_600_000,
];
/** A pod that went is still in a scrape or two, and then never again. */
const lingerMillis = 5000;

export interface SidecarPod {
  readonly name: string;
  readonly namespace: string;
  readonly workload: string;
  readonly app: string;
  readonly version: string;
}

interface Series {
  readonly labels: string;
  count: number;
  sumMillis: number;
  /** How many fell under each bound and no lower one; the last is for what exceeds them all. */
  readonly buckets: number[];
}

export class Sidecar {
  readonly #pod: SidecarPod;
  readonly #series = new Map<string, Series>();
  goneAt: number | undefined;

  constructor(pod: SidecarPod) {
    this.#pod = pod;
  }

  record(request: { readonly host: string; readonly code: number; readonly millis: number }): void {
    const key = `${request.code} ${request.host}`;
    let series = this.#series.get(key);
    if (!series) {
      series = {
        labels: this.#labels(request),
        count: 0,
        sumMillis: 0,
        buckets: new Array<number>(bounds.length + 1).fill(0),
      };
      this.#series.set(key, series);
    }
    series.count += 1;
    series.sumMillis += request.millis;
    const at = bounds.findIndex((bound) => request.millis <= bound);
    const index = at < 0 ? bounds.length : at;
    series.buckets[index] = (series.buckets[index] ?? 0) + 1;
  }

  get series(): Iterable<Series> {
    return this.#series.values();
  }

  #labels({ host, code }: { readonly host: string; readonly code: number }): string {
    const { name, namespace, workload, app, version } = this.#pod;
    // A request by a name from outside the mesh reaches the pod through a Service that only the mesh knows; the workload's is our guess.
    const inMesh = new RegExp(`^([^.]+)\\.${namespace}(\\.svc(\\.cluster\\.local)?)?$`).exec(host)?.[1];
    const service = inMesh ?? workload;
    const labels = {
      reporter: "destination",
      source_workload: "istio-ingressgateway",
      source_workload_namespace: "istio-system",
      source_app: "istio-ingressgateway",
      destination_workload: workload,
      destination_workload_namespace: namespace,
      destination_app: app,
      destination_version: version,
      destination_service: `${service}.${namespace}.svc.cluster.local`,
      destination_service_name: service,
      destination_service_namespace: namespace,
      request_protocol: "http",
      response_code: String(code),
      response_flags: "-",
      connection_security_policy: "none",
      namespace,
      pod: name,
      app,
    };
    return Object.entries(labels)
      .map(([label, value]) => `${label}="${value.replaceAll(/[\\"\n]/g, "_")}"`)
      .join(",");
  }
}

export class SidecarMetrics {
  readonly #sidecars = new Set<Sidecar>();

  add(pod: SidecarPod): Sidecar {
    const sidecar = new Sidecar(pod);
    this.#sidecars.add(sidecar);
    return sidecar;
  }

  text(now: number): string {
    const total: string[] = ["# TYPE istio_requests_total counter"];
    const duration: string[] = ["# TYPE istio_request_duration_milliseconds histogram"];
    for (const sidecar of this.#sidecars) {
      if (sidecar.goneAt !== undefined && now - sidecar.goneAt > lingerMillis) this.#sidecars.delete(sidecar);
      else for (const series of sidecar.series) print(series, total, duration);
    }
    return `${total.join("\n")}\n${duration.join("\n")}\n`;
  }
}

function print({ labels, count, sumMillis, buckets }: Series, total: string[], duration: string[]): void {
  const name = "istio_request_duration_milliseconds";
  total.push(`istio_requests_total{${labels}} ${count}`);
  let below = 0;
  for (const [index, bound] of [...bounds, "+Inf"].entries()) {
    below += buckets[index] ?? 0;
    duration.push(`${name}_bucket{${labels},le="${bound}"} ${below}`);
  }
  duration.push(`${name}_sum{${labels}} ${sumMillis}`, `${name}_count{${labels}} ${count}`);
}

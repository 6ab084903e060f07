/** Istio's standard metrics, as a proxy on either side of a request prints them. */
import {
  DURATION_BOUNDS_MILLIS,
  DURATION_MILLISECONDS,
  istioLabels,
  REQUESTS_TOTAL,
  type Reported,
} from "../../simulator/metrics/istioLabels.ts";
import { CounterFamily, HistogramFamily } from "./exposition.ts";

export class IstioMetrics {
  readonly #total = new CounterFamily(REQUESTS_TOTAL);
  readonly #duration = new HistogramFamily(DURATION_MILLISECONDS, DURATION_BOUNDS_MILLIS);

  record(reported: Reported, millis: number): void {
    const { destination, service, code, flags, source } = reported;
    const key = `${source.name} ${destination.namespace}/${destination.name} ${destination.version} ${service.host} ${code} ${flags}`;
    const labels = () => istioLabels(reported);
    this.#total.add(key, labels);
    this.#duration.observe(key, labels, millis);
  }

  text(): string {
    return this.#total.text() + this.#duration.text();
  }
}

/** A metric that needs no query of the user's. */
export interface BuiltinMetric {
  readonly template: string;
  readonly unit: "percent" | "milliseconds";
}

export type BuiltinName = keyof typeof ISTIO_METRICS;

/**
 * What Istio's proxies measure at the receiving side. The queries are Flagger's own (its IstioObserver) but for one thing:
 * a version that fails every request has no series of successes, and 0 % of them all the same.
 */
export const ISTIO_METRICS = {
  "request-success-rate": {
    unit: "percent",
    template: `
      (
        sum(
          rate(
            istio_requests_total{
              reporter="destination",
              destination_workload_namespace="{{ namespace }}",
              destination_workload=~"{{ target }}",
              response_code!~"5.*"
            }[{{ interval }}]
          )
        )
        or
        sum(
          rate(
            istio_requests_total{
              reporter="destination",
              destination_workload_namespace="{{ namespace }}",
              destination_workload=~"{{ target }}"
            }[{{ interval }}]
          )
        )
        * 0
      )
      /
      sum(
        rate(
          istio_requests_total{
            reporter="destination",
            destination_workload_namespace="{{ namespace }}",
            destination_workload=~"{{ target }}"
          }[{{ interval }}]
        )
      )
      * 100`,
  },
  "request-duration": {
    unit: "milliseconds",
    template: `
      histogram_quantile(
        0.99,
        sum(
          rate(
            istio_request_duration_milliseconds_bucket{
              reporter="destination",
              destination_workload_namespace="{{ namespace }}",
              destination_workload=~"{{ target }}"
            }[{{ interval }}]
          )
        ) by (le)
      )`,
  },
} as const satisfies Record<string, BuiltinMetric>;

/** Whether a metric of this name needs no query. */
export const isBuiltin = (name: string): name is BuiltinName => Object.hasOwn(ISTIO_METRICS, name);

/** A metric that needs no query of the user's. */
export interface BuiltinMetric {
  readonly template: string;
  readonly unit: "percent" | "milliseconds";
}

export type BuiltinName = keyof typeof ISTIO_METRICS;

/** What Istio's proxies measure at the receiving side; the queries are Flagger's own (its IstioObserver), to the letter. */
export const ISTIO_METRICS = {
  "request-success-rate": {
    unit: "percent",
    template: `
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

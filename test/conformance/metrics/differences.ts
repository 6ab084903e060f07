/**
 * Where the embedded endpoint does not answer as a real Prometheus 2.42 does, each with the reason. The suite holds it to
 * these as well: a difference that is gone must go from here and from docs/playground/promql.md.
 */
export const DIFFERENCES: Readonly<Record<string, string>> = {
  "load atan2 2": "2.42 keeps the metric's name behind atan2, which later versions do not",
  "twin_a atan2 twin_b": "2.42 keeps the metric's name behind atan2, which later versions do not",
  offset: "the grammar package reserves this word, so that no metric can be called so",
  "5. + 1": "the grammar package wants a digit after the point",
  "1_000": "digits may be grouped here, as in later versions",
  "holt_winters(load[5m], 0.5, 0.5)": "not supported here",
  "histogram_count(load)": "not supported here: there are no native histograms",
  'load{host=~"(?s).*"}': "not supported here",
  'load{host=~"(?U)o.*"}': "not supported here",
};

/** Random samples and random queries about them, from a grammar whose answers do not hang on the order of additions. */
import fc from "fast-check";
import { type Dataset, type DatasetPoint, NOW } from "./dataset.ts";

const SPAN = 20 * 60_000;
const NAMES = ["c", "g", "h"] as const;

/** Metrics of three kinds whose names begin with `prefix`: counters `c`, gauges `g` and buckets `h`. */
export function anyDataset(prefix: string): fc.Arbitrary<Dataset> {
  const labels = fc.record({
    __name__: fc.constantFrom(...NAMES).map((name) => `${prefix}_${name}`),
    a: fc.constantFrom("x", "y"),
    b: fc.constantFrom("1", "2", "3"),
    le: fc.constantFrom("0.1", "1", "+Inf"),
  });
  const withoutBounds = labels.map(({ le, ...rest }) => (rest.__name__.endsWith("_h") ? { ...rest, le } : rest));
  const series = withoutBounds.chain((own) =>
    (own.__name__.endsWith("_g") ? gauge : counter).map((points) => ({ labels: own, points })),
  );
  return fc.uniqueArray(series, { minLength: 3, maxLength: 14, selector: (one) => JSON.stringify(one.labels) });
}

/** What one more sample is: how much later, and how much higher; or that the series ended or began again. */
const move = fc.record({
  later: fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(15_000, 15_000, 30_000) },
    fc.integer({ min: 1, max: 400_000 }),
  ),
  what: fc.oneof(
    { weight: 30, arbitrary: fc.nat(20) },
    { weight: 2, arbitrary: fc.constant("reset" as const) },
    { weight: 1, arbitrary: fc.constant("stale" as const) },
  ),
});

const moves = fc.array(move, { minLength: 1, maxLength: 80 });

const counter = moves.map((list) => laid(list, (before, step) => before + step));
const gauge = moves.map((list) => laid(list, (_, step) => step - 7));

function laid(
  list: readonly { readonly later: number; readonly what: number | "reset" | "stale" }[],
  next: (before: number, step: number) => number,
): readonly DatasetPoint[] {
  const points: DatasetPoint[] = [];
  let at = NOW - SPAN;
  let value = 0;
  for (const { later, what } of list) {
    at += later;
    if (at > NOW + 60_000) break;
    if (typeof what === "number") value = next(value, what);
    if (what === "reset") value = 0;
    points.push({ at, value: what === "stale" ? "stale" : value });
  }
  return points;
}

/** A query about the metrics of that prefix. */
export function anyQuery(prefix: string): fc.Arbitrary<string> {
  const matcher = fc.constantFrom("", '{a="x"}', '{a!="x"}', '{b=~"1|2"}', '{b!~"3"}', '{a="x",b="1"}', '{missing=""}');
  const name = fc.constantFrom(...NAMES).map((own) => `${prefix}_${own}`);
  const where = fc.constantFrom("", "", "", " offset 1m", " offset -30s", ` @ ${NOW / 1000 - 300}`, " @ end()");
  const selector = fc.tuple(name, matcher).map(([own, match]) => own + match);
  const raw = fc.tuple(selector, where).map(([own, moved]) => own + moved);
  const length = fc.constantFrom("15s", "30s", "1m", "90s", "5m", "17m");
  const range = fc.tuple(selector, length, where).map(([own, span, moved]) => `${own}[${span}]${moved}`);
  const over = fc.constantFrom(
    ..."rate increase irate delta idelta changes resets avg_over_time sum_over_time min_over_time max_over_time".split(
      " ",
    ),
    ..."count_over_time last_over_time present_over_time stdvar_over_time absent_over_time deriv".split(" "),
  );
  const grouping = fc.constantFrom("", " by (a)", " by (b, a)", " without (b)", " without (a, le)", " by ()");
  const number = fc.constantFrom("0", "1", "2.5", "-3", "100");
  const bool = fc.constantFrom("", "bool ");
  const { vector } = fc.letrec<{ vector: string }>((tie) => ({
    vector: fc.oneof(
      { maxDepth: 3, depthIdentifier: "vector" },
      raw,
      fc.tuple(over, range).map(([call, of]) => `${call}(${of})`),
      fc.tuple(fc.constantFrom("0", "0.5", "0.9", "1"), range).map(([q, of]) => `quantile_over_time(${q}, ${of})`),
      fc
        .tuple(fc.constantFrom("sum", "avg", "min", "max", "count", "group"), tie("vector"), grouping)
        .map(([operator, of, by]) => `${operator}(${of})${by}`),
      fc.tuple(fc.constantFrom("1", "2"), raw, grouping).map(([k, of, by]) => `sum(topk(${k}, ${of})${by})`),
      fc.tuple(raw, grouping).map(([of, by]) => `quantile(0.7, ${of})${by}`),
      fc.constantFrom("0.1", "0.5", "0.95").map((q) => `histogram_quantile(${q}, ${prefix}_h)`),
      fc
        .tuple(tie("vector"), fc.constantFrom("+", "-", "*"), number)
        .map(([left, sign, right]) => `(${left}) ${sign} ${right}`),
      fc.tuple(raw, fc.constantFrom(">", "<", "==", "!=", ">=", "<="), bool, number).map((all) => all.join(" ")),
      fc.tuple(raw, fc.constantFrom("/", "%", "-", ">"), clause, raw).map((all) => all.join(" ")),
      fc
        .tuple(tie("vector"), fc.constantFrom("and", "or", "unless"), setClause, tie("vector"))
        .map(([left, operator, on, right]) => `(${left}) ${operator} ${on} (${right})`),
      fc
        .tuple(over, tie("vector"), fc.constantFrom("2m:30s", "5m:1m", "1m:7s"))
        .map(([call, of, span]) => `${call}((${of})[${span}])`),
      tie("vector").map((of) => `-(${of})`),
      tie("vector").map((of) => `absent(${of})`),
      tie("vector").map((of) => `(${of}) or vector(0)`),
      raw.map((of) => `timestamp(${of})`),
      tie("vector").map((of) => `label_replace(${of}, "b", "$1", "a", "(.*)")`),
    ),
  }));
  return vector;
}

const clause = fc.constantFrom(
  "",
  "",
  "on (a, b)",
  "ignoring (b)",
  "on (a) group_left",
  "on (a) group_right (b)",
  "ignoring (le)",
  "ignoring (le) group_left",
);
const setClause = fc.constantFrom("", "on (a)", "ignoring (b, le)", "on ()");

import { executionError } from "./errors.ts";
import type { Aggregation } from "./expression.ts";
import { formatPlain } from "./formatValue.ts";
import { isLabelName, type Labels, METRIC_NAME } from "./labels.ts";
import { maxOf, meanOf, minOf, quantileOf, varianceOf } from "./statistics.ts";
import type { Sample } from "./value.ts";

interface Group {
  readonly labels: Labels;
  readonly samples: Sample[];
}

/** The parameter is a number for topk, bottomk and quantile, and a label's name for count_values. */
export function aggregate(
  aggregation: Aggregation,
  given: readonly Sample[],
  parameter: number | string,
): readonly Sample[] {
  const { operator } = aggregation;
  if (operator === "count_values") return countValues(aggregation, given, String(parameter));
  const groups = grouped(given, aggregation);
  if (operator === "topk" || operator === "bottomk") return extremes(operator, groups, Number(parameter));
  return groups.map(({ labels, samples }) => ({ labels, value: summary(operator, samples, Number(parameter)) }));
}

/** Most groups hold one sample of few series, and one key is worth many comparisons. */
function grouped(samples: readonly Sample[], { grouping, groups }: Pick<Aggregation, "grouping" | "groups">): Group[] {
  const found = new Map<string, Group>();
  const names = new Set(grouping);
  const keeps = (name: string): boolean =>
    groups === "by" ? names.has(name) : !names.has(name) && name !== METRIC_NAME;
  for (const sample of samples) {
    const key = groups === "by" ? valuesOf(sample.labels, grouping) : sample.labels.filter(keeps).key;
    const group = found.get(key);
    if (group === undefined) found.set(key, { labels: sample.labels.filter(keeps), samples: [sample] });
    else group.samples.push(sample);
  }
  return [...found.values()];
}

const valuesOf = (labels: Labels, names: readonly string[]): string =>
  names.length === 0 ? "" : names.map((name) => labels.get(name)).join("\u0000");

function summary(operator: string, samples: readonly Sample[], parameter: number): number {
  const values = samples.map(({ value }) => value);
  switch (operator) {
    case "sum":
      return values.reduce((sum, value) => sum + value);
    case "avg":
      return meanOf(values);
    case "count":
      return values.length;
    case "min":
      return minOf(values);
    case "max":
      return maxOf(values);
    case "stddev":
      return Math.sqrt(varianceOf(values));
    case "stdvar":
      return varianceOf(values);
    case "quantile":
      return quantileOf(parameter, values);
    default:
      return 1; // group
  }
}

/** The largest or smallest of each group, in order and with all their labels. NaN comes after every number. */
function extremes(operator: "topk" | "bottomk", groups: readonly Group[], parameter: number): readonly Sample[] {
  if (!(Math.abs(parameter) < 2 ** 63)) throw executionError(`Scalar value ${formatPlain(parameter)} overflows int64`);
  const count = Math.trunc(parameter);
  if (count < 1) return [];
  const sign = operator === "topk" ? -1 : 1;
  const order = ({ value: one }: Sample, { value: other }: Sample): number => {
    if (Number.isNaN(one) || Number.isNaN(other)) return Number(Number.isNaN(one)) - Number(Number.isNaN(other));
    if (one === other) return 0;
    return one < other ? -sign : sign;
  };
  return groups.flatMap(({ samples }) => samples.toSorted(order).slice(0, count));
}

function countValues(aggregation: Aggregation, given: readonly Sample[], label: string): readonly Sample[] {
  if (!isLabelName(label)) throw executionError(`invalid label name ${JSON.stringify(label)}`);
  const { groups, grouping } = aggregation;
  const labelled = given.map(({ labels, value }) => ({ labels: labels.with(label, formatPlain(value)), value }));
  const by = groups === "by" ? [...grouping, label] : grouping;
  return grouped(labelled, { groups, grouping: by }).map(({ labels, samples }) => ({ labels, value: samples.length }));
}

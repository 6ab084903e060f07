import type { Expression, Selector } from "../promql/expression.ts";
import { METRIC_NAME } from "../promql/labels.ts";

/** What one selector of a query asks for. */
export interface Asked {
  readonly selector: Selector;
  /** How far before the moment of the query the oldest sample may be that it reads, in milliseconds. */
  readonly reachMillis: number;
}

/** Every selector in a query, in the order of the text. */
export function askedBy(expression: Expression, lookbackMillis: number): readonly Asked[] {
  const walk = (at: Expression, beforeMillis: number): readonly Asked[] => {
    switch (at.kind) {
      case "number":
      case "string":
        return [];
      case "selector":
        return [{ selector: at, reachMillis: beforeMillis + at.offset + lookbackMillis }];
      case "range":
        return [{ selector: at.selector, reachMillis: beforeMillis + at.selector.offset + at.range }];
      case "subquery":
        return walk(at.of, beforeMillis + at.offset + at.range);
      case "call":
        return at.args.flatMap((arg) => walk(arg, beforeMillis));
      case "aggregation":
        return [at.of, ...(at.parameter === undefined ? [] : [at.parameter])].flatMap((of) => walk(of, beforeMillis));
      case "binary":
        return [at.left, at.right].flatMap((of) => walk(of, beforeMillis));
      case "sign":
      case "paren":
        return walk(at.of, beforeMillis);
    }
  };
  return walk(expression, 0);
}

/** The metrics that a selector can find, where it says them: `name{…}`, `{__name__="name"}` or `{__name__=~"one|other"}`. */
export function namesIn({ matchers }: Selector): readonly string[] {
  return matchers.find(({ name, words }) => name === METRIC_NAME && words !== undefined)?.words ?? [];
}

import type { Matcher } from "./matcher.ts";

/** The moment that `@` names: milliseconds since the epoch, or an end of the queried range. */
export type AtModifier = number | "start" | "end";

export interface Selector {
  readonly kind: "selector";
  readonly position: number;
  readonly matchers: readonly Matcher[];
  readonly offset: number;
  readonly at?: AtModifier;
}

export interface RangeSelector {
  readonly kind: "range";
  readonly position: number;
  readonly selector: Selector;
  readonly range: number;
}

export interface Subquery {
  readonly kind: "subquery";
  readonly position: number;
  readonly of: Expression;
  readonly range: number;
  /** Undefined: the server's own interval of evaluation. */
  readonly step: number | undefined;
  readonly offset: number;
  readonly at?: AtModifier;
}

export interface Call {
  readonly kind: "call";
  readonly position: number;
  readonly name: string;
  readonly args: readonly Expression[];
}

export interface Aggregation {
  readonly kind: "aggregation";
  readonly position: number;
  readonly operator: string;
  readonly of: Expression;
  readonly parameter: Expression | undefined;
  readonly grouping: readonly string[];
  readonly groups: "by" | "without";
}

/** How the samples of two vectors find each other. */
export interface Matching {
  readonly by: "on" | "ignoring";
  readonly labels: readonly string[];
  /** Which side may have many samples for one of the other. */
  readonly many: "none" | "left" | "right";
  /** Labels that the many get from the one. */
  readonly include: readonly string[];
}

export interface Binary {
  readonly kind: "binary";
  readonly position: number;
  readonly operator: string;
  readonly left: Expression;
  readonly right: Expression;
  readonly answers: "values" | "bool";
  /** Undefined when none is written: then all labels must be the same. */
  readonly matching: Matching | undefined;
}

/** A query as it is understood. Times and lengths are milliseconds, positions count characters from 0. */
export type Expression =
  | { readonly kind: "number"; readonly position: number; readonly value: number }
  | { readonly kind: "string"; readonly position: number; readonly text: string }
  | Selector
  | RangeSelector
  | Subquery
  | Call
  | Aggregation
  | Binary
  | { readonly kind: "sign"; readonly position: number; readonly sign: "+" | "-"; readonly of: Expression }
  | { readonly kind: "paren"; readonly position: number; readonly of: Expression };

/** What an expression yields, in Prometheus's words. */
export type ExpressionType = "scalar" | "instant vector" | "range vector" | "string";

export const COMPARISONS: readonly string[] = ["==", "!=", "<", "<=", ">", ">="];
export const SET_OPERATORS: readonly string[] = ["and", "or", "unless"];

/** The expression inside any number of parentheses. */
export function unwrapped(expression: Expression): Expression {
  return expression.kind === "paren" ? unwrapped(expression.of) : expression;
}

import type { Expression, Matching } from "./expression.ts";

/** A query, as a row of what stands between its operators and of these, parentheses being one piece. */
export type Item =
  | { readonly kind: "operand"; readonly expression: Expression }
  | { readonly kind: "sign"; readonly sign: "+" | "-"; readonly position: number }
  | {
      readonly kind: "operator";
      readonly operator: string;
      readonly answers: "values" | "bool";
      readonly matching: Matching | undefined;
      readonly position: number;
    }
  /** What follows an operand and binds closest of all: a range, an offset, a moment. */
  | { readonly kind: "suffix"; readonly apply: (expression: Expression) => Expression };

const LEVELS: Readonly<Record<string, number>> = {
  or: 1,
  and: 2,
  unless: 2,
  "==": 3,
  "!=": 3,
  "<": 3,
  "<=": 3,
  ">": 3,
  ">=": 3,
  "+": 4,
  "-": 4,
  "*": 5,
  "/": 5,
  "%": 5,
  atan2: 5,
  "^": 6,
};

/** A sign binds as a product does: -2^2 is -(2^2). */
const SIGN_LEVEL = 5;

/**
 * Puts a row together as Prometheus does. The grammar package, made for editors, hangs ranges, offsets and signs on
 * whatever stands before or after them (`a + b offset 5m` as `(a + b) offset 5m`, `-2^2` as `(-2)^2`); the row is right all
 * the same, so only the row is taken from it.
 */
export function assemble(items: readonly Item[]): Expression {
  const row = { items, at: 0 };
  return climb(row, 0);
}

interface Row {
  readonly items: readonly Item[];
  at: number;
}

function climb(row: Row, above: number): Expression {
  let left = operand(row);
  for (;;) {
    const item = row.items[row.at];
    if (item?.kind !== "operator") return left;
    const level = LEVELS[item.operator] ?? 0;
    if (level <= above) return left;
    row.at++;
    // Only powers group from the right.
    const right = climb(row, item.operator === "^" ? level - 1 : level);
    const { operator, answers, matching, position } = item;
    left = { kind: "binary", position, operator, left, right, answers, matching };
  }
}

function operand(row: Row): Expression {
  const item = row.items[row.at++];
  if (item?.kind === "sign") {
    const of = climb(row, SIGN_LEVEL);
    if (of.kind === "number") return { ...of, value: item.sign === "-" ? -of.value : of.value };
    return { kind: "sign", position: item.position, sign: item.sign, of };
  }
  if (item?.kind !== "operand") throw new Error("a row begins with an operand");
  let expression = item.expression;
  for (let next = row.items[row.at]; next?.kind === "suffix"; next = row.items[row.at]) {
    expression = next.apply(expression);
    row.at++;
  }
  return expression;
}

/** Each binary operator on two numbers. A comparison says whether the pair stays. */

const ARITHMETIC: ReadonlyMap<string, (left: number, right: number) => number> = new Map([
  ["+", (left: number, right: number) => left + right],
  ["-", (left: number, right: number) => left - right],
  ["*", (left: number, right: number) => left * right],
  ["/", (left: number, right: number) => left / right],
  ["%", (left: number, right: number) => left % right],
  ["^", power],
  ["atan2", Math.atan2],
]);

const COMPARISON: ReadonlyMap<string, (left: number, right: number) => boolean> = new Map([
  ["==", (left: number, right: number) => left === right],
  ["!=", (left: number, right: number) => left !== right],
  ["<", (left: number, right: number) => left < right],
  ["<=", (left: number, right: number) => left <= right],
  [">", (left: number, right: number) => left > right],
  [">=", (left: number, right: number) => left >= right],
]);

/** One to any power is one, and so is minus one to an infinite power: IEEE 754 says so, and JavaScript does not. */
function power(base: number, exponent: number): number {
  if (base === 1 || (base === -1 && Math.abs(exponent) === Number.POSITIVE_INFINITY)) return 1;
  return base ** exponent;
}

export const isArithmetic = (operator: string): boolean => ARITHMETIC.has(operator);

/** The value of the pair, and whether a filter lets it through. */
export function operate(operator: string, left: number, right: number): { value: number; keeps: boolean } {
  const arithmetic = ARITHMETIC.get(operator);
  if (arithmetic !== undefined) return { value: arithmetic(left, right), keeps: true };
  return { value: left, keeps: COMPARISON.get(operator)?.(left, right) ?? false };
}

/** Functions that change each value of a vector by itself. */

/** `parameters` are the scalar arguments behind the vector. */
type NumericFunction = (value: number, parameters: readonly number[]) => number;

const degrees = 180 / Math.PI;

const FUNCTIONS: ReadonlyMap<string, NumericFunction> = new Map<string, NumericFunction>([
  ["abs", Math.abs],
  ["ceil", Math.ceil],
  ["floor", Math.floor],
  ["exp", Math.exp],
  ["ln", Math.log],
  ["log2", Math.log2],
  ["log10", Math.log10],
  ["sqrt", Math.sqrt],
  ["sgn", (value) => (value < 0 ? -1 : value > 0 ? 1 : value)],
  ["acos", Math.acos],
  ["acosh", Math.acosh],
  ["asin", Math.asin],
  ["asinh", Math.asinh],
  ["atan", Math.atan],
  ["atanh", Math.atanh],
  ["cos", Math.cos],
  ["cosh", Math.cosh],
  ["sin", Math.sin],
  ["sinh", Math.sinh],
  ["tan", Math.tan],
  ["tanh", Math.tanh],
  ["deg", (value) => value * degrees],
  ["rad", (value) => value / degrees],
  ["round", round],
  ["clamp", (value, [min = 0, max = 0]) => Math.max(min, Math.min(max, value))],
  ["clamp_min", (value, [min = 0]) => Math.max(min, value)],
  ["clamp_max", (value, [max = 0]) => Math.min(max, value)],
  ["minute", dated((date) => date.getUTCMinutes())],
  ["hour", dated((date) => date.getUTCHours())],
  ["day_of_week", dated((date) => date.getUTCDay())],
  ["day_of_month", dated((date) => date.getUTCDate())],
  ["day_of_year", dated(dayOfYear)],
  ["days_in_month", dated((date) => new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate())],
  ["month", dated((date) => date.getUTCMonth() + 1)],
  ["year", dated((date) => date.getUTCFullYear())],
]);

export const numericFunction = (name: string): NumericFunction | undefined => FUNCTIONS.get(name);

/** Halves go up. The inverse is what Prometheus multiplies with, so that its rounding errors are ours. */
function round(value: number, [nearest = 1]: readonly number[]): number {
  const inverse = 1 / nearest;
  return Math.floor(value * inverse + 0.5) / inverse;
}

function dated(read: (date: Date) => number): NumericFunction {
  return (value) => read(new Date(Math.trunc(value) * 1000));
}

const DAY_MILLIS = 86_400_000;

function dayOfYear(date: Date): number {
  const year = date.getUTCFullYear();
  return Math.floor((Date.UTC(year, date.getUTCMonth(), date.getUTCDate()) - Date.UTC(year, 0, 1)) / DAY_MILLIS) + 1;
}

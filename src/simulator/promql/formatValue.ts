/** Numbers as Prometheus writes them: the shortest text that reads back as the same number. */

/** As in the values of an answer: with an exponent, of at least two digits, where the number is far from one. */
export function formatValue(value: number): string {
  return named(value) ?? String(value).replace(/e([+-])(\d)$/, "e$10$2");
}

/** As in scalars and in labels: never with an exponent. */
export function formatPlain(value: number): string {
  const text = named(value) ?? String(value);
  const parts = /^(-?)(\d+)(?:\.(\d+))?e([+-]\d+)$/.exec(text);
  if (parts === null) return text;
  const [, sign = "", whole = "", fraction = "", exponent = ""] = parts;
  const digits = whole + fraction;
  const point = whole.length + Number(exponent);
  if (point <= 0) return `${sign}0.${"0".repeat(-point)}${digits}`;
  return `${sign}${digits.padEnd(point, "0")}`;
}

function named(value: number): string | undefined {
  if (Number.isNaN(value)) return "NaN";
  if (value === Number.POSITIVE_INFINITY) return "+Inf";
  if (value === Number.NEGATIVE_INFINITY) return "-Inf";
  return Object.is(value, -0) ? "-0" : undefined;
}

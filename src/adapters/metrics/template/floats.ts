/** A decimal number as digits and a point: 0.d₁d₂… × 10^point, with no zero at the end. */
interface Decimal {
  readonly digits: string;
  readonly point: number;
}

export type FloatVerb = "e" | "f" | "g";

/** The size of a float as Go prints it, without sign. `precision` undefined asks for as many digits as tell it apart. */
export function formatSize(size: number, verb: FloatVerb, precision: number | undefined): string {
  if (Number.isNaN(size)) return "NaN";
  if (!Number.isFinite(size)) return "Inf";
  switch (verb) {
    case "f":
      return fixed(size, precision ?? 6);
    case "e":
      return exponential(precision === undefined ? shortest(size) : rounded(size, precision + 1), precision ?? 6);
    case "g":
      return general(size, precision);
  }
}

/**
 * The exact value of a double as a fraction: JavaScript's own toFixed rounds halves up where Go rounds to even, and gives
 * up at 1e21.
 */
function fraction(size: number): { numerator: bigint; denominator: bigint } {
  const bits = new DataView(new ArrayBuffer(8));
  bits.setFloat64(0, size);
  const raw = bits.getBigUint64(0);
  const exponent = Number(raw >> 52n) & 0x7ff;
  const mantissa = (raw & 0xfffffffffffffn) | (exponent === 0 ? 0n : 1n << 52n);
  const shift = Math.max(exponent, 1) - 1075;
  return shift >= 0
    ? { numerator: mantissa << BigInt(shift), denominator: 1n }
    : { numerator: mantissa, denominator: 1n << BigInt(-shift) };
}

/** size × 10^places, rounded half to even. */
function scaled(size: number, places: number): bigint {
  const { numerator, denominator } = fraction(size);
  const top = places >= 0 ? numerator * 10n ** BigInt(places) : numerator;
  const bottom = places >= 0 ? denominator : denominator * 10n ** BigInt(-places);
  const whole = top / bottom;
  const twice = 2n * (top % bottom);
  return twice > bottom || (twice === bottom && whole % 2n === 1n) ? whole + 1n : whole;
}

function fixed(size: number, places: number): string {
  const digits = scaled(size, places)
    .toString()
    .padStart(places + 1, "0");
  const split = digits.length - places;
  return places === 0 ? digits : `${digits.slice(0, split)}.${digits.slice(split)}`;
}

function shortest(size: number): Decimal {
  const [digits = "0", exponent = "0"] = size.toExponential().split("e");
  return decimal(digits.replace(".", ""), Number(exponent) + 1);
}

/** `count` significant digits of a size. */
function rounded(size: number, count: number): Decimal {
  if (size === 0) return decimal("0", 1);
  const exponent = Number(size.toExponential().split("e")[1] ?? 0);
  const digits = scaled(size, count - 1 - exponent).toString();
  // The shortest form may sit just above a power of ten that the exact value does not reach, and rounding may carry.
  return decimal(digits, digits.length - (count - 1 - exponent));
}

function decimal(digits: string, point: number): Decimal {
  const trimmed = digits.replace(/0+$/, "");
  return trimmed === "" ? { digits: "0", point: 1 } : { digits: trimmed, point };
}

function exponential({ digits, point }: Decimal, places: number): string {
  const exponent = point - 1;
  const mantissa = digits.padEnd(places + 1, "0").slice(0, places + 1);
  const text = places === 0 ? mantissa : `${mantissa.slice(0, 1)}.${mantissa.slice(1)}`;
  return `${text}e${exponent < 0 ? "-" : "+"}${Math.abs(exponent).toString().padStart(2, "0")}`;
}

function general(size: number, precision: number | undefined): string {
  const places = precision === 0 ? 1 : precision;
  const value = places === undefined ? shortest(size) : rounded(size, places);
  const count = value.digits.length;
  const exponent = value.point - 1;
  const limit = places === undefined ? 6 : places > count && count >= value.point ? count : places;
  if (exponent < -4 || exponent >= limit) return exponential(value, count - 1);
  if (value.point <= 0) return `0.${"0".repeat(-value.point)}${value.digits}`;
  const digits = value.digits.padEnd(value.point, "0");
  return digits.length > value.point ? `${digits.slice(0, value.point)}.${digits.slice(value.point)}` : digits;
}

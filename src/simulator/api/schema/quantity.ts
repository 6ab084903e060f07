const SUFFIXES: Readonly<Record<string, readonly [base: bigint, power: number]>> = {
  n: [1000n, -3],
  u: [1000n, -2],
  m: [1000n, -1],
  "": [1000n, 0],
  k: [1000n, 1],
  M: [1000n, 2],
  G: [1000n, 3],
  T: [1000n, 4],
  P: [1000n, 5],
  E: [1000n, 6],
  Ki: [1024n, 1],
  Mi: [1024n, 2],
  Gi: [1024n, 3],
  Ti: [1024n, 4],
  Pi: [1024n, 5],
  Ei: [1024n, 6],
};

const DECIMAL = ["n", "u", "m", "", "k", "M", "G", "T", "P", "E"];
const BINARY = ["", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"];
const EXPONENTS = ["e-9", "e-6", "e-3", "", "e3", "e6", "e9", "e12", "e15", "e18"];
const FORM = /^([+-]?)(\d+\.?\d*|\.\d+)(?:([numkMGTPE]|[KMGTPE]i)|[eE]([+-]?\d+))?$/;
const NANO = 1_000_000_000n;

/** The quantity in billionths, or undefined where the text is none. */
export function nanosOf(value: unknown): bigint | undefined {
  const [, sign, digits = "", suffix = "", exponent] = FORM.exec(String(value)) ?? [];
  if (sign === undefined || !["string", "number"].includes(typeof value)) return undefined;
  const [whole = "", fraction = ""] = digits.split(".");
  const [base, power] = exponent === undefined ? (SUFFIXES[suffix] ?? [1000n, 0]) : [10n, Number(exponent)];
  const scale = 10n ** BigInt(fraction.length);
  const number = BigInt(`${whole}${fraction}` || "0") * NANO;
  const factor = base ** BigInt(Math.abs(power));
  const divisor = power < 0 ? scale * factor : scale;
  const multiplied = power < 0 ? number : number * factor;
  // What is finer than a billionth is rounded up.
  const nanos = (multiplied + divisor - 1n) / divisor;
  return sign === "-" ? -nanos : nanos;
}

/** The form that the server stores: whole numbers with the largest suffix that fits. */
export function canonicalQuantity(value: unknown): string | undefined {
  const nanos = nanosOf(value);
  if (nanos === undefined) return undefined;
  if (nanos === 0n) return "0";
  if (/[eE][+-]?\d+$/.test(String(value))) return largest(nanos, EXPONENTS, 1000n);
  const isBinary = /i$/.test(String(value)) && nanos % NANO === 0n;
  return isBinary ? largest(nanos / NANO, BINARY, 1024n) : largest(nanos, DECIMAL, 1000n);
}

function largest(value: bigint, suffixes: readonly string[], base: bigint): string {
  let [rest, place] = [value, 0];
  while (rest % base === 0n && place < suffixes.length - 1) {
    rest /= base;
    place += 1;
  }
  return `${rest}${suffixes[place] ?? ""}`;
}

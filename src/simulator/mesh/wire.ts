/** Any JSON object, as the server sent it. */
export type Json = Readonly<Record<string, unknown>>;

/** The value if it is an object; an empty one otherwise. */
export const objectOf = (value: unknown): Json =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Json) : {};

/** The value if it is a list; an empty one otherwise. */
export const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

export const textOf = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined);

export const numberOf = (value: unknown): number | undefined =>
  typeof value === "number" && Number.isFinite(value) ? value : undefined;

/** The texts of a list; what is no text is left out. */
export const textsOf = (value: unknown): readonly string[] => listOf(value).filter((item) => typeof item === "string");

/** The texts of a map, such as labels; what is no text is left out. */
export function textMapOf(value: unknown): Readonly<Record<string, string>> {
  const pairs = Object.entries(objectOf(value));
  return Object.fromEntries(pairs.filter((pair): pair is [string, string] => typeof pair[1] === "string"));
}

const UNIT_MILLIS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
};

/** A duration as Go and protobuf write it, such as `1.5s` or `1h30m`, in milliseconds. */
export function millisOf(value: unknown): number | undefined {
  if (typeof value !== "string" || !/^(?:\d+(?:\.\d+)?(?:ns|us|µs|ms|s|m|h))+$/.test(value)) return undefined;
  let millis = 0;
  for (const [, amount, unit = ""] of value.matchAll(/(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h)/g)) {
    millis += Number(amount) * (UNIT_MILLIS[unit] ?? 0);
  }
  return millis;
}

/** A percentage as `{ value: 12.5 }`, as Istio writes it since 1.4. */
export const percentOf = (value: unknown): number | undefined => {
  if (typeof value !== "object" || value === null) return undefined;
  // Zero is the default of protobuf and may be left out.
  return numberOf((value as Json)["value"]) ?? 0;
};

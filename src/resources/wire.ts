import { type Instant, instant } from "../domain/time.ts";

/** An object as JSON has it. */
export type WireObject = { readonly [field: string]: unknown };

/** Deeper than any object of ours; the API server's own decoder gives up at a similar depth. */
const DEEPEST = 64;

/** Whether this is a JSON object, as opposed to a list, null or a scalar. */
export function isWireObject(value: unknown): value is WireObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The value as an object; an empty one when it is none. */
export const objectOr = (value: unknown): WireObject => (isWireObject(value) ? value : {});

/** The text, or undefined when it is empty or no text. An empty text on the wire means `not set`. */
export const textOr = (value: unknown): string | undefined =>
  typeof value === "string" && value !== "" ? value : undefined;

/** What is said of an address that no metrics server can be asked at. */
export const NO_ADDRESS =
  "is not an http:// or https:// address: write for example http://prometheus.istio-system:9090";

/** Whether a metrics server can be asked at this address. */
export const isHttpAddress = (text: string): boolean => /^https?:/.test(URL.parse(text)?.protocol ?? "");

/** The same value without the fields that are null: on the wire that means not set, inside it does not exist. */
export function withoutNulls(value: unknown, depth = 0): unknown {
  if (depth > DEEPEST) return undefined;
  if (Array.isArray(value)) return value.map((item) => withoutNulls(item, depth + 1));
  if (!isWireObject(value)) return value;
  const kept = Object.entries(value).filter(([, field]) => field !== null && field !== undefined);
  return Object.fromEntries(kept.map(([name, field]) => [name, withoutNulls(field, depth + 1)]));
}

/** As far as RFC 3339 reaches, whose years have four digits. A status with any other time is refused whole. */
const FIRST_INSTANT = Date.parse("0000-01-01T00:00:00.000Z");
export const LAST_INSTANT = Date.parse("9999-12-31T23:59:59.999Z");

/** RFC 3339, to the millisecond. */
export function printInstant(at: Instant): string {
  return new Date(Math.max(FIRST_INSTANT, Math.min(LAST_INSTANT, Math.trunc(at)))).toISOString();
}

/** RFC 3339 in whole seconds, as Kubernetes writes times and Flagger's fields have always been. */
export function printSecond(at: Instant): string {
  return printInstant(instant(Math.floor(at / 1000) * 1000)).replace(".000Z", "Z");
}

const RFC3339 = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/;

/** The instant that an RFC 3339 text names; undefined for anything else. */
export function parseInstant(value: unknown): Instant | undefined {
  if (typeof value !== "string" || !RFC3339.test(value)) return undefined;
  const at = Date.parse(value);
  return Number.isNaN(at) ? undefined : instant(at);
}

/** A point in time: milliseconds since the epoch. The domain never reads a clock, it is told the time. */
export type Instant = number & { readonly __unit: "instant" };

/** A length of time in milliseconds. */
export type Duration = number & { readonly __unit: "duration" };

export const instant = (millis: number): Instant => millis as Instant;
export const millis = (count: number): Duration => count as Duration;
export const seconds = (count: number): Duration => (count * 1000) as Duration;

/** The instant `length` after `start`. */
export const after = (start: Instant, length: Duration): Instant => (start + length) as Instant;

/** How long it is from `start` to `end`, never negative: clocks of two machines may disagree. */
export const between = (start: Instant, end: Instant): Duration => Math.max(0, end - start) as Duration;

export const earliest = (...instants: readonly (Instant | undefined)[]): Instant | undefined =>
  instants.reduce(
    (first, next) => (next !== undefined && (first === undefined || next < first) ? next : first),
    undefined,
  );

export const latest = (...instants: readonly (Instant | undefined)[]): Instant | undefined =>
  instants.reduce((last, next) => (next !== undefined && (last === undefined || next > last) ? next : last), undefined);

const UNIT_MILLIS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
};

/**
 * Parse a duration as Go's time.ParseDuration does ("1m30s", "500ms", "1.5h"), which is what Flagger's fields hold.
 * Answers undefined where Go would refuse the text; negative durations are refused as well.
 */
export function parseDuration(text: string): Duration | undefined {
  const length = text.replace(/^\+/, "");
  if (length === "0") return millis(0);
  let rest = length;
  let total = 0;
  while (rest !== "") {
    const [part = "", count, unit = ""] = /^(\d+\.?\d*|\.\d+)([a-zµμ]+)/.exec(rest) ?? [];
    const scale = UNIT_MILLIS[unit];
    if (scale === undefined) return undefined;
    total += Number(count) * scale;
    rest = rest.slice(part.length);
  }
  return length === "" || !Number.isFinite(total) ? undefined : millis(total);
}

/** A duration in the words people use for it: "45s", "2m", "1m30s", "250ms". */
export function formatDuration(length: Duration): string {
  if (length < 1000) return `${Math.round(length)}ms`;
  const whole = Math.round(length / 1000);
  const parts: readonly (readonly [number, string])[] = [
    [Math.floor(whole / 3600), "h"],
    [Math.floor((whole % 3600) / 60), "m"],
    [whole % 60, "s"],
  ];
  return parts
    .filter(([count]) => count > 0)
    .map(([count, unit]) => `${count}${unit}`)
    .join("");
}

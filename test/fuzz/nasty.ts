import type { Dice } from "./dice.ts";

/** Values that nobody would write in earnest, as JSON can carry them: what is read off the wire is always well-formed UTF-16. */

/** Longer than any text of a status or an Event may be; wide characters at every place where one could be cut in two. */
const LONGEST = ["long ".repeat(1500), `${"🦓".repeat(2500)}`, `x${"🦓".repeat(2500)}`] as const;

/** None of them holds a word that careless code prints in the place of a value, so that such words betray it. */
const TEXTS = [
  "",
  " ",
  "0",
  "-1",
  "true",
  "null",
  "a",
  "podinfo",
  "podinfo-primary",
  "podinfo-canary",
  "podinfo.shop",
  "podinfo-canary.shop.svc.cluster.local",
  "*",
  "__proto__",
  "constructor",
  "toString",
  "hasOwnProperty",
  "ünïcödé",
  "العربية",
  "🦓",
  "e\u0301",
  "\u0000",
  "\u2028",
  "\u202e",
  "line\nbreak",
  'tab\tand \\ "quotes"',
  "{{ interval }}",
  "{{ .nope }}",
  "{{",
  "rate(x[1m])",
  "[1m]",
  "99999999999999999999w",
  "10s",
  "-10s",
  "1h1h1h",
  "1e3",
  "9223372036854775807",
  "$(x)",
  "../../etc",
  "http://[",
  "http://x",
  "2026-01-01T12:00:00Z",
  "+275760-09-13T00:00:00.000Z",
  "0000-01-01T00:00:00Z",
  "9999-12-31T23:59:59Z",
] as const;

const NUMBERS = [
  0, 1, -1, 2, 5, 10, 50, 99, 100, 101, 1000, 65535, 65536, 0.5, -0.5, 1e-7, 2147483647, -2147483648, 4294967296,
  9007199254740991, -9007199254740991, 1e21, 1e308, -1e308, 5e-324,
] as const;

/** Names of fields that JavaScript's objects have already. */
const KEYS = [
  "__proto__",
  "constructor",
  "prototype",
  "toString",
  "valueOf",
  "hasOwnProperty",
  "",
  "a",
  "length",
] as const;

export const nastyText = (dice: Dice): string => (dice.percent(0.7) ? dice.of(LONGEST) : dice.of(TEXTS));

export const nastyNumber = (dice: Dice): number =>
  dice.percent(70) ? dice.of(NUMBERS) : dice.whole(-1000, 1000) / dice.of([1, 1, 1, 3]);

export const nastyKey = (dice: Dice): string => (dice.percent(80) ? dice.of(KEYS) : nastyText(dice));

/** Any JSON at all, seldom deep and seldom large. */
export function nasty(dice: Dice, depth = 0): unknown {
  const kind = dice.whole(0, depth > 3 ? 6 : 11);
  if (kind <= 1) return nastyText(dice);
  if (kind <= 3) return nastyNumber(dice);
  if (kind === 4) return null;
  if (kind === 5) return dice.percent(50);
  if (kind === 6) return dice.percent(50) ? [] : {};
  if (kind <= 8) return dice.times(dice.whole(0, 4), () => nasty(dice, depth + 1));
  if (kind === 9) return deep(dice);
  return objectOf(dice.times(dice.whole(0, 4), () => [nastyKey(dice), nasty(dice, depth + 1)] as const));
}

function deep(dice: Dice): unknown {
  let value = nasty(dice, 4);
  for (let level = dice.of([3, 10, 70, 300]); level > 0; level -= 1) value = dice.percent(50) ? [value] : { a: value };
  return value;
}

/** An object with these fields as its own, also one that is called `__proto__`: as JSON.parse makes it. */
export const objectOf = (entries: readonly (readonly [string, unknown])[]): Record<string, unknown> =>
  Object.fromEntries(entries);

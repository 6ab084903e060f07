import type { Dice } from "./dice.ts";
import { nasty, nastyKey, nastyNumber, nastyText, objectOf } from "./nasty.ts";

/** The way to a value inside of a JSON value. */
export type Path = readonly (string | number)[];

/** The same value with some parts of it spoiled: of another type, at a limit, gone, doubled, or with a strange neighbour. */
export function spoiled(value: unknown, dice: Dice, count: number): unknown {
  let result = value;
  for (let left = count; left > 0; left -= 1) result = spoiledOnce(result, dice);
  return result;
}

function spoiledOnce(value: unknown, dice: Dice): unknown {
  const path = dice.any(pathsIn(value)) ?? [];
  const found = at(value, path);
  switch (dice.whole(0, 7)) {
    case 0:
      return without(value, path);
    case 1:
      return withAt(value, path, null);
    case 2:
      return withAt(value, path, confused(found, dice));
    case 3:
      return withAt(value, path, doubled(found));
    case 4:
      return withAt(value, path, grown(found, dice));
    case 5:
      return withAt(value, path, nasty(dice));
    default:
      return withAt(value, path, typeof found === "number" ? nastyNumber(dice) : bounded(found, dice));
  }
}

/** The value as another type would have it. */
function confused(value: unknown, dice: Dice): unknown {
  if (typeof value === "number") return dice.of<unknown>([String(value), [value], { value }, value !== 0]);
  if (typeof value === "string") return dice.of<unknown>([[value], { [value]: value }, value.length, true]);
  if (typeof value === "boolean") return dice.of<unknown>([String(value), Number(value), [value]]);
  if (Array.isArray(value))
    return dice.of<unknown>([objectOf(value.map((one, place) => [String(place), one])), value[0] ?? 0]);
  if (typeof value === "object" && value !== null)
    return dice.of<unknown>([Object.values(value), JSON.stringify(value)]);
  return nasty(dice);
}

function doubled(value: unknown): unknown {
  if (Array.isArray(value)) return [...value, ...value];
  return typeof value === "string" ? value + value : value;
}

function grown(value: unknown, dice: Dice): unknown {
  if (Array.isArray(value)) return value.toSpliced(dice.whole(0, value.length), 0, nasty(dice));
  if (typeof value !== "object" || value === null) return nasty(dice);
  return objectOf([...Object.entries(value), [nastyKey(dice), nasty(dice)]]);
}

function bounded(value: unknown, dice: Dice): unknown {
  if (typeof value === "string") return nastyText(dice);
  return Array.isArray(value) && dice.percent(50) ? value.toReversed() : nasty(dice);
}

/** The ways to every value inside of this one, itself first. */
export function pathsIn(value: unknown, depth = 0): readonly Path[] {
  const below = depth > 40 ? [] : entriesOf(value);
  return [[], ...below.flatMap(([key, inner]) => pathsIn(inner, depth + 1).map((rest) => [key, ...rest]))];
}

export function entriesOf(value: unknown): readonly (readonly [string | number, unknown])[] {
  if (Array.isArray(value)) return value.map((inner, place) => [place, inner] as const);
  return typeof value === "object" && value !== null ? Object.entries(value) : [];
}

/** What is there; undefined where nothing is. */
export function at(value: unknown, [key, ...rest]: Path): unknown {
  if (key === undefined) return value;
  const inner = entriesOf(value).find(([name]) => name === key)?.[1];
  return at(inner, rest);
}

/** The value with another one at this place. Nothing else is changed, and nothing in place. */
export function withAt(value: unknown, [key, ...rest]: Path, inner: unknown): unknown {
  if (key === undefined) return inner;
  if (Array.isArray(value)) return value.map((one, place) => (place === key ? withAt(one, rest, inner) : one));
  if (typeof value !== "object" || value === null) return value;
  return objectOf(Object.entries(value).map(([name, one]) => [name, name === key ? withAt(one, rest, inner) : one]));
}

/** The value without what is at this place. */
export function without(value: unknown, path: Path): unknown {
  const last = path.at(-1);
  if (last === undefined) return null;
  const parent = path.slice(0, -1);
  const around = at(value, parent);
  if (Array.isArray(around))
    return withAt(
      value,
      parent,
      around.filter((_, place) => place !== last),
    );
  if (typeof around !== "object" || around === null) return value;
  return withAt(value, parent, objectOf(Object.entries(around).filter(([name]) => name !== last)));
}

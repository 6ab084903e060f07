import type { Refusal } from "../domain/spec.ts";
import { isWireObject } from "./wire.ts";

/** A name that zod leaves out of maps without a word: in JavaScript it means something else. */
const UNREADABLE = "__proto__";

/** As deep as anything is read. */
const DEEPEST = 64;

/** A refusal for every field of this name, at whatever depth: what is left out in silence would be done in silence. */
export function unreadableIn(value: unknown, path: string, depth = 0): readonly Refusal[] {
  if (depth > DEEPEST) return [];
  if (Array.isArray(value)) return value.flatMap((item, at) => unreadableIn(item, `${path}[${at}]`, depth + 1));
  if (!isWireObject(value)) return [];
  return Object.entries(value).flatMap(([name, field]) =>
    name === UNREADABLE ? [refusal(`${path}.${name}`)] : unreadableIn(field, `${path}.${name}`, depth + 1),
  );
}

function refusal(path: string): Refusal {
  return { path, message: "has a name that cannot be read: remove it", reason: "InvalidSpec", severity: "blocking" };
}

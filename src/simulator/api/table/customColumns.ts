import type { WireObject } from "../../../resources/wire.ts";
import { isWireObject } from "../../../resources/wire.ts";
import { metadataOf } from "../json.ts";
import type { Column } from "../resource.ts";
import { ageOf } from "./age.ts";

/** The `additionalPrinterColumns` of a definition. */
export function customColumns(columns: readonly WireObject[]): readonly Column[] {
  if (columns.length === 0) return [AGE];
  return columns.map((column) => {
    const { name, type, format, description, priority, jsonPath } = column as Readonly<Record<string, string>>;
    const find = pathReader(jsonPath ?? "");
    return {
      name: name ?? "",
      type: type ?? "string",
      ...(format === undefined ? {} : { format }),
      ...(description === undefined ? {} : { description }),
      priority: Number(priority ?? 0),
      cell: (object, now) => printCell(find(object), type, now),
    };
  });
}

const AGE: Column = {
  name: "Age",
  type: "date",
  priority: 0,
  cell: (object, now) => ageOf(metadataOf(object)["creationTimestamp"], now),
};

function printCell(found: readonly unknown[], type: string | undefined, now: number): unknown {
  const [value] = found;
  if (value === undefined || value === null) return null;
  switch (type) {
    case "date":
      return ageOf(value, now);
    case "integer":
      return typeof value === "number" ? Math.trunc(value) : null;
    case "number":
      return typeof value === "number" ? value : null;
    case "boolean":
      return typeof value === "boolean" ? value : null;
    default:
      return found.map((one) => (typeof one === "string" ? one : JSON.stringify(one))).join(" ");
  }
}

const STEP = /\.([\w-]+)|\['([^']+)'\]|\[(\d+|\*)\]|\[\?\(@\.([\w.]+)\s*==\s*["']([^"']*)["']\)\]/g;

/** The part of JSONPath that printer columns use: fields, places, all entries, and entries with one field of one value. */
function pathReader(path: string): (object: WireObject) => readonly unknown[] {
  const steps = [...path.matchAll(STEP)].map(([, field, quoted, place, key, value]) => {
    if (key !== undefined)
      return (entry: unknown) => entriesOf(entry).filter((one) => follow(one, key.split(".")) === value);
    if (place === "*") return entriesOf;
    if (place !== undefined) return (entry: unknown) => (Array.isArray(entry) ? [entry[Number(place)]] : []);
    return (entry: unknown) => (isWireObject(entry) ? [entry[field ?? quoted ?? ""]] : []);
  });
  return (object) =>
    steps.reduce<readonly unknown[]>(
      (found, step) => found.flatMap(step).filter((value) => value !== undefined),
      [object],
    );
}

const entriesOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

function follow(value: unknown, fields: readonly string[]): unknown {
  return fields.reduce<unknown>((inner, field) => (isWireObject(inner) ? inner[field] : undefined), value);
}

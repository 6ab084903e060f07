/** What two API servers can only differ in by accident is made the same: names of their choosing, times, versions. */

type Draft = Record<string, unknown>;

const UUID = /\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g;
const TIME = /\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?Z/g;
const NEAR_MILLIS = 3_600_000;

/** One for each script: the first uid that is met is `uid-1`, and so on. */
export class Normal {
  readonly #uids = new Map<string, string>();

  of(value: unknown, field = ""): unknown {
    if (Array.isArray(value)) return this.#list(value, field);
    if (typeof value === "string") return this.#text(value, field);
    if (typeof value !== "object" || value === null) return field === "nodePort" && value !== 0 ? "<port>" : value;
    if (field === "columnDefinitions") return this.of({ ...value, description: "" }, "column");
    if (field === "fieldsV1") return JSON.stringify(sorted(value));
    const result: Draft = {};
    for (const [name, inner] of Object.entries(inOrder(value)).sort(([one], [other]) => (one < other ? -1 : 1))) {
      result[name] = this.of(inner, name);
    }
    return result;
  }

  /** Columns tell ages, and rows whole objects. */
  #list(value: readonly unknown[], field: string): unknown {
    if (field !== "cells") return value.map((entry) => this.of(entry, field));
    return value.map((cell) => (typeof cell === "string" && /^\d+s$/.test(cell) ? "<age>" : this.of(cell)));
  }

  #text(value: string, field: string): string {
    if (field === "resourceVersion") return "<version>";
    if (field === "continue") return "<token>";
    return (
      value
        .replace(UUID, (uid) => this.#uid(uid))
        .replace(TIME, (time) => this.#time(time))
        // How Go's own structs differ.
        .replace(/\n@@ [\s\S]*$/, "")
        .replace(
          /patch: Invalid value: "(?:[^"\\]|\\.)*"|^Invalid value: "\{(?:[^"\\]|\\.)*"/g,
          'patch: Invalid value: "<the patched object>"',
        )
        .replace(/\b10\.96\.\d+\.\d+\b/g, "<address>")
        .replace(/\b(generated-)[a-z0-9]{5}\b/g, "$1<suffix>")
        .replace(/(resource version: )\d+( \(\d+\))?/g, "$1<version>")
        .replace(/(ResourceVersion in (?:precondition|object meta): )\d+/g, "$1<version>")
    );
  }

  #uid(uid: string): string {
    const known = this.#uids.get(uid) ?? `uid-${this.#uids.size + 1}`;
    this.#uids.set(uid, known);
    return known;
  }

  #time(time: string): string {
    if (Math.abs(Date.parse(time) - Date.now()) > NEAR_MILLIS) return time;
    return time.includes(".") ? "<moment>" : "<time>";
  }
}

/** The real server finds the faults of a custom object in any order. */
function inOrder(value: object): object {
  const { causes, group } = value as {
    readonly causes?: readonly { readonly field: string; readonly message: string }[];
    readonly group?: string;
  };
  const { details, message } = value as {
    readonly details?: { readonly causes?: readonly unknown[]; readonly group?: string };
    readonly message?: string;
  };
  if (group === GROUP && causes !== undefined) {
    const text = (cause: { readonly field: string; readonly message: string }): string =>
      `${cause.field}: ${cause.message}`;
    return { ...value, causes: causes.toSorted((one, other) => (text(one) < text(other) ? -1 : 1)) };
  }
  const isMany = details?.group === GROUP && (details.causes?.length ?? 0) > 1;
  return isMany ? { ...value, message: message?.replace(/\[.*\]$/, "[<the causes>]") } : value;
}

const GROUP = "suite.example.com";

function sorted(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([name, inner]) => [name, sorted(inner)]),
  );
}

/** Managers stand in the order of their times, which is another one where a second passes between two requests. */
export function withoutOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutOrder);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]: [string, unknown]) => {
      const same = withoutOrder(inner);
      if (name !== "managedFields" || !Array.isArray(same)) return [name, same];
      return [name, same.toSorted((one, other) => (JSON.stringify(one) < JSON.stringify(other) ? -1 : 1))];
    }),
  );
}

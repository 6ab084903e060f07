/** A value of the template language, with the Go type it would have there: printing and comparing depend on it. */
export type Value =
  | { readonly kind: "nil" }
  | { readonly kind: "bool"; readonly bool: boolean }
  | { readonly kind: "int"; readonly int: bigint; readonly type: "int" | "uint8" }
  | { readonly kind: "float"; readonly float: number }
  | { readonly kind: "string"; readonly text: string }
  | { readonly kind: "map"; readonly entries: ReadonlyMap<string, string> };

export const NIL: Value = { kind: "nil" };
export const bool = (value: boolean): Value => ({ kind: "bool", bool: value });
export const int = (value: bigint): Value => ({ kind: "int", int: value, type: "int" });
export const byte = (value: number): Value => ({ kind: "int", int: BigInt(value), type: "uint8" });
export const float = (value: number): Value => ({ kind: "float", float: value });
export const string = (text: string): Value => ({ kind: "string", text });

/** A map of strings whose keys are visited in Go's order: by bytes, where JavaScript would compare UTF-16 units. */
export const map = (record: Readonly<Record<string, string>>): Value => ({
  kind: "map",
  entries: new Map(Object.entries(record).sort(([a], [b]) => compareText(a, b))),
});

/** Less than, equal to or greater than zero, as Go orders strings. */
export const compareText = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

/** Whether `if` takes the value for true: everything but nil, false, zero and what is empty. */
export function truth(value: Value): boolean {
  switch (value.kind) {
    case "nil":
      return false;
    case "bool":
      return value.bool;
    case "int":
      return value.int !== 0n;
    case "float":
      return value.float !== 0;
    case "string":
      return value.text !== "";
    case "map":
      return value.entries.size > 0;
  }
}

/** The Go name of the value's type. */
export function typeName(value: Value): string {
  switch (value.kind) {
    case "nil":
      return "<nil>";
    case "bool":
      return "bool";
    case "int":
      return value.type;
    case "float":
      return "float64";
    case "string":
      return "string";
    case "map":
      return "map[string]string";
  }
}

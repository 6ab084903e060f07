import { CORE_TYPES } from "./coreTypes.ts";
import { GROUPS_TYPES } from "./groupsTypes.ts";
import type { Schema } from "./schema.ts";

const SCALARS: Readonly<Record<string, Schema>> = {
  string: { type: "string" },
  boolean: { type: "boolean" },
  int32: { type: "integer", format: "int32" },
  int64: { type: "integer", format: "int64" },
  double: { type: "number", format: "double" },
  byte: { type: "string", format: "byte" },
  time: { type: "string", format: "date-time" },
  micro: { type: "string", format: "micro-time" },
  quantity: { type: "string", format: "quantity" },
  intOrString: { "x-kubernetes-int-or-string": true },
  json: { "x-kubernetes-preserve-unknown-fields": true },
};

/** number in protobuf, name, "!" when required, type, and what follows the type: keys of a list, patch strategy, default. */
const FIELD =
  /^(?:([\d.]+)\.)?([^:!]+)(!?):((?:\[|\{)?(?:\([^)]*\)|[\w-]+)(?:\]|\})?)(@[\w,]*)?(#)?(?:~([\w,]+)(?::(\w+))?)?(?:=(.*))?$/;

/** The types of the built-in kinds, each read from its line when it is first asked for. */
export class BuiltinTypes {
  readonly #lines = new Map<string, string>();
  readonly #types = new Map<string, Schema>();

  constructor() {
    for (const line of `${CORE_TYPES}\n${GROUPS_TYPES}`.split("\n")) {
      const name = /^\w+/.exec(line)?.[0];
      if (name !== undefined) this.#lines.set(name, line);
    }
  }

  /** Of kinds that only requests are made of, undefined where there is none. */
  find(name: string): Schema | undefined {
    return this.#lines.has(name) ? this.type(name) : undefined;
  }

  /** Throws where there is no such type: the tables that name types are ours. */
  type(name: string): Schema {
    const known = this.#types.get(name);
    if (known !== undefined) return known;
    const line = this.#lines.get(name);
    if (line === undefined) throw new Error(`there is no type ${name}`);
    const [head = "", ...fields] = line.split(" ");
    const read = fields.map((field) => this.#field(field));
    const required = read.filter(({ isRequired }) => isRequired).map((field) => field.name);
    const schema: Schema = {
      type: "object",
      properties: Object.fromEntries(read.map((field) => [field.name, field.schema])),
      ...(required.length === 0 ? {} : { required }),
      ...(head.endsWith("#") ? { "x-kubernetes-map-type": "atomic" } : {}),
      "x-type": name,
    };
    this.#types.set(name, schema);
    return schema;
  }

  #field(text: string): { readonly name: string; readonly isRequired: boolean; readonly schema: Schema } {
    const [, number, name, required, type = "", list, atomic, strategy, mergeKey, standard] = FIELD.exec(text) ?? [];
    if (name === undefined) throw new Error(`cannot read the field ${text}`);
    const keys = list === undefined || list === "@" ? undefined : list.slice(1).split(",");
    const schema: Schema = {
      ...this.#value(type),
      ...(number === undefined ? {} : { "x-number": number }),
      ...(keys === undefined ? {} : { "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": keys }),
      ...(list === "@" ? { "x-kubernetes-list-type": "set" } : {}),
      ...(atomic === undefined ? {} : { "x-kubernetes-map-type": "atomic" }),
      ...(strategy === undefined ? {} : { "x-kubernetes-patch-strategy": strategy }),
      ...(mergeKey === undefined ? {} : { "x-kubernetes-patch-merge-key": mergeKey }),
      ...(standard === undefined ? {} : { default: JSON.parse(standard) as unknown }),
    };
    return { name, isRequired: required === "!", schema };
  }

  #value(text: string): Schema {
    const inner = text.slice(1, -1);
    if (text.startsWith("[")) return { type: "array", items: this.#value(inner) };
    if (text.startsWith("{")) return { type: "object", additionalProperties: this.#value(inner) };
    if (text.startsWith("(")) return { type: "string", enum: inner.split("|") };
    return SCALARS[text] ?? this.type(text);
  }
}

import type { WireObject } from "../../resources/wire.ts";
import { badRequest } from "./errors.ts";
import { type Draft, setField } from "./json.ts";
import type { Schema } from "./schema/schema.ts";

/** What kubectl's own subcommands send: an envelope that names the kind, and the object in protobuf. */

const MAGIC = [0x6b, 0x38, 0x73, 0x00];

export const isProtobuf = (bytes: Uint8Array): boolean => MAGIC.every((byte, place) => bytes[place] === byte);

/** A length-delimited or numeric field of a message, as it stands in the bytes. */
interface Field {
  readonly number: number;
  readonly bytes: Uint8Array;
  readonly value: bigint;
}

/** The object as JSON has it. Throws 400 where the bytes or the kind cannot be read. */
export function decodeProtobuf(
  bytes: Uint8Array,
  schemaOf: (apiVersion: string, kind: string) => Schema | undefined,
): WireObject {
  const envelope = fieldsOf(bytes.subarray(MAGIC.length));
  const meta = fieldsOf(one(envelope, 1)?.bytes ?? new Uint8Array());
  const [apiVersion, kind] = [1, 2].map((number) => text(one(meta, number)?.bytes)) as [string, string];
  const schema = schemaOf(apiVersion, kind);
  // Of questions that are answered without their details it is enough to know what they are.
  if (schema === undefined) return { apiVersion, kind };
  return { ...message(one(envelope, 2)?.bytes ?? new Uint8Array(), schema), apiVersion, kind };
}

const one = (fields: readonly Field[], number: number): Field | undefined =>
  fields.findLast((field) => field.number === number);

const text = (bytes: Uint8Array | undefined): string => (bytes === undefined ? "" : new TextDecoder().decode(bytes));

function message(bytes: Uint8Array, schema: Schema): Draft {
  const result: Draft = {};
  const fields = fieldsOf(bytes);
  for (const [name, inner] of Object.entries(schema.properties ?? {})) {
    const numbers = inner["x-number"]?.split(".").map(Number);
    if (numbers === undefined) continue;
    const value = fieldValue(within(fields, numbers), inner);
    if (value !== undefined) setField(result, name, value);
  }
  return result;
}

/** The occurrences of a field, through the messages that JSON leaves out. */
function within(fields: readonly Field[], [first = 0, ...rest]: readonly number[]): readonly Field[] {
  const found = fields.filter(({ number }) => number === first);
  if (rest.length === 0) return found;
  return found.flatMap(({ bytes }) => within(fieldsOf(bytes), rest));
}

function fieldValue(found: readonly Field[], schema: Schema): unknown {
  const last = found.at(-1);
  if (last === undefined) return undefined;
  const { items, additionalProperties: values } = schema;
  if (schema.type === "array") return found.map((field) => scalar(field, items ?? {}) ?? {});
  if (typeof values !== "object") return scalar(last, schema);
  const entries = found.map(({ bytes }) => {
    const entry = fieldsOf(bytes);
    const inner = one(entry, 2);
    return [text(one(entry, 1)?.bytes), inner === undefined ? "" : scalar(inner, values)] as const;
  });
  return Object.fromEntries(entries);
}

function scalar({ bytes, value }: Field, schema: Schema): unknown {
  if (schema["x-kubernetes-int-or-string"] === true) return intOrString(fieldsOf(bytes));
  if (schema["x-kubernetes-preserve-unknown-fields"] === true) return raw(fieldsOf(bytes));
  switch (schema.type) {
    case "object":
      return message(bytes, schema);
    case "boolean":
      return value !== 0n;
    case "integer":
      return Number(BigInt.asIntN(64, value));
    case "number":
      return new DataView(bytes.buffer, bytes.byteOffset).getFloat64(0, true);
    default:
      return special(bytes, schema.format);
  }
}

function special(bytes: Uint8Array, format: string | undefined): unknown {
  switch (format) {
    case "byte":
      return Buffer.from(bytes).toString("base64");
    case "quantity":
      return text(one(fieldsOf(bytes), 1)?.bytes);
    case "date-time":
    case "micro-time":
      return time(fieldsOf(bytes), format);
    default:
      return text(bytes);
  }
}

/** A time that nobody set is there as well, and empty. */
function time(fields: readonly Field[], format: "date-time" | "micro-time"): string | undefined {
  if (fields.length === 0) return undefined;
  const seconds = Number(BigInt.asIntN(64, one(fields, 1)?.value ?? 0n));
  const micros = String(Math.floor(Number(one(fields, 2)?.value ?? 0n) / 1_000)).padStart(6, "0");
  const whole = new Date(seconds * 1_000).toISOString().slice(0, 19);
  return format === "date-time" ? `${whole}Z` : `${whole}.${micros}Z`;
}

function intOrString(fields: readonly Field[]): unknown {
  const isText = (one(fields, 1)?.value ?? 0n) === 1n;
  return isText ? text(one(fields, 3)?.bytes) : Number(BigInt.asIntN(64, one(fields, 2)?.value ?? 0n));
}

/** JSON that protobuf does not look into. */
function raw(fields: readonly Field[]): unknown {
  const found = text(one(fields, 1)?.bytes);
  return found.startsWith("{") ? (JSON.parse(found) as unknown) : undefined;
}

function fieldsOf(bytes: Uint8Array): readonly Field[] {
  const fields: Field[] = [];
  const reader = { bytes, place: 0 };
  while (reader.place < bytes.length) {
    const tag = Number(varint(reader));
    fields.push(readField(reader, tag >> 3, tag & 7));
  }
  return fields;
}

interface Reader {
  readonly bytes: Uint8Array;
  place: number;
}

function readField(reader: Reader, number: number, wireType: number): Field {
  if (wireType === 0) return { number, bytes: new Uint8Array(), value: varint(reader) };
  const length = wireType === 2 ? Number(varint(reader)) : wireType === 1 ? 8 : wireType === 5 ? 4 : Number.NaN;
  const end = reader.place + length;
  if (!(end <= reader.bytes.length)) throw badRequest("the protobuf in the body of the request ends too early");
  const bytes = reader.bytes.subarray(reader.place, end);
  reader.place = end;
  return { number, bytes, value: 0n };
}

function varint(reader: Reader): bigint {
  let value = 0n;
  for (let shift = 0n; shift < 70n; shift += 7n) {
    const byte = reader.bytes[reader.place];
    if (byte === undefined) break;
    reader.place += 1;
    value |= BigInt(byte & 0x7f) << shift;
    if (byte < 0x80) return value;
  }
  throw badRequest("the protobuf in the body of the request ends too early");
}

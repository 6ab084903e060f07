import { isWireObject, type WireObject } from "../../../resources/wire.ts";
import type { Canon } from "../canon.ts";
import { badRequest } from "../errors.ts";
import { type Draft, isEmpty, setField } from "../json.ts";
import { canonicalQuantity } from "./quantity.ts";
import type { Schema } from "./schema.ts";

/** What came in, as the server would write it out again: known fields only, in their types, with what is always written. */
export interface Decoded {
  readonly object: Draft;
  /** Paths of fields that the kind does not have, which were left out. */
  readonly unknown: readonly string[];
}

interface Reading {
  readonly unknown: string[];
  readonly kind: string;
  readonly version: string;
  /** The type whose field is being read. */
  readonly struct: string;
  readonly canon: Canon | undefined;
}

/** Read a built-in kind; what is known to `canon` is taken as it is. Throws 400 where a value cannot be read as its type. */
export function decodeObject(
  value: WireObject,
  schema: Schema,
  { kind, version }: { readonly kind: string; readonly version: string },
  canon?: Canon,
): Decoded {
  const reading: Reading = { unknown: [], struct: kind, kind, version, canon };
  const object = decodeStruct(value, schema, "", reading) as Draft;
  return { object, unknown: reading.unknown };
}

/** The state before there is anything: what Go writes for a value that nobody filled in. */
export function zeroOf(schema: Schema): WireObject {
  const result: Draft = {};
  const required = schema.required ?? [];
  for (const [field, inner] of Object.entries(schema.properties ?? {})) {
    if (inner.default !== undefined) result[field] = isWireObject(inner.default) ? zeroOf(inner) : inner.default;
    else if (required.includes(field)) result[field] = null;
  }
  for (const field of nulls(schema)) result[field] = null;
  return result;
}

function decode(value: unknown, schema: Schema, path: string, reading: Reading): unknown {
  if (schema["x-kubernetes-preserve-unknown-fields"] === true || reading.canon?.has(value, schema)) return value;
  if (schema["x-kubernetes-int-or-string"] === true) {
    if (typeof value === "string" || Number.isInteger(value)) return value;
    throw mismatch(value, "intstr.IntOrString", path, reading);
  }
  switch (schema.type) {
    case "object":
      if (!isWireObject(value)) throw mismatch(value, schema["x-type"] ?? "map[string]string", path, reading);
      return schema.properties === undefined
        ? decodeMap(value, schema, path, reading)
        : decodeStruct(value, schema, path, reading);
    case "array":
      if (!Array.isArray(value)) throw mismatch(value, `[]${goType(schema.items)}`, path, reading);
      return value.map((entry, place) => decode(entry ?? {}, schema.items ?? {}, `${path}[${place}]`, reading));
    case "integer":
      if (Number.isInteger(value)) return value;
      throw mismatch(value, schema.format ?? "int64", path, reading);
    case "number":
      if (typeof value === "number") return value;
      throw mismatch(value, "float64", path, reading);
    case "boolean":
      if (typeof value === "boolean") return value;
      throw mismatch(value, "bool", path, reading);
    default:
      return decodeText(value, schema, path, reading);
  }
}

/** Fields that Go leaves out when they hold their zero value, because they are no pointers. */
const ZEROS = new Set(
  [
    "paused minReadySeconds hostNetwork hostPID hostIPC stdin stdinOnce tty readOnly initialDelaySeconds timeoutSeconds",
    "periodSeconds successThreshold failureThreshold observedGeneration replicas readyReplicas availableReplicas",
    "updatedReplicas unavailableReplicas fullyLabeledReplicas nodePort hostPort publishNotReadyAddresses",
    "updatedNumberScheduled numberAvailable numberUnavailable healthCheckNodePort count unschedulable",
  ]
    .join(" ")
    .split(" "),
);

/** Of these types the fields named above are pointers, or are written in any case. */
const KEEPS_ZEROS = new Set(["DeploymentSpec", "ReplicaSetSpec", "JobSpec"]);

function decodeStruct(value: WireObject, schema: Schema, path: string, reading: Reading): WireObject {
  const result: Draft = {};
  const properties = schema.properties ?? {};
  const below: Reading = { ...reading, struct: schema["x-type"] ?? reading.kind };
  for (const field of Object.keys(value)) {
    const inner = value[field];
    const known = Object.hasOwn(properties, field) ? properties[field] : undefined;
    const place = path === "" ? field : `${path}.${field}`;
    if (known === undefined) reading.unknown.push(place);
    else if (inner !== null && inner !== undefined) {
      const read = decode(inner, known, place, below);
      if (!isLeftOut(read, known, field, schema)) setField(result, field, read);
    }
  }
  for (const field of defaultedIn(properties)) {
    const inner = properties[field];
    if (inner === undefined || result[field] !== undefined) continue;
    result[field] = isWireObject(inner.default) ? decodeStruct({}, inner, path, reading) : inner.default;
  }
  for (const field of nulls(schema)) if (result[field] === undefined) result[field] = null;
  return result;
}

const CONDITION_TIMES = ["lastTransitionTime", "lastProbeTime", "lastUpdateTime", "lastHeartbeatTime"];

/** Fields that are null where there is nothing, and not left out. */
const NULLS: Readonly<Record<string, readonly string[]>> = {
  Event: ["eventTime", "firstTimestamp", "lastTimestamp"],
  EventsEvent: ["eventTime", "deprecatedFirstTimestamp", "deprecatedLastTimestamp"],
  HorizontalPodAutoscalerStatus: ["currentMetrics"],
  ContainerStateRunning: ["startedAt"],
  ContainerStateTerminated: ["startedAt", "finishedAt"],
};

/** Times that are no pointers in Go are written as null where there is none. */
function nulls({ "x-type": type = "", properties = {} }: Schema): readonly string[] {
  const known = NULLS[type];
  if (known !== undefined || !type.endsWith("Condition")) return known ?? [];
  return CONDITION_TIMES.filter((field) => Object.hasOwn(properties, field));
}

function isLeftOut(value: unknown, schema: Schema, field: string, parent: Schema): boolean {
  // An empty text is none where another one is the default.
  if (schema.default !== undefined) return value === "" && typeof schema.default === "string" && schema.default !== "";
  const isRequired = parent.required?.includes(field) === true;
  if (Array.isArray(value)) return value.length === 0 && !isRequired;
  if (isWireObject(value)) return schema.additionalProperties !== undefined && isEmpty(value) && !isRequired;
  if (value === "") return !isRequired && !POINTERS.has(`${parent["x-type"]}.${field}`);
  if (value !== 0 && value !== false) return false;
  return ZEROS.has(field) && !(KEEPS_ZEROS.has(parent["x-type"] ?? "") && field === "replicas");
}

/** Texts that may be there and empty. */
const POINTERS = new Set(["DiscoveryEndpointPort.name", "LeaseSpec.holderIdentity"]);

function decodeMap(value: WireObject, schema: Schema, path: string, reading: Reading): WireObject {
  const values = typeof schema.additionalProperties === "object" ? schema.additionalProperties : {};
  const result: Draft = {};
  for (const [key, inner] of Object.entries(value)) {
    // A key is no field: what is wrong below it is said of the map.
    setField(result, key, inner === null && values.type === "string" ? "" : decode(inner, values, path, reading));
  }
  return result;
}

function decodeText(value: unknown, schema: Schema, path: string, reading: Reading): unknown {
  if (schema.format === "quantity") {
    const quantity = canonicalQuantity(value);
    if (quantity === undefined) throw unreadable(QUANTITY_FORM, reading);
    return quantity;
  }
  if (typeof value !== "string") throw mismatch(value, "string", path, reading);
  if (schema.format === "date-time") return readTime(value, reading);
  if (schema.format === "micro-time") return readMicroTime(value, reading);
  if (schema.format === "byte" && !/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(value))
    throw unreadable(`illegal base64 data at input byte ${Math.max(0, value.search(/[^A-Za-z0-9+/]/))}`, reading);
  return value;
}

const QUANTITY_FORM = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";

const TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/;
const MICRO_TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{6}(Z|[+-]\d{2}:\d{2})$/;

/** Times that were read before, as they are written. Most are said again with every write of their object. */
const times = new Map<string, string>();
const MOST_TIMES = 1_000;

function readTime(value: string, reading: Reading): string | undefined {
  const known = times.get(value);
  if (known !== undefined) return known;
  if (times.size >= MOST_TIMES) times.clear();
  const read = parseTime(value, reading);
  times.set(value, read);
  return read;
}

function parseTime(value: string, reading: Reading): string {
  const at = TIME.test(value) ? Date.parse(value) : Number.NaN;
  if (Number.isNaN(at)) throw unreadable(unparsed(value, "2006-01-02T15:04:05Z07:00"), reading);
  return `${new Date(at).toISOString().slice(0, 19)}Z`;
}

function readMicroTime(value: string, reading: Reading): string {
  const at = MICRO_TIME.test(value) ? Date.parse(value) : Number.NaN;
  if (Number.isNaN(at)) throw unreadable(unparsed(value, "2006-01-02T15:04:05.000000Z07:00"), reading);
  return `${new Date(at).toISOString().slice(0, 19)}.${value.slice(20, 26)}Z`;
}

/** Go names the first part of the layout that it could not find. */
function unparsed(value: string, layout: string): string {
  const parts = /^(\d{4})?(-)?(\d{2})?/.exec(value);
  const isDate = TIME.test(value);
  const rest = isDate ? (value.slice(19) === "" ? "" : value.slice(19)) : value;
  const missing = isDate ? ".000000" : parts?.[1] === undefined ? "2006" : layout.slice(4);
  return `parsing time ${JSON.stringify(value)} as ${JSON.stringify(layout)}: cannot parse ${JSON.stringify(rest)} as ${JSON.stringify(missing)}`;
}

function goType(schema: Schema | undefined): string {
  return schema?.["x-type"] === undefined ? (schema?.type ?? "string") : `v1.${schema["x-type"]}`;
}

function goValue(value: unknown): string {
  if (Array.isArray(value)) return "array";
  if (typeof value === "boolean") return "bool";
  return typeof value === "number" && !Number.isInteger(value) ? `number ${value}` : typeof value;
}

function mismatch(value: unknown, type: string, path: string, reading: Reading): Error {
  const said = `json: cannot unmarshal ${goValue(value)} into Go struct field ${reading.struct}.${path.replaceAll(/\[\d+\]/g, "")} of type ${type}`;
  return unreadable(said, reading);
}

const unreadable = (why: string, { kind, version }: Reading): Error =>
  badRequest(`${kind} in version ${JSON.stringify(version)} cannot be handled as a ${kind}: ${why}`);

/** Which fields have defaults, of a struct's: few, and asked for with every object. */
const defaulted = new WeakMap<object, readonly string[]>();

function defaultedIn(properties: Readonly<Record<string, Schema>>): readonly string[] {
  const known = defaulted.get(properties);
  if (known !== undefined) return known;
  const fields = Object.keys(properties).filter((field) => properties[field]?.default !== undefined);
  defaulted.set(properties, fields);
  return fields;
}

import { isWireObject } from "../../../resources/wire.ts";
import { ApiError, badRequest } from "../errors.ts";
import { copy, type Draft, isEqual, setField } from "../json.ts";

interface Operation {
  readonly op: string;
  readonly path: string;
  readonly from?: string;
  readonly value?: unknown;
}

const MOST_OPERATIONS = 10_000;

/** JSON patch (RFC 6902). Throws 422 where an operation does not fit the document. */
export function jsonPatch(document: unknown, patch: unknown): unknown {
  if (!Array.isArray(patch)) throw badRequest("json: cannot unmarshal object into Go value of type jsonpatch.Patch");
  if (patch.length > MOST_OPERATIONS) {
    const message = `The allowed maximum operations in a JSON patch is ${MOST_OPERATIONS}, got ${patch.length}`;
    throw new ApiError(413, "RequestEntityTooLarge", message);
  }
  let result = copy(document);
  for (const operation of patch) result = apply(result, operation as Operation);
  return result;
}

function apply(document: unknown, { op, path, from, value }: Operation): unknown {
  if (typeof path !== "string") throw refused(`${op ?? "unknown"} operation does not apply: missing path`);
  switch (op) {
    case "add":
      return write(document, path, copy(value), "add");
    case "remove":
      return take(document, path, op);
    case "replace":
      read(document, path, op);
      return write(document, path, copy(value), "replace");
    case "move": {
      const moved = copy(read(document, from ?? "", op));
      return write(take(document, from ?? "", op), path, moved, "add");
    }
    case "copy":
      return write(document, path, copy(read(document, from ?? "", op)), "add");
    case "test":
      if (isEqual(find(document, path), value)) return document;
      throw refused(`testing value ${path} failed: test failed`);
    default:
      throw refused(`Unexpected kind: ${op}`);
  }
}

function segments(path: string): readonly string[] {
  return path
    .split("/")
    .slice(1)
    .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"));
}

function find(document: unknown, path: string): unknown {
  let inner = document;
  for (const segment of segments(path)) {
    if (Array.isArray(inner)) inner = inner[Number(segment)];
    else if (isWireObject(inner)) inner = Object.hasOwn(inner, segment) ? inner[segment] : undefined;
    else return undefined;
  }
  return inner;
}

function read(document: unknown, path: string, op: string): unknown {
  const found = find(document, path);
  if (found === undefined) throw missing(op, path);
  return found;
}

/** The parent of a place, which is a copy of ours and may be written to. */
function parentOf(document: unknown, path: string, op: string): { parent: unknown; last: string } {
  const parts = segments(path);
  const above = parts.slice(0, -1);
  let parent = document;
  for (const part of above)
    parent = Array.isArray(parent) ? parent[Number(part)] : isWireObject(parent) ? parent[part] : undefined;
  if (typeof parent !== "object" || parent === null) throw missing(op, path);
  return { parent, last: parts.at(-1) ?? "" };
}

function write(document: unknown, path: string, value: unknown, op: "add" | "replace"): unknown {
  if (path === "") return value;
  const { parent, last } = parentOf(document, path, op);
  if (!Array.isArray(parent)) {
    setField(parent as Draft, last, value);
    return document;
  }
  const place = last === "-" ? parent.length : Number(last);
  if (!Number.isInteger(place) || place < 0 || place > parent.length) {
    throw refused(
      `${op} operation does not apply: doc is missing path: ${JSON.stringify(path)}: Unable to access invalid index: ${last}: invalid index referenced`,
    );
  }
  parent.splice(place, op === "add" ? 0 : 1, value);
  return document;
}

function take(document: unknown, path: string, op: string): unknown {
  read(document, path, op);
  const { parent, last } = parentOf(document, path, op);
  if (Array.isArray(parent)) parent.splice(Number(last), 1);
  else delete (parent as Draft)[last];
  return document;
}

const missing = (op: string, path: string): ApiError =>
  refused(
    op === "replace"
      ? `replace operation does not apply: doc is missing key: ${path}: missing value`
      : op === "remove"
        ? `remove operation does not apply: doc is missing path: ${JSON.stringify(path)}: missing value`
        : `${op} operation does not apply: doc is missing path: ${JSON.stringify(path)}: missing value`,
  );

const refused = (why: string): ApiError =>
  new ApiError(422, "Invalid", `the server rejected our request due to an error in our request`, {
    causes: [{ reason: "", message: why }],
  });

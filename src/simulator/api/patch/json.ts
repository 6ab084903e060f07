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
  if (!Array.isArray(patch))
    throw badRequest(
      "error decoding patch: json: cannot unmarshal object into Go value of type []handlers.jsonPatchOp",
    );
  if (patch.length > MOST_OPERATIONS) {
    const message = `The allowed maximum operations in a JSON patch is ${MOST_OPERATIONS}, got ${patch.length}`;
    throw new ApiError(413, "RequestEntityTooLarge", message);
  }
  let result = copy(document);
  for (const operation of patch) result = apply(result, operation as Operation);
  return result;
}

function apply(document: unknown, { op, path, from, value }: Operation): unknown {
  if (typeof path !== "string") throw refused();
  switch (op) {
    case "add":
      return write(document, path, copy(value), "add");
    case "remove":
      return take(document, path);
    case "replace":
      return write(document, path, copy(value), "replace");
    case "move": {
      const moved = copy(read(document, from ?? ""));
      return write(take(document, from ?? ""), path, moved, "add");
    }
    case "copy":
      return write(document, path, copy(source(document, from ?? "")), "add");
    case "test":
      if (isEqual(find(document, path), value)) return document;
      throw refused();
    default:
      throw refused();
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

function read(document: unknown, path: string): unknown {
  const found = find(document, path);
  if (found === undefined) throw refused();
  return found;
}

/** What a copy starts from: a field that is not there is null. */
function source(document: unknown, path: string): unknown {
  const { parent } = parentOf(document, path);
  return Array.isArray(parent) ? read(document, path) : (find(document, path) ?? null);
}

/** The parent of a place, which is a copy of ours and may be written to. */
function parentOf(document: unknown, path: string): { parent: unknown; last: string } {
  const parts = segments(path);
  const above = parts.slice(0, -1);
  let parent = document;
  for (const part of above)
    parent = Array.isArray(parent) ? parent[Number(part)] : isWireObject(parent) ? parent[part] : undefined;
  if (typeof parent !== "object" || parent === null) throw refused();
  return { parent, last: parts.at(-1) ?? "" };
}

function write(document: unknown, path: string, value: unknown, op: "add" | "replace"): unknown {
  if (path === "") return value;
  const { parent, last } = parentOf(document, path);
  if (!Array.isArray(parent)) {
    setField(parent as Draft, last, value);
    return document;
  }
  const place = last === "-" ? parent.length : Number(last);
  // A field may be replaced that is not there, but not an entry.
  const isTooFar = op === "add" ? place > parent.length : place >= parent.length;
  if (!Number.isInteger(place) || place < 0 || isTooFar) {
    throw refused();
  }
  parent.splice(place, op === "add" ? 0 : 1, value);
  return document;
}

function take(document: unknown, path: string): unknown {
  read(document, path);
  const { parent, last } = parentOf(document, path);
  if (Array.isArray(parent)) parent.splice(Number(last), 1);
  else delete (parent as Draft)[last];
  return document;
}

const refused = (): ApiError =>
  new ApiError(422, "Invalid", "the server rejected our request due to an error in our request", {});

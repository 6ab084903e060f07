import { isWireObject, type WireObject } from "../../resources/wire.ts";
import { badRequest } from "./errors.ts";
import type { Resource } from "./resource.ts";

/** Bodies come as values from within the process, and as texts from outside of it. */

/** The JSON value of a body, or what Go would say of a text that is none. */
export function parseBody(body: unknown): { readonly value: unknown } | { readonly error: string } {
  if (typeof body !== "string") return { value: body };
  try {
    return { value: JSON.parse(body) as unknown };
  } catch (error) {
    return { error: asGo(error instanceof Error ? error.message : "") };
  }
}

function asGo(message: string): string {
  const token = /^Unexpected token '?(.)'?/u.exec(message)?.[1];
  if (token !== undefined) return `invalid character '${token}' looking for beginning of value`;
  if (/end of JSON|Expected property name or '}'|Unterminated/.test(message)) return "unexpected end of JSON input";
  return message;
}

/** The object in the body of a request that creates or replaces. Throws 400 where there is none. */
export function bodyObject(body: unknown, { kind }: Resource): WireObject {
  const parsed = parseBody(body);
  const unrecognized = (why: string): Error => {
    const text = typeof body === "string" ? body : (JSON.stringify(body) ?? "");
    return badRequest(`the object provided is unrecognized (must be of type ${kind}): ${why} (${excerpt(text)})`);
  };
  if ("error" in parsed) throw unrecognized(`couldn't get version/kind; json parse error: ${parsed.error}`);
  if (isWireObject(parsed.value)) return parsed.value;
  const type = Array.isArray(parsed.value) ? "array" : parsed.value === undefined ? "null" : typeof parsed.value;
  throw unrecognized(
    `couldn't get version/kind; json parse error: json: cannot unmarshal ${type} into Go value of type struct { APIVersion string "json:\\"apiVersion,omitempty\\""; Kind string "json:\\"kind,omitempty\\"" }`,
  );
}

const LONGEST_EXCERPT = 30;

/** The beginning of a JSON object; the bytes of anything else. */
function excerpt(text: string): string {
  const shown = text.startsWith("{") ? text : Buffer.from(text).toString("hex");
  return shown.length > LONGEST_EXCERPT ? `${shown.slice(0, LONGEST_EXCERPT)} ...` : shown;
}

/** A custom object must say what it is. */
export function mustSayKind(value: WireObject, { kind }: Resource): void {
  if ((value["kind"] ?? "") !== "") return;
  const text = JSON.stringify(value);
  throw badRequest(
    `the object provided is unrecognized (must be of type ${kind}): Object 'Kind' is missing in '${text}' (${excerpt(text)})`,
  );
}

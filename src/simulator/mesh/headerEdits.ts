import { objectOf, textMapOf, textsOf } from "./wire.ts";

/** What to do to the headers of one message: first take away, then set, then add. Names are in lower case. */
export interface HeaderEdits {
  readonly remove: readonly string[];
  readonly set: readonly (readonly [string, string])[];
  readonly add: readonly (readonly [string, string])[];
}

export interface RuleHeaders {
  readonly request: HeaderEdits;
  readonly response: HeaderEdits;
  /** What `Host` is set to. */
  readonly authority: string | undefined;
}

export const NO_EDITS: HeaderEdits = { remove: [], set: [], add: [] };
export const NO_HEADERS: RuleHeaders = { request: NO_EDITS, response: NO_EDITS, authority: undefined };

/** Headers by name in lower case; several of one name as a list. */
export type Headers = Record<string, string | string[] | undefined>;

/** The `headers` of a rule or a destination. */
export function parseHeaders(value: unknown): RuleHeaders {
  const { request, response } = objectOf(value);
  const given = { ...textMapOf(objectOf(request)["add"]), ...textMapOf(objectOf(request)["set"]) };
  const authority = Object.entries(given).findLast(([name]) => isAuthority(name))?.[1];
  return { request: parseEdits(request), response: parseEdits(response), authority };
}

function parseEdits(value: unknown): HeaderEdits {
  const { set, add, remove } = objectOf(value);
  const pairs = (map: unknown) =>
    Object.entries(textMapOf(map))
      .map(([name, text]) => [name.toLowerCase(), text.replaceAll("%%", "%")] as const)
      .filter(([name]) => !isInternal(name));
  const removed = textsOf(remove).map((name) => name.toLowerCase());
  return { remove: removed.filter((name) => !isInternal(name)), set: pairs(set), add: pairs(add) };
}

/** Change the headers in place. A name that was there keeps its earlier values before those that are added. */
export function editHeaders(headers: Headers, edits: HeaderEdits): void {
  for (const name of edits.remove) delete headers[name];
  for (const [name, text] of edits.set) headers[name] = text;
  for (const [name, text] of edits.add) {
    const before = headers[name];
    headers[name] = before === undefined ? text : [...(typeof before === "string" ? [before] : before), text];
  }
}

/** One after the other, as if they were one: all removals come first. */
export function inOneGo(first: HeaderEdits, second: HeaderEdits): readonly HeaderEdits[] {
  if (second === NO_EDITS) return [first];
  const remove = [...first.remove, ...second.remove];
  return [
    { remove, set: first.set, add: first.add },
    { remove: [], set: second.set, add: second.add },
  ];
}

/** What the text of a header is when there are several of that name. */
export function headerText(value: string | readonly string[] | undefined): string | undefined {
  return value === undefined || typeof value === "string" ? value : value.join(",");
}

const isInternal = (name: string): boolean => name.startsWith(":") || name.toLowerCase() === "host";
const isAuthority = (name: string): boolean => [":authority", "host"].includes(name.toLowerCase());

import type { WireObject } from "../../../resources/wire.ts";
import { type Draft, isEmpty } from "../json.ts";

/**
 * A set of fields, in the very form that `fieldsV1` has on the wire: a tree whose steps are `f:name`, `k:{"key":1}` and
 * `v:value`. A node is a member when it has no children, or has the child ".". The root is never one.
 */
export type FieldSet = WireObject;

export const NOTHING: FieldSet = {};

const MEMBER = ".";

export const isMember = (node: FieldSet | undefined): boolean =>
  node !== undefined && (isEmpty(node) || node[MEMBER] !== undefined);

const child = (node: FieldSet | undefined, step: string): FieldSet | undefined => node?.[step] as FieldSet | undefined;

const stepsOf = (node: FieldSet): readonly string[] => Object.keys(node).filter((step) => step !== MEMBER);

/** The node, or undefined where there would be nothing in it. */
function node(member: boolean, children: Draft): FieldSet | undefined {
  if (isEmpty(children)) return member ? children : undefined;
  if (member) children[MEMBER] = {};
  return children;
}

type Combine = (one: FieldSet | undefined, other: FieldSet | undefined) => FieldSet | undefined;

function combine(one: FieldSet, other: FieldSet, steps: readonly string[], each: Combine): Draft {
  const result: Draft = {};
  for (const step of steps) {
    const combined = each(child(one, step), child(other, step));
    if (combined !== undefined) result[step] = combined;
  }
  return result;
}

export function union(one: FieldSet, other: FieldSet): FieldSet {
  if (isEmpty(one)) return other;
  if (isEmpty(other)) return one;
  return combine(one, other, [...new Set([...stepsOf(one), ...stepsOf(other)])], uniteNodes);
}

const uniteNodes: Combine = (one, other) => {
  if (one === undefined) return other;
  if (other === undefined) return one;
  return node(isMember(one) || isMember(other), union(withoutMark(one), withoutMark(other)) as Draft);
};

const withoutMark = (set: FieldSet): FieldSet => {
  const { [MEMBER]: _, ...children } = set;
  return children;
};

/** What is in one and not in the other. */
export function difference(one: FieldSet, other: FieldSet): FieldSet {
  if (isEmpty(one) || isEmpty(other)) return one;
  return combine(one, other, stepsOf(one), (inOne, inOther) => {
    if (inOne === undefined || inOther === undefined) return inOne;
    return node(isMember(inOne) && !isMember(inOther), difference(inOne, inOther) as Draft);
  });
}

export function intersection(one: FieldSet, other: FieldSet): FieldSet {
  if (isEmpty(one) || isEmpty(other)) return NOTHING;
  return combine(one, other, stepsOf(one), (inOne, inOther) => {
    if (inOne === undefined || inOther === undefined) return undefined;
    return node(isMember(inOne) && isMember(inOther), intersection(inOne, inOther) as Draft);
  });
}

/** The set with this path in it. For building a set that nobody else holds yet. */
export function insert(set: Draft, path: readonly string[]): void {
  let inner = set;
  for (const [place, step] of path.entries()) {
    const next = inner[step] as Draft | undefined;
    const isLast = place === path.length - 1;
    if (next === undefined) {
      // A member that gets its first child must be marked, or it would cease to be one.
      if (place > 0 && isEmpty(inner)) inner[MEMBER] = {};
      const made: Draft = {};
      inner[step] = made;
      insertBelow(made, path.slice(place + 1));
      return;
    }
    if (isLast && !isEmpty(next)) next[MEMBER] = {};
    inner = next;
  }
}

function insertBelow(fresh: Draft, path: readonly string[]): void {
  let inner = fresh;
  for (const step of path) {
    const made: Draft = {};
    inner[step] = made;
    inner = made;
  }
}

/** Every path in the set, in the order of its steps. */
export function paths(set: FieldSet, above: readonly string[] = []): readonly (readonly string[])[] {
  return stepsOf(set)
    .toSorted()
    .flatMap((step) => {
      const inner = child(set, step) ?? {};
      const path = [...above, step];
      return [...(isMember(inner) ? [path] : []), ...paths(inner, path)];
    });
}

/** A path as messages spell it: `.spec.template.spec.containers[name="app"].image`. */
export function printPath(path: readonly string[]): string {
  return path.map(printStep).join("");
}

function printStep(step: string): string {
  const rest = step.slice(2);
  if (step.startsWith("f:")) return `.${rest}`;
  if (step.startsWith("v:")) return `[=${rest}]`;
  const keys = JSON.parse(rest) as WireObject;
  return `[${Object.entries(keys)
    .map(([key, value]) => `${key}=${JSON.stringify(value)}`)
    .join(",")}]`;
}

import { isWireObject, type WireObject } from "../../../resources/wire.ts";
import { isEqual, objectAt } from "../../api/json.ts";

/** The label by which ReplicaSets of one Deployment tell their pods apart. */
export const HASH_LABEL = "pod-template-hash";

/** No vowels, so that no words come about. */
const SAFE_LETTERS = "bcdfghjklmnpqrstvwxz2456789";

/**
 * A short name for a template. Equal templates have equal names; those of Kubernetes, which hash the memory of its own
 * program, are different ones.
 */
export function templateHash(template: WireObject, attempt: number): string {
  const text = canonical(template) + (attempt === 0 ? "" : String(attempt));
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193) >>> 0;
  }
  return safeText(String(hash));
}

function safeText(text: string): string {
  return [...text].map((letter) => SAFE_LETTERS[letter.charCodeAt(0) % SAFE_LETTERS.length]).join("");
}

/** JSON whose text does not depend on the order in which fields were written. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (!isWireObject(value)) return JSON.stringify(value) ?? "null";
  const fields = Object.keys(value)
    .sort()
    .filter((field) => value[field] !== undefined && value[field] !== null)
    .map((field) => `${JSON.stringify(field)}:${canonical(value[field])}`);
  return `{${fields.join(",")}}`;
}

/** Whether two templates ask for the same pods, whatever hash they were given. */
export function isSameTemplate(one: WireObject, other: WireObject): boolean {
  return isEqual(one["spec"], other["spec"]) && isEqual(metadataOf(one), metadataOf(other));
}

/** Without the hash, and without the time that older API servers write, as null, into every template. */
function metadataOf(template: WireObject): WireObject {
  const { creationTimestamp: _, ...metadata } = objectAt(template, "metadata") ?? {};
  const { [HASH_LABEL]: __, ...labels } = objectAt(metadata, "labels") ?? {};
  return { ...metadata, labels };
}

/** The template, or its labels, with the hash among the labels. */
export function withHash(template: WireObject, hash: string): WireObject {
  const metadata = objectAt(template, "metadata") ?? {};
  const labels = { ...objectAt(metadata, "labels"), [HASH_LABEL]: hash };
  return { ...template, metadata: { ...metadata, labels } };
}

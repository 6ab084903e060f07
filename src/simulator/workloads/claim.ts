import type { KubeObject, OwnerReference } from "../../runtime/transport.ts";
import { objectAt } from "../api/json.ts";
import { matchesSelector } from "../api/selectors.ts";
import type { Cached } from "./cached.ts";
import { isGone } from "./client.ts";
import { isBeingDeleted, namespaceOf } from "./world.ts";

/** How an owner names itself in what it controls. */
export function referenceTo(owner: KubeObject): OwnerReference {
  return {
    apiVersion: owner.apiVersion ?? "",
    kind: owner.kind ?? "",
    name: owner.metadata.name,
    uid: owner.metadata.uid ?? "",
    controller: true,
    blockOwnerDeletion: true,
  };
}

/**
 * The objects that an owner controls: those that carry its reference and still match its selector, and those without a
 * controller that match, which are adopted. What no longer matches is let go.
 */
export async function claim(owner: KubeObject, dependents: Cached): Promise<readonly KubeObject[]> {
  const selector = objectAt(owner, "spec", "selector");
  const matches = ({ metadata }: KubeObject): boolean => matchesSelector(selector, metadata.labels ?? {});
  const owned = dependents.ownedBy(owner.metadata.uid ?? "");
  const claimed = owned.filter(matches);
  if (isBeingDeleted(owner)) return claimed;
  for (const other of owned) {
    if (!matches(other)) await unlessGone(release(owner, other, dependents));
  }
  const orphans = dependents
    .orphansIn(namespaceOf(owner))
    .filter((orphan) => !isBeingDeleted(orphan) && matches(orphan));
  for (const orphan of orphans) {
    const adopted = await unlessGone(adopt(owner, orphan, dependents));
    if (adopted !== undefined) claimed.push(adopted);
  }
  return claimed;
}

function adopt(owner: KubeObject, orphan: KubeObject, dependents: Cached): Promise<KubeObject> {
  const ownerReferences = [...(orphan.metadata.ownerReferences ?? []), referenceTo(owner)];
  const { resourceVersion } = orphan.metadata;
  return dependents.patch(orphan, { metadata: { ownerReferences, resourceVersion } });
}

function release(owner: KubeObject, dependent: KubeObject, dependents: Cached): Promise<KubeObject> {
  const references = dependent.metadata.ownerReferences ?? [];
  const ownerReferences = references.filter(({ uid }) => uid !== owner.metadata.uid);
  const { resourceVersion } = dependent.metadata;
  return dependents.patch(dependent, { metadata: { ownerReferences, resourceVersion } });
}

async function unlessGone<T>(action: Promise<T>): Promise<T | undefined> {
  try {
    return await action;
  } catch (error) {
    if (isGone(error)) return undefined;
    throw error;
  }
}

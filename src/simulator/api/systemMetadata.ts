import type { WireObject } from "../../resources/wire.ts";
import { badRequest, internal, invalid, required } from "./errors.ts";
import { type Draft, metadataOf } from "./json.ts";
import type { Resource, Surroundings } from "./resource.ts";

/** Letters and digits that spell no words. */
const ALPHABET = "bcdfghjklmnpqrstvwxz2456789";
const LONGEST_GENERATED = 58;

/** The metadata of a new object: the client's part, and what only the server gives. */
export function systemMetadata(
  draft: WireObject,
  about: { readonly resource: Resource; readonly namespace: string | undefined; readonly surroundings: Surroundings },
): Draft {
  const { resource, namespace, surroundings } = about;
  const metadata: Draft = { ...metadataOf(draft) };
  if (metadata["resourceVersion"] !== undefined && metadata["resourceVersion"] !== "") {
    throw internal("resourceVersion should not be set on objects to be created");
  }
  for (const field of ["resourceVersion", "selfLink", "deletionTimestamp", "deletionGracePeriodSeconds", "generation"])
    delete metadata[field];
  mustBeAtHome(metadata, namespace);
  if (namespace === undefined) delete metadata["namespace"];
  else metadata["namespace"] = namespace;
  if ((metadata["name"] ?? "") === "") metadata["name"] = generated(metadata, resource, surroundings);
  metadata["uid"] = surroundings.uid();
  metadata["creationTimestamp"] = surroundings.time;
  return metadata;
}

function mustBeAtHome(metadata: Draft, namespace: string | undefined): void {
  const said = metadata["namespace"];
  if (said === undefined || said === "" || said === (namespace ?? "")) return;
  throw badRequest("the namespace of the provided object does not match the namespace sent on the request");
}

function generated(metadata: Draft, resource: Resource, { dice }: Surroundings): string {
  const { generateName } = metadata;
  if (typeof generateName !== "string" || generateName === "") {
    throw invalid(resource, "", [required("metadata.name", "name or generateName is required")]);
  }
  const suffix = Array.from({ length: 5 }, () => ALPHABET[Math.floor(dice() * ALPHABET.length)] ?? "b");
  return `${generateName.slice(0, LONGEST_GENERATED)}${suffix.join("")}`;
}

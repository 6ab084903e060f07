import { RejectedError, UnavailableError } from "../../../control/errors.ts";
import type { CanaryRecord, Cluster, ClusterObject, ClusterOwner } from "../../../control/ports.ts";
import { present } from "../json.ts";
import { isHeldByFlagger } from "../managers.ts";
import { checksumOf } from "./checksum.ts";
import { checksumKey, isTrackingDisabled } from "./configs.ts";
import { includedLabels, type LabelRules, ownerOf, primaryName } from "./labels.ts";
import type { ConfigReference } from "./references.ts";

/** On the primary's copy of a config: the checksum of the source that it was copied from. */
export const CHECKSUM = "serin.dev/checksum";

/** A tracked config with its content. Lives only as long as one promotion takes. */
export interface ConfigSource {
  readonly reference: ConfigReference;
  readonly config: ClusterObject;
  readonly checksum: string;
}

/** Read every tracked config anew. Those that are optional and missing, or not tracked, are left out. */
export async function fetchSources(
  cluster: Cluster,
  namespace: string,
  references: readonly ConfigReference[],
): Promise<readonly ConfigSource[]> {
  const sources: ConfigSource[] = [];
  for (const reference of references) {
    const { kind, name, optional } = reference;
    const config = await cluster.fetch(kind, namespace, name);
    if (config === undefined && !optional) throw new UnavailableError(`${kind} ${namespace}/${name} is gone`);
    if (config === undefined || isTrackingDisabled(config)) continue;
    const checksum = checksumOf({ ...config, kind });
    if (checksum !== undefined) sources.push({ reference, config, checksum });
  }
  return sources;
}

export function checksumsOf(sources: readonly ConfigSource[]): Readonly<Record<string, string>> {
  return Object.fromEntries(sources.map(({ reference, checksum }) => [checksumKey(reference), checksum]));
}

/** Whether the primary's copy is there and was made from content of this checksum. */
export function isCopied(cluster: Cluster, namespace: string, reference: ConfigReference, checksum: string): boolean {
  const copy = cluster.read(reference.kind, namespace, primaryName(reference.name));
  return copy?.metadata.annotations?.[CHECKSUM] === checksum;
}

/** Write the primary's copy of each config that has none of this content. */
export async function writeCopies(
  cluster: Cluster,
  record: CanaryRecord,
  sources: readonly ConfigSource[],
  rules: LabelRules,
): Promise<void> {
  const { namespace } = record.facts;
  for (const source of sources) {
    const { reference, checksum } = source;
    if (isCopied(cluster, namespace, reference, checksum)) continue;
    const existing = cluster.read(reference.kind, namespace, primaryName(reference.name));
    if (existing !== undefined && !isCopy(existing)) throw taken(namespace, reference);
    await cluster.apply(reference.kind, renderCopy({ source, existing, owner: ownerOf(record) }, rules));
  }
}

/** The primary's copy of one config: its content and type, never its immutability, which would end all later copies. */
export function renderCopy(
  copy: { readonly source: ConfigSource; readonly existing: ClusterObject | undefined; readonly owner: ClusterOwner },
  rules: LabelRules,
): ClusterObject {
  const { source, existing, owner } = copy;
  const { config, reference, checksum } = source;
  const { data, binaryData, type } = config;
  const { namespace } = config.metadata;
  return {
    apiVersion: "v1",
    kind: reference.kind,
    metadata: {
      name: primaryName(reference.name),
      ...(namespace !== undefined && { namespace }),
      labels: includedLabels(config.metadata.labels, rules),
      annotations: { [CHECKSUM]: checksum },
      ownerReferences: ownersWith(existing, owner),
    },
    ...present({ data, binaryData, type }),
  };
}

/**
 * All owners that are there, and this Canary. Two Canaries may share a config and so its copy: an owner that is not
 * mentioned would be taken away, and a second controller would be refused.
 */
function ownersWith(existing: ClusterObject | undefined, owner: ClusterOwner): readonly ClusterOwner[] {
  const others = existing?.metadata.ownerReferences?.filter(({ uid }) => uid !== owner.uid) ?? [];
  const isControlled = others.some(({ controller }) => controller === true);
  return [...others, isControlled ? { ...owner, controller: false } : owner];
}

/** Whether Serin or Flagger made it. Anything else of that name is somebody's own, and stays as it is. */
function isCopy(existing: ClusterObject): boolean {
  const isCanarys = existing.metadata.ownerReferences?.some(({ kind }) => kind === "Canary") ?? false;
  return isCanarys || existing.metadata.annotations?.[CHECKSUM] !== undefined || isHeldByFlagger(existing);
}

function taken(namespace: string, { kind, name }: ConfigReference): RejectedError {
  const copy = `${kind} ${namespace}/${primaryName(name)}`;
  return new RejectedError(
    `spec.targetRef: ${copy} is not a copy that a Canary made, but the name is needed for one; rename it`,
  );
}

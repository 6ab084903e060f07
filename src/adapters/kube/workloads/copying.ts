import type { CanaryRecord, Cluster, ClusterObject } from "../../../control/ports.ts";
import type { ConfigFacts } from "../../../domain/observation.ts";
import { canonicalJson } from "../json.ts";
import { checksumKey } from "./configs.ts";
import { checksumsOf, fetchSources, isCopied, writeCopies } from "./copies.ts";
import { type LabelRules, ownerOf, primaryName, type SelectorLabel } from "./labels.ts";
import { COPY_ID, podAnnotationsOf, REVISION, renderPrimary } from "./primary.ts";
import type { ConfigReference, Rename } from "./references.ts";
import { copyId } from "./revision.ts";

type Checksums = Readonly<Record<string, string>>;

/** Everything that one copy of the target to the primary depends on. */
export interface CopyOrder {
  readonly record: CanaryRecord;
  readonly target: ClusterObject;
  readonly primary: ClusterObject | undefined;
  readonly label: SelectorLabel;
  readonly revision: string;
  /** Configs to copy as well; none where tracking is off. */
  readonly references: readonly ConfigReference[];
  readonly configs: ConfigFacts;
}

/** Make the primary a copy of the target with its configs, or do nothing where it is that already. */
export async function copyTarget(order: CopyOrder, cluster: Cluster, rules: LabelRules): Promise<void> {
  const { record, target, primary, label, revision, references } = order;
  const { namespace } = record.facts;
  if (isDone(order, cluster)) return;
  const sources = await fetchSources(cluster, namespace, references);
  const checksums = checksumsOf(sources);
  // As with the template: what was not judged is not promoted. The change is seen as one, and judged in its turn.
  if (references.length > 0 && !isJudged(checksums, record.status.trackedConfigs)) return;
  // Pods that refer to a copy cannot start before it is there.
  await writeCopies(cluster, record, sources, rules);
  const id = copyId(revision, checksums);
  if (isCopy(primary, revision, id)) return;
  const copied = new Set(Object.keys(checksums));
  const rename: Rename = (reference) =>
    copied.has(checksumKey(reference)) ? primaryName(reference.name) : reference.name;
  const source = { target, label, live: primary, owner: ownerOf(record), revision, copyId: id, rename };
  await cluster.apply("Deployment", renderPrimary(source, rules));
}

/** From caches alone, so that holding the level costs no request. */
function isDone({ record, primary, revision, references, configs }: CopyOrder, cluster: Cluster): boolean {
  if (configs.kind === "reading") return false;
  const checksums = configs.checksums ?? {};
  const areCopied = references.every((reference) => {
    const checksum = checksums[checksumKey(reference)];
    return checksum === undefined || isCopied(cluster, record.facts.namespace, reference, checksum);
  });
  return areCopied && isCopy(primary, revision, copyId(revision, checksums));
}

function isCopy(primary: ClusterObject | undefined, revision: string, id: string): boolean {
  return primary?.metadata.annotations?.[REVISION] === revision && podAnnotationsOf(primary)[COPY_ID] === id;
}

/** Where none were recorded, tracking was off or nothing has been judged yet: this copy is the first. */
function isJudged(checksums: Checksums, judged: Checksums | undefined): boolean {
  return judged === undefined || canonicalJson(checksums) === canonicalJson(judged);
}

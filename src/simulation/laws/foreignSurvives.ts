import type { WriteSeen } from "../../simulator/happening.ts";
import { firstLost, foreignParts } from "./foreign.ts";
import type { Bench, Law, Tell } from "./law.ts";

const LOOKED_AT = new Set([
  "Canary",
  "Deployment",
  "Service",
  "VirtualService",
  "DestinationRule",
  "ConfigMap",
  "Secret",
]);

/** What others wrote survives every write of ours, byte for byte. */
export class ForeignSurvives implements Law {
  readonly #bench: Bench;
  readonly #tell: Tell;

  constructor(bench: Bench, tell: Tell) {
    this.#bench = bench;
    this.#tell = tell;
  }

  wrote({ kind, user, namespace, name, before, after, atMillis }: WriteSeen): void {
    if (before === undefined || after === undefined || !LOOKED_AT.has(kind)) return;
    if (this.#bench.roleOf(user) !== "controller" || isMadeForUs(before)) return;
    const [rollout] = this.#bench.rollouts.ofService(namespace, name);
    // What is put back then is judged by what it was before, not by what we made of it.
    if (rollout?.says.stage === "GivingBack") return;
    const service = rollout?.service ?? name;
    const lost = firstLost(foreignParts(before, service), foreignParts(after, service));
    if (lost !== undefined) this.#tell(`${kind} ${namespace}/${name} is not as others wrote it: ${lost}`, atMillis);
  }
}

/** A primary, and its copies of configs, are ours from top to bottom. */
function isMadeForUs({ kind, metadata }: NonNullable<WriteSeen["before"]>): boolean {
  const isOwned = metadata.ownerReferences?.some(({ kind: owner }) => owner === "Canary") === true;
  return isOwned && (kind === "Deployment" || kind === "ConfigMap" || kind === "Secret");
}

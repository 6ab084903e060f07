import { isDeepStrictEqual } from "node:util";
import type { Instant } from "../../domain/time.ts";
import type { KubeObject } from "../../runtime/transport.ts";

interface Sighting {
  readonly uid: string | undefined;
  readonly since: Instant;
}

/** Since when this process has known each object of one store to ask for what it asks for now. */
export class Sightings {
  readonly #sightings = new Map<string, Sighting>();
  readonly #now: () => Instant;

  constructor(now: () => Instant) {
    this.#now = now;
  }

  since(key: string): Instant | undefined {
    return this.#sightings.get(key)?.since;
  }

  /** Hear of a change in the store. New labels, a new status or a new resourceVersion are not new content. */
  note(key: string, before: KubeObject | undefined, after: KubeObject | undefined): void {
    if (after === undefined) {
      this.#sightings.delete(key);
      return;
    }
    const known = this.#sightings.get(key);
    const isSame =
      known !== undefined && known.uid === after.metadata.uid && before !== undefined && sameContent(before, after);
    if (!isSame) this.#sightings.set(key, { uid: after.metadata.uid, since: this.#now() });
  }
}

function sameContent(before: KubeObject, after: KubeObject): boolean {
  const { generation } = after.metadata;
  // Not every kind counts generations (Services do not), and none counts what metadata alone can change.
  if (generation !== undefined && generation !== before.metadata.generation) return false;
  return isDeepStrictEqual(before["spec"], after["spec"]);
}

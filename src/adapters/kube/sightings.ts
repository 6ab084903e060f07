import { isDeepStrictEqual } from "node:util";
import type { Instant } from "../../domain/time.ts";
import type { KubeObject } from "../../runtime/transport.ts";

interface Sighting {
  readonly uid: string | undefined;
  readonly since: Instant;
  /** It was so when this process first looked, and may have been for long. */
  readonly isInherited: boolean;
}

/** Since when this process has known each object of one store to ask for what it asks for now. */
export class Sightings {
  readonly #sightings = new Map<string, Sighting>();
  readonly #now: () => Instant;
  #isWitness = false;

  constructor(now: () => Instant) {
    this.#now = now;
  }

  /** Whatever appears from now on begins now. Until then objects are only found. */
  witness(): void {
    this.#isWitness = true;
  }

  since(key: string): Instant | undefined {
    return this.#sightings.get(key)?.since;
  }

  /** Whether the object asks for this since before this process could see it. */
  isInherited(key: string): boolean {
    return this.#sightings.get(key)?.isInherited ?? false;
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
    const isInherited = before === undefined && !this.#isWitness;
    if (!isSame) this.#sightings.set(key, { uid: after.metadata.uid, since: this.#now(), isInherited });
  }
}

function sameContent(before: KubeObject, after: KubeObject): boolean {
  const { generation } = after.metadata;
  // Not every kind counts generations (Services do not), and none counts what metadata alone can change.
  if (generation !== undefined && generation !== before.metadata.generation) return false;
  return isDeepStrictEqual(before["spec"], after["spec"]);
}

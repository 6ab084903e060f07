import { isWireObject } from "../../../resources/wire.ts";
import { objectsAt, textAt } from "../../api/json.ts";
import { Cached } from "../cached.ts";
import type { Kind } from "../kinds.ts";
import type { World } from "../world.ts";

const DEFINITIONS = {
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  plural: "customresourcedefinitions",
  scope: "cluster",
} as const;

/** Kinds that own nothing and that come and go too often to be watched: their end is their namespace's, or their own. */
const IGNORED = ["events"];

/** Every kind that the server has: what it is called, and the metadata of all its objects. */
export class Inventory {
  readonly #world: World;
  readonly #caches = new Map<string, Cached>();
  readonly #definitions: Cached;
  readonly #onKind: (cached: Cached) => void;
  #looking: Promise<void> | undefined;
  #isStale = false;

  /** `onKind` is told of each cache once, before it holds anything. */
  constructor(world: World, onKind: (cached: Cached) => void) {
    this.#world = world;
    this.#onKind = onKind;
    this.#definitions = new Cached({ ...world, kind: DEFINITIONS, content: "metadata" });
  }

  async start(): Promise<void> {
    for (const cached of Object.values(this.#world.kinds)) this.#add(cached);
    this.#add(this.#definitions);
    await this.#definitions.start();
    await this.#look();
    // A definition is served a moment after it is written: its status says when, which is one more change.
    this.#definitions.store.onChange(() => void this.#look());
  }

  stop(): void {
    for (const cached of this.#caches.values()) cached.stop();
  }

  caches(): readonly Cached[] {
    return [...this.#caches.values()];
  }

  cacheOf(apiVersion: string, kind: string): Cached | undefined {
    // Any version of a group will do: an object is the same in all.
    const group = groupOf(apiVersion);
    return this.caches().find((cached) => cached.kind.kind === kind && groupOf(cached.kind.apiVersion) === group);
  }

  /** Ask the server for its kinds; a change while the answer is under way has it asked again. */
  #look(): Promise<void> {
    this.#isStale = true;
    this.#looking ??= this.#lookWhileStale().finally(() => {
      this.#looking = undefined;
    });
    return this.#looking;
  }

  async #lookWhileStale(): Promise<void> {
    while (this.#isStale && !this.#world.signal.aborted) {
      this.#isStale = false;
      try {
        const kinds = await discover(this.#world);
        const isNew = ({ apiVersion, plural }: Kind): boolean => !this.#caches.has(keyOf(apiVersion, plural));
        const added = kinds.filter(isNew).map((kind) => new Cached({ ...this.#world, kind, content: "metadata" }));
        for (const cached of added) this.#add(cached);
        await Promise.all(added.map((cached) => cached.start()));
      } catch (error) {
        this.#world.log.warn({ error }, "could not learn the server's kinds");
      }
    }
  }

  #add(cached: Cached): void {
    this.#caches.set(keyOf(cached.kind.apiVersion, cached.kind.plural), cached);
    this.#onKind(cached);
  }
}

const groupOf = (apiVersion: string): string => (apiVersion.includes("/") ? (apiVersion.split("/")[0] ?? "") : "");

/** By group, as each kind is wanted in one version only. */
const keyOf = (apiVersion: string, plural: string): string => `${groupOf(apiVersion)}/${plural}`;

/** Every kind that can be listed, watched and deleted, in its group's preferred version. */
async function discover(world: World): Promise<readonly Kind[]> {
  const { client } = world;
  const groups = objectsAt(await client.send("GET", "/apis"), "groups");
  const versions = groups.flatMap((group) => textAt(group, "preferredVersion", "groupVersion") ?? []);
  const lists = await Promise.all([
    resources(world, "v1", "/api/v1"),
    ...versions.map((version) => resources(world, version, `/apis/${version}`)),
  ]);
  return lists.flat().filter(({ plural }) => !IGNORED.includes(plural));
}

async function resources({ client }: World, apiVersion: string, path: string): Promise<readonly Kind[]> {
  const list = await client.send("GET", path);
  return objectsAt(list, "resources").flatMap((resource): readonly Kind[] => {
    const { name, kind, namespaced, verbs } = resource;
    if (!isWireObject(resource) || typeof name !== "string" || typeof kind !== "string" || name.includes("/"))
      return [];
    const can = Array.isArray(verbs) ? verbs : [];
    if (!["list", "watch", "delete"].every((verb) => can.includes(verb))) return [];
    return [{ apiVersion, kind, plural: name, scope: namespaced === true ? "namespaced" : "cluster" }];
  });
}

import type { Resource } from "./resource.ts";

/** Every kind that the server serves, built in or defined. */
export class Catalog {
  readonly #resources = new Map<string, Resource>();
  /** Of the groups and of their versions, how many kinds are in them. */
  readonly #counts = new Map<string, number>();
  /** Goes up with every change, so that documents made of the catalog can be kept until then. */
  #edition = 0;

  constructor(resources: readonly Resource[]) {
    for (const resource of resources) this.add(resource);
  }

  get edition(): number {
    return this.#edition;
  }

  add(resource: Resource): void {
    this.#edition += 1;
    const key = keyOf(resource.group, resource.version, resource.plural);
    if (!this.#resources.has(key)) this.#count(resource, 1);
    this.#resources.set(key, resource);
  }

  /** Another catalog with the same kinds. */
  fork(): Catalog {
    return new Catalog(this.all());
  }

  /** Take out the kind in all its versions. */
  remove(group: string, plural: string): void {
    this.#edition += 1;
    for (const [key, resource] of this.#resources) {
      if (resource.group !== group || resource.plural !== plural) continue;
      this.#resources.delete(key);
      this.#count(resource, -1);
    }
  }

  find(group: string, version: string, plural: string): Resource | undefined {
    return this.#resources.get(keyOf(group, version, plural));
  }

  all(): readonly Resource[] {
    return [...this.#resources.values()];
  }

  hasVersion(group: string, version: string): boolean {
    return (this.#counts.get(`${group}/${version}`) ?? 0) > 0;
  }

  hasGroup(group: string): boolean {
    return (this.#counts.get(group) ?? 0) > 0;
  }

  findKind(apiVersion: string, kind: string): Resource | undefined {
    return this.all().find((resource) => resource.apiVersion === apiVersion && resource.kind === kind);
  }

  /** One version of every kind: that which is served first. */
  collections(): ReadonlyMap<string, Resource> {
    const first = new Map<string, Resource>();
    for (const resource of this.#resources.values()) {
      if (!first.has(resource.collection)) first.set(resource.collection, resource);
    }
    return first;
  }

  #count({ group, version }: Resource, change: 1 | -1): void {
    for (const key of [group, `${group}/${version}`]) this.#counts.set(key, (this.#counts.get(key) ?? 0) + change);
  }
}

const keyOf = (group: string, version: string, plural: string): string => `${group}/${version}/${plural}`;

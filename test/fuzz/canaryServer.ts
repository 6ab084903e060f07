import { isWireObject, type WireObject } from "../../src/resources/wire.ts";
import type { KubeObject, Transport, TransportRequest, TransportResponse } from "../../src/runtime/transport.ts";
import { schemaProblems } from "../../src/simulator/api/custom/validation.ts";
import { prune } from "../../src/simulator/api/schema/structural.ts";
import { law } from "./broken.ts";
import { SCHEMAS } from "./kinds.ts";

const STATUS_SCHEMA = SCHEMAS.Canary.properties?.["status"] ?? {};

/** What an object of one kind may take in etcd, with room for the rest of it. */
const MOST_STATUS_BYTES = 1_000_000;

/**
 * The API server as far as a Canary's own writes go: a merge patch onto the version that was seen, whose status has to be
 * valid by the definition that we hand out, and complete: what it would drop or refuse breaks a law.
 */
export class CanaryServer implements Transport {
  /** What is stored; undefined once the last finalizer is gone. */
  object: KubeObject | undefined;
  patches = 0;
  /** How many of them were of the status. */
  commits = 0;
  /** The first law that a write broke. */
  broken: unknown;
  #version = 1;

  constructor(object: KubeObject) {
    this.object = object;
  }

  /** Somebody else writes the spec, or deletes the object. */
  edit({
    spec,
    isDeleted,
    now,
  }: {
    readonly spec?: unknown;
    readonly isDeleted?: boolean;
    readonly now: number;
  }): void {
    if (this.object === undefined) return;
    const { metadata } = this.object;
    const isEdited = spec !== undefined;
    const deletion = isDeleted === true ? { deletionTimestamp: new Date(now).toISOString() } : {};
    const generation = (metadata.generation ?? 0) + (isEdited ? 1 : 0);
    this.#store({ ...this.object, ...(isEdited ? { spec } : {}), metadata: { ...deletion, ...metadata, generation } });
  }

  async request({ method, path, body }: TransportRequest): Promise<TransportResponse> {
    if (method !== "PATCH" || this.object === undefined) return { status: 404, body: { details: { name: "podinfo" } } };
    const patch = body as WireObject;
    const { metadata, ...rest } = patch as { readonly metadata?: WireObject };
    const { resourceVersion, ...fields } = metadata ?? {};
    if (resourceVersion !== this.object.metadata.resourceVersion) return { status: 409, body: { message: "conflict" } };
    this.patches += 1;
    const isStatus = path.endsWith("/status");
    const after = merged(
      this.object,
      isStatus ? { status: rest["status" as keyof typeof rest] } : { metadata: fields },
    ) as KubeObject;
    if (isStatus) this.commits += 1;
    if (isStatus) this.#check(after["status"]);
    return { status: 200, body: JSON.parse(JSON.stringify(this.#store(after))) as unknown };
  }

  #store(object: KubeObject): KubeObject {
    this.#version += 1;
    const stored = { ...object, metadata: { ...object.metadata, resourceVersion: String(this.#version) } };
    const isGone = stored.metadata.deletionTimestamp !== undefined && (stored.metadata.finalizers ?? []).length === 0;
    this.object = isGone ? undefined : stored;
    return stored;
  }

  // biome-ignore lint/correctness/useYield: nobody watches a single object here
  async *watch(): AsyncGenerator<never> {
    throw new Error("nothing is watched here");
  }

  #check(status: unknown): void {
    try {
      law(isWireObject(status), "a status is an object");
      const [problem] = schemaProblems(status, STATUS_SCHEMA, "status");
      law(problem === undefined, "a status that is written is valid by our definition", () => problem?.message);
      const unknown: string[] = [];
      prune(status, STATUS_SCHEMA, unknown);
      law(unknown.length === 0, "a status that is written has only fields of our definition", () => unknown);
      const bytes = Buffer.byteLength(JSON.stringify(status));
      law(bytes < MOST_STATUS_BYTES, "a status fits the store", () => `${bytes} bytes`);
    } catch (error) {
      this.broken ??= error;
    }
  }
}

/** RFC 7386. */
export function merged(live: unknown, patch: unknown): unknown {
  if (!isWireObject(patch)) return patch;
  const entries = new Map<string, unknown>(isWireObject(live) ? Object.entries(live) : []);
  for (const [field, value] of Object.entries(patch)) {
    if (value === null) entries.delete(field);
    else entries.set(field, merged(entries.get(field), value));
  }
  return Object.fromEntries(entries);
}

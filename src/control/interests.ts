import type { CanarySpec } from "../domain/spec.ts";
import type { Key, KindName } from "./ports.ts";

/** Names one object of the cluster: `Kind/namespace/name`. */
export type ObjectRef = string;

export function objectRef(kind: KindName, namespace: string, name: string): ObjectRef {
  return `${kind}/${namespace}/${name}`;
}

/**
 * Which rollouts look at which objects, both ways. A change to an object wakes those that look at it and nobody else,
 * so that hundreds of rollouts at rest cost nothing.
 */
export class Interests {
  readonly #byKey = new Map<Key, readonly ObjectRef[]>();
  readonly #byRef = new Map<ObjectRef, Set<Key>>();

  /** Replace what a rollout looks at. */
  set(key: Key, refs: readonly ObjectRef[]): void {
    const before = this.#byKey.get(key);
    if (before !== undefined && before.length === refs.length && before.every((ref, at) => ref === refs[at])) return;
    this.forget(key);
    this.#byKey.set(key, refs);
    for (const ref of refs) {
      const keys = this.#byRef.get(ref) ?? new Set<Key>();
      keys.add(key);
      this.#byRef.set(ref, keys);
    }
  }

  forget(key: Key): void {
    for (const ref of this.#byKey.get(key) ?? []) {
      const keys = this.#byRef.get(ref);
      keys?.delete(key);
      if (keys?.size === 0) this.#byRef.delete(ref);
    }
    this.#byKey.delete(key);
  }

  /** Who looks at this object. */
  in(ref: ObjectRef): readonly Key[] {
    return [...(this.#byRef.get(ref) ?? [])];
  }
}

/** Everything that a tick of this rollout looks at besides the Canary itself. */
export function refsOf(namespace: string, spec: CanarySpec, configs: readonly ConfigName[]): readonly ObjectRef[] {
  const { target, service, analysis } = spec;
  const both = (kind: KindName, name: string): readonly ObjectRef[] =>
    ["", "-primary"].map((suffix) => objectRef(kind, namespace, name + suffix));
  return [
    ...(target.kind === "Deployment" ? both("Deployment", target.name) : []),
    ...both("Service", service.name),
    objectRef("Service", namespace, `${service.name}-canary`),
    // A slice counts under the name of its Service: its own is drawn by lot.
    objectRef("EndpointSlice", namespace, `${service.name}-primary`),
    objectRef("EndpointSlice", namespace, `${service.name}-canary`),
    objectRef("VirtualService", namespace, service.name),
    objectRef("DestinationRule", namespace, `${service.name}-primary`),
    objectRef("DestinationRule", namespace, `${service.name}-canary`),
    ...analysis.metrics.flatMap(({ source }) =>
      source.kind === "template" ? [objectRef("MetricTemplate", source.namespace, source.name)] : [],
    ),
    ...configs.flatMap(({ kind, name }) => both(kind, name)),
  ];
}

export interface ConfigName {
  readonly kind: "ConfigMap" | "Secret";
  readonly name: string;
}

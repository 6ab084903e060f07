import type { JsonObject } from "../../../domain/spec.ts";
import { asArray, asObject, asString, objectsOf } from "../json.ts";

/** A ConfigMap or Secret that pods are made with. */
export interface ConfigReference {
  readonly kind: "ConfigMap" | "Secret";
  readonly name: string;
  /** Every mention of it says that pods start without it. */
  readonly optional: boolean;
}

/** Answers the name to put in the place of a mentioned one. */
export type Rename = (reference: ConfigReference) => string;

/** The ConfigMaps and Secrets a pod spec mentions in volumes and in the environment of its containers, each once. */
export function referencesOf(podSpec: JsonObject): readonly ConfigReference[] {
  const found = new Map<string, ConfigReference>();
  renameReferences(podSpec, (reference) => {
    const id = `${reference.kind}/${reference.name}`;
    found.set(id, { ...reference, optional: reference.optional && found.get(id)?.optional !== false });
    return reference.name;
  });
  return [...found.values()];
}

/** The pod spec with other names in all places where configs are mentioned. The one list of these places. */
export function renameReferences(podSpec: JsonObject, rename: Rename): JsonObject {
  return {
    ...podSpec,
    ...mapList(podSpec, "volumes", (volume) => inVolume(volume, rename)),
    ...mapList(podSpec, "initContainers", (container) => inContainer(container, rename)),
    ...mapList(podSpec, "containers", (container) => inContainer(container, rename)),
  };
}

function inVolume(volume: JsonObject, rename: Rename): JsonObject {
  const projected = asObject(volume["projected"]);
  return {
    ...volume,
    ...mapMention(volume, "configMap", { kind: "ConfigMap", nameField: "name", rename }),
    ...mapMention(volume, "secret", { kind: "Secret", nameField: "secretName", rename }),
    ...(projected && {
      projected: { ...projected, ...mapList(projected, "sources", (source) => inSource(source, rename)) },
    }),
  };
}

function inSource(source: JsonObject, rename: Rename): JsonObject {
  return {
    ...source,
    ...mapMention(source, "configMap", { kind: "ConfigMap", nameField: "name", rename }),
    ...mapMention(source, "secret", { kind: "Secret", nameField: "name", rename }),
  };
}

function inContainer(container: JsonObject, rename: Rename): JsonObject {
  return {
    ...container,
    ...mapList(container, "env", (variable) => inVariable(variable, rename)),
    ...mapList(container, "envFrom", (from) => ({
      ...from,
      ...mapMention(from, "configMapRef", { kind: "ConfigMap", nameField: "name", rename }),
      ...mapMention(from, "secretRef", { kind: "Secret", nameField: "name", rename }),
    })),
  };
}

function inVariable(variable: JsonObject, rename: Rename): JsonObject {
  const valueFrom = asObject(variable["valueFrom"]);
  if (valueFrom === undefined) return variable;
  return {
    ...variable,
    valueFrom: {
      ...valueFrom,
      ...mapMention(valueFrom, "configMapKeyRef", { kind: "ConfigMap", nameField: "name", rename }),
      ...mapMention(valueFrom, "secretKeyRef", { kind: "Secret", nameField: "name", rename }),
    },
  };
}

interface Mention {
  readonly kind: ConfigReference["kind"];
  readonly nameField: "name" | "secretName";
  readonly rename: Rename;
}

function mapMention(parent: JsonObject, field: string, { kind, nameField, rename }: Mention): JsonObject {
  const mention = asObject(parent[field]);
  const name = asString(mention?.[nameField]);
  if (name === undefined || name === "") return {};
  const renamed = rename({ kind, name, optional: mention?.["optional"] === true });
  return { [field]: { ...mention, [nameField]: renamed } };
}

function mapList(parent: JsonObject, field: string, change: (entry: JsonObject) => JsonObject): JsonObject {
  return asArray(parent[field]) === undefined ? {} : { [field]: objectsOf(parent[field]).map(change) };
}

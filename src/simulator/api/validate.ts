import { isWireObject, type WireObject } from "../../resources/wire.ts";
import { type Cause, duplicate, forbiddenField, invalidValue, required } from "./errors.ts";
import { isEqual, listAt, metadataOf, objectsAt, textAt } from "./json.ts";
import type { Behaviour } from "./resource.ts";

const LABEL_FORM = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";
const SUBDOMAIN_FORM = `${LABEL_FORM}(\\.${LABEL_FORM})*`;
const LABEL1035_FORM = "[a-z]([-a-z0-9]*[a-z0-9])?";
const QUALIFIED_FORM = "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]";
const VALUE_FORM = "(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?";

const RULES: Readonly<Record<Behaviour["nameRule"], { form: string; most: number; said: string } | undefined>> = {
  label: {
    form: LABEL_FORM,
    most: 63,
    said: `a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '${LABEL_FORM}')`,
  },
  label1035: {
    form: LABEL1035_FORM,
    most: 63,
    said: `a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '${LABEL1035_FORM}')`,
  },
  subdomain: {
    form: SUBDOMAIN_FORM,
    most: 253,
    said: `a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '${SUBDOMAIN_FORM}')`,
  },
  path: undefined,
};

const EXPRESSIONS: Readonly<Record<string, RegExp>> = Object.fromEntries(
  [LABEL_FORM, SUBDOMAIN_FORM, LABEL1035_FORM, QUALIFIED_FORM, VALUE_FORM].map((form) => [
    form,
    new RegExp(`^${form}$`),
  ]),
);

const matches = (form: string, text: string): boolean => (EXPRESSIONS[form] ?? new RegExp(`^${form}$`)).test(text);

/** What is wrong with a name, by the rule that holds for it. */
export function nameProblems(rule: Behaviour["nameRule"], name: string, field: string): readonly Cause[] {
  const known = RULES[rule];
  if (known === undefined) {
    return /[/%]|^\.{1,2}$/.test(name)
      ? [invalidValue(field, name, `may not contain '${/%/.test(name) ? "%" : "/"}'`)]
      : [];
  }
  const { form, most, said } = known;
  if (rule === "label" && name.includes(".")) return [invalidValue(field, name, "must not contain dots")];
  return [
    ...(name.length > most ? [invalidValue(field, name, `must be no more than ${most} bytes`)] : []),
    ...(matches(form, name) ? [] : [invalidValue(field, name, said)]),
  ];
}

export function portProblems(port: unknown, field: string): readonly Cause[] {
  const isPort = typeof port === "number" && port >= 1 && port <= 65535;
  return isPort ? [] : [invalidValue(field, port, "must be between 1 and 65535, inclusive")];
}

export const negativeProblems = (value: unknown, field: string): readonly Cause[] =>
  typeof value === "number" && value < 0 ? [invalidValue(field, value, "must be greater than or equal to 0")] : [];

function qualifiedProblems(name: string, field: string): readonly Cause[] {
  const parts = name.split("/");
  const [prefix, plain] = parts.length > 1 ? [parts[0] ?? "", parts[1] ?? ""] : ["", name];
  const form = `name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '${QUALIFIED_FORM}')`;
  if (parts.length > 2) {
    const said = `a valid label key must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '${QUALIFIED_FORM}') with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`;
    return [invalidValue(field, name, said)];
  }
  return [
    ...(parts.length > 1 && prefix === "" ? [invalidValue(field, name, "prefix part must be non-empty")] : []),
    ...(prefix !== "" && !matches(SUBDOMAIN_FORM, prefix)
      ? [invalidValue(field, name, `prefix part ${RULES.subdomain?.said ?? ""}`)]
      : []),
    ...(plain === "" ? [invalidValue(field, name, "name part must be non-empty")] : []),
    ...(plain.length > 63 ? [invalidValue(field, name, "name part must be no more than 63 bytes")] : []),
    ...(matches(QUALIFIED_FORM, plain) ? [] : [invalidValue(field, name, form)]),
  ];
}

export function labelProblems(labels: unknown, field: string): readonly Cause[] {
  if (!isWireObject(labels)) return [];
  return Object.entries(labels).flatMap(([key, value]) => [
    ...qualifiedProblems(key, field),
    ...(String(value).length > 63 ? [invalidValue(field, value, "must be no more than 63 bytes")] : []),
    ...(matches(VALUE_FORM, String(value))
      ? []
      : [
          invalidValue(
            field,
            value,
            `a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '${VALUE_FORM}')`,
          ),
        ]),
  ]);
}

/** What is wrong with the metadata of any object. */
export function metadataProblems(
  object: WireObject,
  before: WireObject | undefined,
  rule: Behaviour["nameRule"],
  isCustom: boolean,
): readonly Cause[] {
  const metadata = metadataOf(object);
  const name = textAt(metadata, "name") ?? "";
  const isNamed = before !== undefined || name !== "";
  const had = before === undefined ? undefined : metadataOf(before);
  // The very same value was found right when it was stored.
  const isNew = (field: string): boolean => had === undefined || had[field] !== metadata[field];
  return [
    ...(isNamed ? [] : [required("metadata.name", "name or generateName is required")]),
    ...(before === undefined && isNamed ? nameProblems(rule, name, "metadata.name") : []),
    ...(isNew("labels") ? labelProblems(metadata["labels"], "metadata.labels") : []),
    ...(isNew("annotations") ? annotationProblems(metadata["annotations"]) : []),
    ...listAt(metadata, "finalizers").flatMap((finalizer, place) =>
      // Only built-in kinds know which names are theirs: Flagger's own has no domain.
      isCustom
        ? qualifiedProblems(String(finalizer), "metadata.finalizers")
        : finalizerProblems(String(finalizer), place),
    ),
    ...(isNew("ownerReferences") ? ownerProblems(metadata) : []),
    ...(had === undefined ? [] : metadataChangeProblems(metadata, had)),
    // Built-in kinds are asked twice.
    ...(had === undefined || isCustom ? [] : metadataChangeProblems(metadata, had)),
  ];
}

const annotationProblems = (annotations: unknown): readonly Cause[] =>
  Object.keys((annotations ?? {}) as WireObject).flatMap((key) =>
    qualifiedProblems(key.toLowerCase(), "metadata.annotations"),
  );

const STANDARD_FINALIZERS = ["orphan", "foregroundDeletion", "kubernetes"];

function finalizerProblems(finalizer: string, place: number): readonly Cause[] {
  const isFound = finalizer.includes("/") || STANDARD_FINALIZERS.includes(finalizer);
  const why = "name is neither a standard finalizer name nor is it fully qualified";
  return [
    ...qualifiedProblems(finalizer, "metadata.finalizers"),
    ...(isFound ? [] : [invalidValue(`metadata.finalizers[${place}]`, finalizer, why)]),
  ];
}

function ownerProblems(metadata: WireObject): readonly Cause[] {
  const owners = objectsAt(metadata, "ownerReferences");
  const field = "metadata.ownerReferences";
  const controllers = owners.filter(({ controller }) => controller === true);
  const [first, second] = controllers;
  return [
    ...owners.flatMap((owner) =>
      ["apiVersion", "kind", "name", "uid"]
        .filter((key) => (owner[key] ?? "") === "")
        .map((key) =>
          invalidValue(`${field}.${key}`, "", key === "apiVersion" ? "version must not be empty" : "must not be empty"),
        ),
    ),
    ...(first === undefined || second === undefined
      ? []
      : [
          invalidValue(
            field,
            owners,
            `Only one reference can have Controller set to true. Found "true" in references for ${first["kind"]}/${first["name"]} and ${second["kind"]}/${second["name"]}`,
          ),
        ]),
  ];
}

function metadataChangeProblems(metadata: WireObject, before: WireObject): readonly Cause[] {
  if (before["deletionTimestamp"] === undefined) return [];
  const added = listAt(metadata, "finalizers").filter((finalizer) => !listAt(before, "finalizers").includes(finalizer));
  if (added.length === 0) return [];
  const found = `[]string{${added.map((finalizer) => JSON.stringify(finalizer)).join(", ")}}`;
  return [
    forbiddenField(
      "metadata.finalizers",
      `no new finalizers can be added if the object is being deleted, found new finalizers ${found}`,
    ),
  ];
}

/** A field that cannot be changed any more. */
export function immutable(field: string, value: unknown, before: unknown): readonly Cause[] {
  return isEqual(value, before) ? [] : [invalidValue(field, value, "field is immutable")];
}

/** Names that more than one entry of a list has. */
export function duplicates(names: readonly unknown[], fieldAt: (place: number) => string): readonly Cause[] {
  return names.flatMap((name, place) =>
    name !== undefined && names.indexOf(name) < place ? [duplicate(fieldAt(place), name)] : [],
  );
}

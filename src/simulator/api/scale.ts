import { isWireObject, type WireObject } from "../../resources/wire.ts";
import type { KubeObject } from "../../runtime/transport.ts";
import { badRequest, invalid, invalidValue } from "./errors.ts";
import { at, copyObject, type Draft, draftAt, fieldsOf, isEmpty, textAt } from "./json.ts";
import type { Resource } from "./resource.ts";

/** What `/scale` shows of an object. */
export function scaleOf(object: KubeObject, { scale, isCustom }: Resource): WireObject {
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata;
  const fields = fieldsOf(object);
  const replicas = at(fields, ...(scale?.specReplicas ?? [])) ?? 0;
  const selector = scale?.selector === undefined ? undefined : printSelector(at(fields, ...scale.selector), isCustom);
  return {
    kind: "Scale",
    apiVersion: "autoscaling/v1",
    metadata: { name, namespace, uid, resourceVersion, creationTimestamp },
    spec: replicas === 0 ? {} : { replicas },
    status: {
      replicas: at(fields, ...(scale?.statusReplicas ?? [])) ?? 0,
      ...(selector === undefined || selector === "" ? {} : { selector }),
    },
  };
}

function printSelector(selector: unknown, isCustom: boolean): string | undefined {
  if (isCustom) return typeof selector === "string" ? selector : undefined;
  if (!isWireObject(selector)) return undefined;
  const labels = Object.entries((selector["matchLabels"] ?? {}) as Readonly<Record<string, string>>);
  const expressions = (selector["matchExpressions"] ?? []) as readonly WireObject[];
  return [
    ...labels.map(([key, value]) => `${key}=${value}`),
    ...expressions.map(({ key, operator, values = [] }) => {
      if (operator === "Exists") return String(key);
      if (operator === "DoesNotExist") return `!${String(key)}`;
      return `${String(key)} ${String(operator).toLowerCase()} (${(values as readonly string[]).join(",")})`;
    }),
  ]
    .sort()
    .join(",");
}

/** What a Scale asks for, as a change of the object that it scales. */
export function readScale(body: unknown, { scale, kind }: Resource): (object: KubeObject) => WireObject {
  if (!isWireObject(body)) throw badRequest("the request has no object in its body");
  const replicas = at(body, "spec", "replicas") ?? 0;
  if (!Number.isInteger(replicas)) {
    throw badRequest(
      `Scale in version "v1" cannot be handled as a Scale: json: cannot unmarshal ${typeof replicas} into Go struct field ScaleSpec.spec.replicas of type int32`,
    );
  }
  if (Number(replicas) < 0) {
    const problem = invalidValue("spec.replicas", replicas, "must be greater than or equal to 0");
    throw invalid({ group: "autoscaling", kind: "Scale", plural: kind }, textAt(body, "metadata", "name") ?? "", [
      problem,
    ]);
  }
  const version = textAt(body, "metadata", "resourceVersion");
  const uid = textAt(body, "metadata", "uid");
  return (object) => {
    const draft = copyObject(fieldsOf(object));
    const path = scale?.specReplicas ?? [];
    draftAt(draft, ...path.slice(0, -1))[path.at(-1) ?? ""] = replicas;
    const seen: Draft = {
      ...(version === undefined ? {} : { resourceVersion: version }),
      ...(uid === undefined ? {} : { uid }),
    };
    if (!isEmpty(seen)) Object.assign(draftAt(draft, "metadata"), seen);
    return draft;
  };
}

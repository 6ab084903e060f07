import type { WireObject } from "../../../resources/wire.ts";
import { type Cause, duplicate, forbiddenField, invalidValue, notSupported, required } from "../errors.ts";
import { type Draft, defaultTo, draftAt, draftsAt, isEqual, objectsAt, textAt } from "../json.ts";
import { duplicates, nameProblems, portProblems } from "../validate.ts";

/** What clients see of a pod's spec although nobody wrote it. */
export function defaultPodSpec(spec: Draft): void {
  for (const container of [...draftsAt(spec, "containers"), ...draftsAt(spec, "initContainers")]) {
    defaultContainer(container);
  }
  for (const volume of draftsAt(spec, "volumes")) defaultVolume(volume);
  defaultTo(spec, "restartPolicy", "Always");
  defaultTo(spec, "terminationGracePeriodSeconds", 30);
  defaultTo(spec, "dnsPolicy", "ClusterFirst");
  defaultTo(spec, "securityContext", {});
  defaultTo(spec, "schedulerName", "default-scheduler");
  const account = spec["serviceAccountName"] ?? spec["serviceAccount"];
  for (const field of ["serviceAccountName", "serviceAccount"]) {
    if (account !== undefined && spec[field] !== account) spec[field] = account;
  }
}

function defaultContainer(container: Draft): void {
  defaultTo(container, "terminationMessagePath", "/dev/termination-log");
  defaultTo(container, "terminationMessagePolicy", "File");
  defaultTo(container, "imagePullPolicy", pullPolicy(textAt(container, "image") ?? ""));
  for (const probe of ["livenessProbe", "readinessProbe", "startupProbe"]) {
    if (container[probe] !== undefined) defaultProbe(draftAt(container, probe));
  }
  for (const hook of ["postStart", "preStop"]) {
    const action = (container["lifecycle"] as Draft | undefined)?.[hook] as Draft | undefined;
    if (action?.["httpGet"] !== undefined) defaultHttpGet(draftAt(action, "httpGet"));
  }
  const { limits, requests } = (container["resources"] ?? {}) as { limits?: WireObject; requests?: WireObject };
  const isComplete = Object.keys(limits ?? {}).every((name) => requests?.[name] !== undefined);
  if (limits !== undefined && !(isComplete && requests !== undefined))
    draftAt(container, "resources")["requests"] = { ...limits, ...requests };
}

function pullPolicy(image: string): string {
  if (image.includes("@")) return "IfNotPresent";
  const tag = /:([^/:]+)$/.exec(image)?.[1] ?? "latest";
  return tag === "latest" ? "Always" : "IfNotPresent";
}

function defaultProbe(probe: Draft): void {
  defaultTo(probe, "timeoutSeconds", 1);
  defaultTo(probe, "periodSeconds", 10);
  defaultTo(probe, "successThreshold", 1);
  defaultTo(probe, "failureThreshold", 3);
  if (probe["httpGet"] !== undefined) defaultHttpGet(draftAt(probe, "httpGet"));
}

function defaultHttpGet(action: Draft): void {
  defaultTo(action, "path", "/");
  defaultTo(action, "scheme", "HTTP");
}

function defaultVolume(volume: Draft): void {
  for (const source of ["configMap", "secret", "downwardAPI", "projected"]) {
    if (volume[source] !== undefined) defaultTo(draftAt(volume, source), "defaultMode", 420);
  }
  if (Object.keys(volume).length === 1) volume["emptyDir"] = {};
  for (const { serviceAccountToken } of draftsAt(volume, "projected", "sources")) {
    if (serviceAccountToken !== undefined) defaultTo(serviceAccountToken as Draft, "expirationSeconds", 3607);
  }
}

export function podSpecProblems(spec: WireObject, field: string): readonly Cause[] {
  const containers = objectsAt(spec, "containers");
  const initial = objectsAt(spec, "initContainers");
  const volumes = objectsAt(spec, "volumes").map(({ name }) => String(name));
  const places = [
    ...initial.map((container, place) => ({ container, path: `${field}.initContainers[${place}]` })),
    ...containers.map((container, place) => ({ container, path: `${field}.containers[${place}]` })),
  ];
  const names = places.map(({ container }) => (container["name"] === "" ? undefined : container["name"]));
  return [
    ...volumes.flatMap((name, place) => labelOrRequired(name, `${field}.volumes[${place}].name`)),
    ...(containers.length === 0 ? [required(`${field}.containers`)] : []),
    ...places.flatMap(({ container, path }, place) => [
      ...containerProblems(container, path, volumes),
      ...(names[place] !== undefined && names.indexOf(names[place]) < place
        ? [duplicate(`${path}.name`, names[place])]
        : []),
    ]),
    ...duplicates(volumes, (place) => `${field}.volumes[${place}].name`),
    ...oneOf(spec["restartPolicy"], ["Always", "OnFailure", "Never"], `${field}.restartPolicy`),
    ...oneOf(spec["dnsPolicy"], ["ClusterFirstWithHostNet", "ClusterFirst", "Default", "None"], `${field}.dnsPolicy`),
  ];
}

const labelOrRequired = (name: unknown, field: string): readonly Cause[] =>
  name === undefined || name === "" ? [required(field)] : nameProblems("label", String(name), field);

const oneOf = (value: unknown, allowed: readonly string[], field: string): readonly Cause[] =>
  value === undefined || allowed.includes(String(value)) ? [] : [notSupported(field, value, allowed)];

function containerProblems(container: WireObject, field: string, volumes: readonly string[]): readonly Cause[] {
  const ports = objectsAt(container, "ports");
  return [
    ...labelOrRequired(container["name"], `${field}.name`),
    ...((container["image"] ?? "") === "" ? [required(`${field}.image`)] : []),
    ...ports.flatMap(({ containerPort, protocol }, place) => [
      ...(containerPort === 0
        ? [required(`${field}.ports[${place}].containerPort`)]
        : portProblems(containerPort, `${field}.ports[${place}].containerPort`)),
      ...oneOf(protocol, ["TCP", "UDP", "SCTP"], `${field}.ports[${place}].protocol`),
    ]),
    ...duplicates(
      ports.map(({ name }) => name),
      (place) => `${field}.ports[${place}].name`,
    ),
    ...objectsAt(container, "env").flatMap(({ name }, place) =>
      (name ?? "") === "" ? [required(`${field}.env[${place}].name`)] : [],
    ),
    ...objectsAt(container, "volumeMounts").flatMap(({ name, mountPath }, place) => [
      ...(volumes.includes(String(name))
        ? []
        : [
            {
              reason: "FieldValueNotFound",
              message: `Not found: ${JSON.stringify(name)}`,
              field: `${field}.volumeMounts[${place}].name`,
            },
          ]),
      ...((mountPath ?? "") === "" ? [required(`${field}.volumeMounts[${place}].mountPath`)] : []),
    ]),
    ...oneOf(container["imagePullPolicy"], ["Always", "Never", "IfNotPresent"], `${field}.imagePullPolicy`),
    ...probeProblems(container, field),
  ];
}

function probeProblems(container: WireObject, field: string): readonly Cause[] {
  return ["livenessProbe", "readinessProbe", "startupProbe"].flatMap((name) => {
    const probe = container[name] as WireObject | undefined;
    if (probe === undefined) return [];
    const handlers = ["exec", "httpGet", "tcpSocket", "grpc"].filter((handler) => probe[handler] !== undefined);
    return handlers.length === 0 ? [required(`${field}.${name}`, "must specify a handler type")] : [];
  });
}

/** Most of a pod cannot be changed once it is there. */
export function podChangeProblems(spec: WireObject, before: WireObject): readonly Cause[] {
  const frozen = (from: WireObject): WireObject => {
    const {
      tolerations: _,
      activeDeadlineSeconds: __,
      nodeName: ___,
      terminationGracePeriodSeconds: ____,
      ...rest
    } = from;
    const bare = (list: readonly WireObject[]): readonly WireObject[] =>
      list.map(({ image: _image, ...other }) => other);
    return {
      ...rest,
      containers: bare(objectsAt(from, "containers")),
      initContainers: bare(objectsAt(from, "initContainers")),
    };
  };
  if (isEqual(frozen(spec), frozen(before))) return [];
  return [
    forbiddenField(
      "spec",
      "pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)",
    ),
  ];
}

export const invalidSelector = (labels: unknown, field: string): Cause =>
  invalidValue(field, labels, "`selector` does not match template `labels`");

import type { Phase } from "./phase.ts";
import type { CanarySpec } from "./spec.ts";
import type { Problem, Scope, Status } from "./status.ts";

/** The scope that a phase holds the rollout to; undefined where the spec's own names count at once. */
export function scopeOf(phase: Phase, spec: CanarySpec): Scope | undefined {
  switch (phase.name) {
    case "New":
    case "Copying":
    case "Adopting":
    case "Steady":
    case "Failed":
      return undefined;
    default:
      return { target: spec.target, serviceName: spec.service.name };
  }
}

/**
 * The spec as the run under way has to read it. Another target or another name of the service would leave the old route
 * with the canary's share on it and nobody to bring it home, so they wait until the run is over.
 */
export function inScope(spec: CanarySpec, { scope }: Status): CanarySpec {
  if (scope === undefined) return spec;
  return { ...spec, target: scope.target, service: { ...spec.service, name: scope.serviceName } };
}

/** What the owner changed and has to wait for. */
export function waitingEdits(spec: CanarySpec, { scope }: Status): readonly Problem[] {
  if (scope === undefined) return [];
  const { target, service } = spec;
  const wait = (path: string, from: string, to: string): readonly Problem[] =>
    from === to
      ? []
      : [
          {
            reason: "InvalidSpec",
            message: `${path}: was changed from ${from} to ${to} in mid-run, and counts when the run is over`,
            severity: "advisory",
          },
        ];
  return [
    ...wait("spec.targetRef", `${scope.target.kind} ${scope.target.name}`, `${target.kind} ${target.name}`),
    ...wait("spec.service.name", scope.serviceName, service.name),
  ];
}

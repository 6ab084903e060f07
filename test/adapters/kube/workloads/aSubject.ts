import type { Subject } from "../../../../src/control/ports.ts";
import type { Levels } from "../../../../src/domain/decision.ts";
import { newStatus, type Status } from "../../../../src/domain/status.ts";
import { instant } from "../../../../src/domain/time.ts";
import { parseCanary } from "../../../../src/resources/parseCanary.ts";

/** A Canary `web` in the namespace `shop` for the Deployment `web`. */
export function aSubject(status: Partial<Status> = {}): Subject {
  const { spec } = parseCanary({
    metadata: { name: "web", namespace: "shop" },
    spec: {
      targetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "web" },
      service: { port: 80 },
      analysis: { interval: "1m", threshold: 2, canaryReadyThreshold: 50, metrics: [] },
    },
  });
  if (spec === undefined) throw new Error("the spec is wrong");
  const facts = {
    namespace: "shop",
    name: "web",
    generation: 1,
    deleting: false,
    hasFinalizer: false,
    createdAt: instant(0),
  };
  const whole: Status = { ...newStatus(), ...status };
  return { spec, record: { facts, uid: "uid-canary", spec, refusals: [], status: whole, version: "1" } };
}

/** Levels that leave everything as it is, but for what is given. */
export function levels(given: Partial<Levels> = {}): Levels {
  return {
    scaffold: "none",
    traffic: undefined,
    primary: { kind: "asIs" },
    target: "asIs",
    finalizer: "asIs",
    ...given,
  };
}

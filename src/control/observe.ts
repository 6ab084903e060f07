import { roundId } from "../domain/decide.ts";
import type { Observation, Timing, Version } from "../domain/observation.ts";
import { isAtRest } from "../domain/phase.ts";
import { inScope, waitingEdits } from "../domain/scope.ts";
import type { CanarySpec, Refusal } from "../domain/spec.ts";
import type { Problem } from "../domain/status.ts";
import type { Inbox } from "./inbox.ts";
import type { CanaryRecord, Key, Ports, Subject, TargetShape, TrafficRouter, WorkloadDriver } from "./ports.ts";
import type { Reach } from "./reach.ts";
import type { Rejections } from "./rejections.ts";

/** What one tick of one rollout sees: the facts, and what acting on them needs. */
export interface Sight {
  readonly facts: Observation;
  readonly subject: Subject;
  readonly shape: TargetShape | undefined;
  readonly driver: WorkloadDriver | undefined;
  readonly router: TrafficRouter | undefined;
}

export interface Desk {
  readonly ports: Ports;
  readonly inbox: Inbox;
  readonly rejections: Rejections;
  readonly reach: Reach;
  readonly timing: Timing;
}

/** Gather everything a decision may depend on. Reads caches only; frozen facts come out. */
export function observe(key: Key, record: CanaryRecord, asked: CanarySpec, desk: Desk): Sight {
  const { ports, inbox, rejections, reach, timing } = desk;
  const now = ports.clock.now();
  const spec = inScope(asked, record.status);
  const subject: Subject = { record, spec };
  const driver = ports.workloads[spec.target.kind];
  const workloads = driver?.read(subject);
  const shape = workloads?.facts.shape;
  const named = ports.routers[spec.provider ?? ports.defaultProvider];
  const router = named ?? carrierOf(subject, shape, ports);
  const routing = router?.read(subject, shape);
  const metrics = ports.metrics.inspect(subject);
  const shared = sharedTarget(key, record, ports);
  const endpointsOf = (version: Version) => {
    const { name, portName } = spec.service;
    const pods = ports.endpoints.ready(record.facts.namespace, `${name}-${version}`, portName);
    const workload = version === "canary" ? workloads?.facts.target : workloads?.facts.primary;
    return reach.look(key, version, { pods, workload, now, settle: timing.settle });
  };
  const facts: Observation = {
    now,
    canary: record.facts,
    spec,
    status: record.status,
    target: workloads?.facts.target,
    primary: workloads?.facts.primary,
    configs: workloads?.facts.configs ?? { kind: "known", checksums: undefined },
    route: routing?.facts.route,
    endpoints: { primary: endpointsOf("primary"), canary: endpointsOf("canary") },
    apexOnPrimary: routing?.facts.apexOnPrimary ?? false,
    givenBack: routing?.facts.givenBack ?? true,
    givenBackSince: routing?.facts.givenBackSince,
    problems: ordered([
      ...problemsOf(record.refusals),
      ...waitingEdits(asked, record.status),
      ...(named === undefined ? unknownDefault(spec, ports) : []),
      // That all which belongs to a target belongs to the other Canary as well is no further news.
      ...(shared.length > 0 ? shared : [...(workloads?.problems ?? []), ...(routing?.problems ?? [])]),
      ...metrics.problems,
      ...rejections.of(key),
    ]),
    literalWindow: metrics.facts.literalWindow,
    round: inbox.answerTo(key, roundId(record.status)),
    timing,
  };
  return { facts: Object.freeze(facts), subject, shape, driver, router };
}

const BY_GRAVITY: readonly Problem["severity"][] = ["blocking", "holding", "advisory"];

/** The gravest first, and nothing twice, so that the same problems always read the same. */
function ordered(problems: readonly Problem[]): readonly Problem[] {
  const once = problems.filter(
    (problem, at) => problems.findIndex(({ message }) => message === problem.message) === at,
  );
  return BY_GRAVITY.flatMap((grade) => once.filter(({ severity }) => severity === grade));
}

/** What parsing refused, as problems of the object. */
export function problemsOf(refusals: readonly Refusal[]): readonly Problem[] {
  return refusals.map(({ path, message, severity, reason }) => ({ reason, message: `${path}: ${message}`, severity }));
}

/**
 * The router that carries the traffic of what is under way, whatever provider an edit or a restart names since: the way
 * home must stay open. At rest none does, so that the routes of a Canary that is another router's are not touched.
 */
function carrierOf(subject: Subject, shape: TargetShape | undefined, { routers }: Ports): TrafficRouter | undefined {
  const { phase } = subject.record.status;
  if (isAtRest(phase) || phase.name === "New" || phase.name === "Copying") return undefined;
  return Object.values(routers).find((router) => {
    const facts = router?.read(subject, shape).facts;
    // One that gives back has something to give until the Canary is gone, also when the route is no longer its own.
    const isGiving = phase.name === "GivingBack" && (facts?.givenBack === false || facts?.givenBackSince !== undefined);
    return facts?.route !== undefined || isGiving;
  });
}

/** A provider that the spec names was judged with the spec. The controller's default stands in no object. */
function unknownDefault({ provider }: CanarySpec, { routers, defaultProvider }: Ports): readonly Problem[] {
  if (provider !== undefined) return [];
  const known = Object.keys(routers).join(", ");
  const message = `spec.provider: is empty, and the controller's default ${JSON.stringify(defaultProvider)} is not supported; write one of: ${known}`;
  return [{ reason: "UnknownProvider", message, severity: "blocking" }];
}

/** Of two Canaries with one target only the older one may act, or they would undo each other for ever. */
function sharedTarget(key: Key, record: CanaryRecord, ports: Ports): readonly Problem[] {
  const first = ports.canaries.sharingTarget(record)[0];
  if (first === undefined || first === key) return [];
  const message = `spec.targetRef: the target already belongs to Canary ${first}; delete one of the two`;
  return [{ reason: "TargetConflict", message, severity: "blocking" }];
}

import { RejectedError } from "../../control/errors.ts";
import type { Cluster, Subject, TargetShape, TrafficRouter } from "../../control/ports.ts";
import type { Levels } from "../../domain/decision.ts";
import type { RouteFacts } from "../../domain/observation.ts";
import type { Problem } from "../../domain/status.ts";
import { type Instant, latest } from "../../domain/time.ts";
import type { TrafficPlan } from "../../domain/traffic.ts";
import { NO_TCP } from "../../resources/unsupported.ts";
import { type Claims, claimAll, conflicts, type RoutingKind } from "./claims.ts";
import { type Converger, newConverger } from "./converge.ts";
import { renderDestinationRule } from "./destinationRules.ts";
import { restorationProblems, restorations } from "./giveBack.ts";
import { objectOf, same } from "./json.ts";
import { type RouteNames, routeNames } from "./names.ts";
import { readPlan } from "./readPlan.ts";
import { isHeadlessNow, renderService, selectorOf } from "./services.ts";
import { renderVirtualService } from "./virtualService.ts";
import type { Wanted } from "./wanted.ts";

export interface IstioOptions {
  /** The version of Istio's networking group to write. Flagger's own unless told otherwise; every Istio serves it. */
  readonly apiVersion?: string;
}

/** Routing through Istio: three Services, a DestinationRule for each version, and one VirtualService. */
export function istioRouter(cluster: Cluster, options: IstioOptions = {}): TrafficRouter {
  const apiVersion = options.apiVersion ?? "networking.istio.io/v1beta1";
  const converger = newConverger(cluster);
  return {
    read(subject, shape) {
      const names = routeNames(subject);
      const claims = claimAll(cluster, subject, names);
      const facts = {
        route: readRoute(cluster, claims, subject, names),
        apexOnPrimary: isOnPrimary(claims, shape),
        givenBack: restorations(claims, subject, shape).length === 0,
        givenBackSince: latest(...CLIENTS_GO_BY.map((kind) => soSince(cluster, kind, names.namespace, names.apex))),
      };
      const blocking = [...unsupported(subject), ...conflicts(claims)];
      const advice = blocking.length > 0 ? [] : advisories(converger, claims, { subject, shape, apiVersion });
      return { facts, problems: [...blocking, ...advice] };
    },

    async apply(subject, shape, levels) {
      if (levels.scaffold === "none") return;
      const names = routeNames(subject);
      const claims = claimAll(cluster, subject, names);
      if (levels.scaffold === "givenBack") return giveBack(cluster, claims, subject, shape);
      const route = readRoute(cluster, claims, subject, names);
      // All or nothing: a route beside somebody else's Service would be worse than no route.
      const [conflict] = conflicts(claims);
      const [obstacle] = unsupported(subject);
      const problem = conflict ?? (route === undefined ? obstacle : undefined);
      if (problem !== undefined) throw new RejectedError(problem.message);
      const plan = levels.traffic ?? route?.plan;
      if (plan !== undefined) refuseUnsupported(plan);
      const rendering = { subject, shape, apiVersion };
      // Where the spec cannot be made so any more, the traffic that is on our route must still be brought home.
      const whole = [
        ...backends(claims, rendering),
        ...(isApexWanted(levels, claims) ? [renderService(subject, shape, "apex", claims.apexService)] : []),
        ...(levels.scaffold === "backends" ? [] : weighted(claims, plan, rendering)),
      ];
      const order = obstacle === undefined ? whole : weighted(claims, plan, rendering);
      for (const wanted of order) await converger.converge(wanted);
    },

    async confirm(subject) {
      const { namespace, apex } = routeNames(subject);
      await cluster.confirm("VirtualService", namespace, apex);
    },
  };
}

/** Where only the route is to be so, a way in that somebody points elsewhere is left, and one that is gone is made. */
function isApexWanted({ scaffold }: Levels, { apexService }: Claims): boolean {
  return scaffold === "all" || (scaffold === "route" && apexService.kind === "absent");
}

interface Rendering {
  readonly subject: Subject;
  readonly shape: TargetShape;
  readonly apiVersion: string;
}

/** What a route needs behind it, in the order to make it. */
function backends(claims: Claims, { subject, shape, apiVersion }: Rendering): readonly Wanted[] {
  return [
    renderService(subject, shape, "primary", claims.primaryService),
    renderService(subject, shape, "canary", claims.canaryService),
    renderDestinationRule(subject, "canary", claims.canaryRule, apiVersion),
    renderDestinationRule(subject, "primary", claims.primaryRule, apiVersion),
  ];
}

/** A route that is not there is only made where it is known what it may send where. */
function weighted(
  claims: Claims,
  plan: TrafficPlan | undefined,
  { subject, shape, apiVersion }: Rendering,
): readonly Wanted[] {
  return plan === undefined ? [] : [renderVirtualService(subject, shape, claims.route, plan.split, apiVersion)];
}

/** All of it, with the route as it splits now. */
function everything(claims: Claims, rendering: Rendering): readonly Wanted[] {
  const { subject } = rendering;
  const plan = claims.route.live && readPlan(claims.route.live, routeNames(subject), subject.spec.service);
  const apex = renderService(subject, rendering.shape, "apex", claims.apexService);
  return [...backends(claims, rendering), apex, ...weighted(claims, plan, rendering)];
}

/** The one place that knows which parts of a plan this router cannot make so yet. */
function refuseUnsupported(plan: TrafficPlan): void {
  const asked = [
    plan.canaryMatches.length > 0 ? "spec.analysis.match: routing by request (A/B)" : undefined,
    plan.mirrorPercent > 0 ? "spec.analysis.mirror: mirroring" : undefined,
    plan.stickyCookie !== undefined ? "spec.analysis.sessionAffinity: session affinity" : undefined,
  ].find((part) => part !== undefined);
  if (asked !== undefined) throw new RejectedError(`${asked} is not supported on Istio yet.`);
}

/** What the spec asks of Istio that cannot be. */
function unsupported({ spec: { service } }: Subject): readonly Problem[] {
  const problems: Problem[] = [];
  if (service.delegation && (service.hosts.length > 0 || service.gateways.length > 0)) {
    const message = `spec.service.delegation: VirtualService ${service.name} cannot have hosts and gateways when delegation is enabled; they belong to the VirtualService that delegates.`;
    problems.push({ reason: "InvalidSpec", severity: "blocking", message });
  }
  if (service.appProtocol?.toLowerCase() === "tcp") {
    problems.push({ reason: "NotSupported", severity: "blocking", message: `spec.service.appProtocol: ${NO_TCP}` });
  }
  return problems;
}

/** Things to tell that hold nothing up. */
function advisories(
  converger: Converger,
  claims: Claims,
  { subject, shape, apiVersion }: Omit<Rendering, "shape"> & { readonly shape: TargetShape | undefined },
): readonly Problem[] {
  const problems: Problem[] = [];
  const { namespace } = routeNames(subject);
  const { apexService, primaryService, canaryService } = claims;
  const live = [apexService, primaryService, canaryService].flatMap((claim) => claim.live ?? []);
  const addressed = live.find((service) => isHeadlessNow(service) !== subject.spec.service.headless);
  if (addressed !== undefined) {
    const message = `spec.service.headless: has no effect on Service ${namespace}/${addressed.metadata.name}, whose cluster IP cannot be changed; delete it to have it created anew.`;
    problems.push({ reason: "NotSupported", severity: "advisory", message });
  }
  const wanted = shape && converger.hasDoubts ? everything(claims, { subject, shape, apiVersion }) : [];
  for (const { kind, object } of wanted.filter((each) => converger.isKeptOtherwise(each))) {
    const message = `spec.service: the API server does not keep ${kind} ${namespace}/${object.metadata.name} as it was sent; look for fields that its version does not know.`;
    problems.push({ reason: "ApplyRejected", severity: "advisory", message });
  }
  return subject.record.facts.deleting ? [...problems, ...restorationProblems(claims, subject)] : problems;
}

function readRoute(cluster: Cluster, claims: Claims, subject: Subject, names: RouteNames): RouteFacts | undefined {
  const { route } = claims;
  if (route.kind === "absent" || route.kind === "foreign") return undefined;
  const plan = readPlan(route.live, names, subject.spec.service);
  const since = soSince(cluster, "VirtualService", names.namespace, names.apex);
  return plan === undefined || since === undefined ? undefined : { plan, since };
}

const CLIENTS_GO_BY = ["Service", "VirtualService"] as const;

/** Since when an object asks for what it asks for now, as far as can be told. */
function soSince(cluster: Cluster, kind: RoutingKind, namespace: string, name: string): Instant | undefined {
  const seen = cluster.seenSince(kind, namespace, name);
  const written = cluster.writtenAt(kind, namespace, name);
  // This process may be younger than the object: the server's record of our write outlives it.
  return written !== undefined && (seen === undefined || written < seen) ? written : seen;
}

function isOnPrimary({ apexService }: Claims, shape: TargetShape | undefined): boolean {
  if (shape === undefined || apexService.kind === "absent" || apexService.kind === "foreign") return false;
  return same(objectOf(apexService.live["spec"])["selector"], selectorOf("apex", shape));
}

async function giveBack(cluster: Cluster, claims: Claims, subject: Subject, shape: TargetShape): Promise<void> {
  for (const { kind, live, patch } of restorations(claims, subject, shape)) {
    const { namespace = "", name, resourceVersion } = live.metadata;
    await cluster.merge(kind, namespace, name, patch, resourceVersion);
  }
}

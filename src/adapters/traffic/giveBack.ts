import type { ClusterObject, Subject, TargetShape } from "../../control/ports.ts";
import type { JsonObject } from "../../domain/spec.ts";
import type { Problem } from "../../domain/status.ts";
import type { Claim, Claims, RoutingKind } from "./claims.ts";
import { findRule, foreignDestinations } from "./httpRule.ts";
import { entryOf, isObject, listOf, objectOf, parseObject, patchBetween, same } from "./json.ts";
import { annotationOf, GITOPS_OFF, lastApplied, ORIGINAL, ORIGINAL_CONFIGURATION, OWN_MARKS } from "./marks.ts";
import { routeNames } from "./names.ts";
import { selectorOf } from "./services.ts";

/** One merge patch that gives an object back as it was before the Canary. */
export interface Restoration {
  readonly kind: RoutingKind;
  readonly live: ClusterObject;
  readonly patch: JsonObject;
}

/**
 * What is still to be given back, in the order to do it: the apex Service, so that it reaches the target's pods; the
 * route, which then needs our Services no more; and these last. Objects that we created are left to garbage
 * collection.
 */
export function restorations(claims: Claims, subject: Subject, shape: TargetShape | undefined): readonly Restoration[] {
  const { apexService, route, primaryRule, canaryRule, primaryService, canaryService } = claims;
  const steps: readonly (Restoration | undefined)[] = [
    giveBack("Service", apexService, (live) => apexSpec(live, shape)),
    giveBack("VirtualService", route, (live) => takenRoute(live, subject)),
    leaveToApex(claims, subject),
    giveBack("DestinationRule", primaryRule, rememberedSpec),
    giveBack("DestinationRule", canaryRule, rememberedSpec),
    giveBack("Service", primaryService, rememberedSpec),
    giveBack("Service", canaryService, rememberedSpec),
  ];
  return steps.filter((step) => step !== undefined);
}

/** Told while a route that was there before us cannot be given back, because nothing says what it was. */
export function restorationProblems(claims: Claims, subject: Subject): readonly Problem[] {
  const names = routeNames(subject);
  const { route } = claims;
  if (route.kind !== "borrowed" || originalRoute(route.live) !== undefined) return [];
  const http = listOf(objectOf(route.live["spec"])["http"]);
  if (findRule(http, names, subject.spec.service.match) < 0) return [];
  const message = `spec.revertOnDeletion: VirtualService ${names.namespace}/${names.apex} cannot be given back, because neither kubectl nor the annotation ${ORIGINAL_CONFIGURATION} says what it was; edit or delete it by hand.`;
  return [{ reason: "RouteConflict", severity: "advisory", message }];
}

/** One borrowed object: its spec as it was, as far as that is known, and our marks taken off. */
function giveBack(
  kind: RoutingKind,
  claim: Claim,
  originalSpec: (live: ClusterObject) => JsonObject | undefined,
): Restoration | undefined {
  if (claim.kind !== "borrowed") return undefined;
  const { live } = claim;
  const original = originalSpec(live);
  // A route that nobody remembers is left as it is, marks and all, and told of as a problem.
  if (original === undefined && (kind === "VirtualService" || !isMarked(live))) return undefined;
  const spec = original && patchBetween(objectOf(live["spec"]), original);
  const metadata = metadataPatch(live);
  const patch = { ...(metadata && { metadata }), ...(spec && { spec }) };
  return Object.keys(patch).length === 0 ? undefined : { kind, live, patch };
}

/** The original of a route that was taken over. Flagger leaves no mark where kubectl had one: there the rule tells. */
function takenRoute(live: ClusterObject, subject: Subject): JsonObject | undefined {
  const http = listOf(objectOf(live["spec"])["http"]);
  const isTaken = isMarked(live) || findRule(http, routeNames(subject), subject.spec.service.match) >= 0;
  return isTaken ? originalRoute(live) : undefined;
}

function isMarked(live: ClusterObject): boolean {
  return OWN_MARKS.some((mark) => annotationOf(live, mark) !== undefined);
}

/** The whole spec that the VirtualService had: what kubectl applied last, else what was saved at the takeover. */
function originalRoute(live: ClusterObject): JsonObject | undefined {
  const manifest = lastApplied(live);
  if (manifest !== undefined && isObject(manifest["spec"])) return manifest["spec"];
  return parseObject(annotationOf(live, ORIGINAL_CONFIGURATION));
}

function rememberedSpec(live: ClusterObject): JsonObject | undefined {
  const remembered = parseObject(annotationOf(live, ORIGINAL))?.["spec"];
  if (!isObject(remembered)) return undefined;
  const spec = { ...objectOf(live["spec"]), ...remembered };
  return Object.fromEntries(Object.entries(spec).filter(([, value]) => value !== null));
}

/** The apex Service selects what it did; without any memory of that, the target. */
function apexSpec(live: ClusterObject, shape: TargetShape | undefined): JsonObject | undefined {
  const remembered = rememberedSpec(live);
  if (remembered !== undefined) return remembered;
  const spec = objectOf(live["spec"]);
  const isTaken = shape !== undefined && same(spec["selector"], selectorOf("apex", shape));
  if (!isTaken) return undefined;
  const applied = objectOf(lastApplied(live)?.["spec"])["selector"];
  return { ...spec, selector: isObject(applied) ? applied : selectorOf("canary", shape) };
}

function metadataPatch(live: ClusterObject): JsonObject | undefined {
  const remembered = objectOf(parseObject(annotationOf(live, ORIGINAL)));
  const manifest = objectOf(objectOf(lastApplied(live)?.["metadata"])["annotations"]);
  const gitops = Object.fromEntries(Object.keys(GITOPS_OFF).map((key) => [key, manifest[key] ?? null]));
  const marks = Object.fromEntries(OWN_MARKS.map((mark) => [mark, null]));
  const annotations = changes(live.metadata.annotations, {
    ...gitops,
    ...objectOf(remembered["annotations"]),
    ...marks,
  });
  const labels = changes(live.metadata.labels, objectOf(remembered["labels"]));
  const patch = { ...(annotations && { annotations }), ...(labels && { labels }) };
  return Object.keys(patch).length === 0 ? undefined : patch;
}

/** The part of a merge patch that would change something. */
function changes(live: Readonly<Record<string, string>> | undefined, patch: JsonObject): JsonObject | undefined {
  const entries = Object.entries(patch).filter(([key, value]) => (entryOf(live, key) ?? null) !== value);
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

/**
 * A route of our own in front of an apex Service that stays: from now on it sends everything to that Service. The
 * garbage collector takes route, backends and primary in any order, and none of that may lose a request.
 */
function leaveToApex({ route, apexService }: Claims, subject: Subject): Restoration | undefined {
  if (route.kind !== "owned" || apexService.kind !== "borrowed") return undefined;
  const names = routeNames(subject);
  const http = listOf(objectOf(route.live["spec"])["http"]);
  const at = findRule(http, names, subject.spec.service.match);
  const rule = http[at];
  if (!isObject(rule)) return undefined;
  const foreign = foreignDestinations(rule, names);
  const port = objectOf(objectOf(listOf(rule["route"])[0])["destination"])["port"];
  const destination = { host: names.apex, ...(port === undefined ? {} : { port }) };
  const whole = { ...rule, route: [{ destination, weight: 100 }, ...foreign] };
  return { kind: "VirtualService", live: route.live, patch: { spec: { http: http.with(at, whole) } } };
}

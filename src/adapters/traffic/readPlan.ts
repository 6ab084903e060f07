import type { ClusterObject } from "../../control/ports.ts";
import type { ServiceSpec } from "../../domain/spec.ts";
import { type Split, splitPlan, type TrafficPlan } from "../../domain/traffic.ts";
import { findRule, foreignWeight, versionOf, weightOf } from "./httpRule.ts";
import { listOf, objectOf, same } from "./json.ts";
import { annotationOf, SPLIT } from "./marks.ts";
import type { RouteNames } from "./names.ts";
import { normalise, parseSplit, roomBeside, scale } from "./split.ts";

/**
 * The plan that a live VirtualService follows; undefined when our rule is gone or gives neither version anything.
 * A mirror in our rule is somebody's own: it serves no client, so it is no part of the plan.
 */
export function readPlan(live: ClusterObject, names: RouteNames, service: ServiceSpec): TrafficPlan | undefined {
  const http = listOf(objectOf(live["spec"])["http"]);
  const rule = http[findRule(http, names, service.match)];
  const weights = liveWeights(rule, names);
  const asked = parseSplit(annotationOf(live, SPLIT));
  // Beside a foreign destination several splits can end in the same whole weights: ours is the one that was asked for.
  const isAsked = asked !== undefined && same(scale(asked, roomBeside(foreignWeight(rule, names))), weights);
  const split = isAsked ? asked : normalise(weights);
  return split === undefined ? undefined : splitPlan(split.canary);
}

function liveWeights(rule: unknown, names: RouteNames): Split {
  const route = listOf(objectOf(rule)["route"]);
  const sum = (version: "primary" | "canary") =>
    route
      .filter((entry) => versionOf(entry, names) === version)
      .reduce((total: number, entry) => total + weightOf(entry), 0);
  // An only destination gets everything, whatever weight it has.
  const only = route.length === 1 ? versionOf(route[0], names) : undefined;
  if (only === "primary") return { primary: 100, canary: 0 };
  if (only === "canary") return { primary: 0, canary: 100 };
  return { primary: sum("primary"), canary: sum("canary") };
}

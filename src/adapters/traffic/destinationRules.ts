import type { ClusterObject, Subject } from "../../control/ports.ts";
import type { Claim } from "./claims.ts";
import { defined, digest, objectOf } from "./json.ts";
import { APPLIED, ownerReference } from "./marks.ts";
import { routeNames } from "./names.ts";
import { borrowedMarks } from "./originals.ts";
import type { Wanted } from "./wanted.ts";

/** The DestinationRule of one version: its host and, where the spec has one, its traffic policy. Subsets and the like are not ours. */
export function renderDestinationRule(
  subject: Subject,
  version: "primary" | "canary",
  claim: Claim,
  apiVersion: string,
): Wanted {
  const names = routeNames(subject);
  const trafficPolicy = subject.spec.service.trafficPolicy;
  const spec = defined({ host: names[version], trafficPolicy });
  const live = objectOf(claim.live?.["spec"]);
  const original = defined({ host: live["host"], trafficPolicy: trafficPolicy && (live["trafficPolicy"] ?? null) });
  const object: ClusterObject = {
    apiVersion,
    kind: "DestinationRule",
    metadata: defined({
      name: names[version],
      namespace: names.namespace,
      annotations: {
        ...borrowedMarks(subject, claim, { labels: {}, annotations: {} }, original),
        [APPLIED]: digest(spec),
      },
      ownerReferences: claim.kind === "borrowed" ? undefined : [ownerReference(subject)],
    }) as ClusterObject["metadata"],
    spec,
  };
  // The policy is a whole: a leftover of another manager beside it (`simple` and `consistentHash`) would be invalid.
  const policy = trafficPolicy === undefined ? [] : ["trafficPolicy"];
  return { kind: "DestinationRule", object, live: claim.live, exact: ["host", ...policy], trimmed: policy };
}

import { isDeepStrictEqual } from "node:util";
import type { CanaryRecord, ClusterObject } from "../../src/control/ports.ts";
import type { Status } from "../../src/domain/status.ts";
import { printStatus } from "../../src/resources/printStatus.ts";
import { LAST_INSTANT } from "../../src/resources/wire.ts";
import { law } from "./broken.ts";
import { checkCapacity, checkFarewell } from "./capacity.ts";
import { checkKept, type Own } from "./kept.ts";
import type { Moment } from "./moment.ts";
import { at, entriesOf } from "./mutate.ts";
import { NAME, UID } from "./scene.ts";
import type { Stage } from "./stage.ts";
import { SELECTOR_LABELS } from "./workloads.ts";

/** Names of all that a Canary may write to. */
const OURS =
  /^(Service|DestinationRule)\/podinfo-(primary|canary)$|^(Service|VirtualService|Deployment)\/podinfo$|-primary$/;

/** What must hold of any pass over anything, said of the objects alone. */
export function checkPass(before: Moment, after: Moment, stage: Stage): void {
  const writes = stage.cluster.writes.slice(before.writes);
  for (const { body, kind, name } of writes) {
    const text = JSON.stringify(body) ?? "";
    law(
      isDeepStrictEqual(JSON.parse(text), body),
      "what is written is JSON, without a value that it drops",
      () => `${kind} ${name}: ${text}`,
    );
    law(text.isWellFormed(), "what is written has no half of a character", () => `${kind} ${name}`);
  }
  const own = ownOf(before, after, stage);
  for (const [id, object] of before.objects) {
    const now = after.objects.get(id);
    law(now !== undefined, "nothing is deleted", () => id);
    if (now !== object) checkOneChange(id, object, now, after, own);
  }
  const isElsewhere = [before, after].some(({ record }) => !isNamed(record));
  for (const id of after.objects.keys()) {
    law(before.objects.has(id) || isElsewhere || OURS.test(id), "nothing is made that is not the Canary's", () => id);
  }
  checkHolds(before, after, writes.length);
  if (!isElsewhere) checkCapacity(before, after, stage.pods);
  if (!isElsewhere) checkFarewell(before, after, stage);
  if (after.commits > before.commits) checkRoundTrip(stage, after.record);
}

/** Whether the Canary's objects have the names that most scenes give them, by the spec as by the run under way. */
function isNamed(record: CanaryRecord | undefined): boolean {
  const { target, service } = record?.spec ?? {};
  const { scope } = record?.status ?? {};
  const names = [target?.name ?? NAME, service?.name ?? NAME, scope?.target.name ?? NAME, scope?.serviceName ?? NAME];
  return names.every((name) => name === NAME);
}

function checkOneChange(id: string, was: ClusterObject, is: ClusterObject, after: Moment, own: Own): void {
  const controller = was.metadata.ownerReferences?.find((owner) => owner.controller === true);
  const isForeign = controller !== undefined && controller.uid !== UID && controller.kind !== "Canary";
  // The target is somebody's always, and is scaled for them.
  const isTarget = own.targets.includes(id);
  law(!isForeign || isTarget, "what somebody else controls is left alone", () => id);
  // What was there before is given back as it was remembered, whatever was remembered.
  const isGivenBack = after.record?.status.phase.name === "GivingBack" || after.record === undefined;
  if (!isGivenBack) checkKept(was, is, own);
}

function ownOf(before: Moment, after: Moment, { asked }: Stage): Own {
  const { apex, primary, canary } = before.record?.spec?.service ?? {};
  const maps = [apex, primary, canary].flatMap((part) => [part?.labels, part?.annotations]);
  // What an earlier spec asked for goes when the next one does not.
  for (const [key] of maps.flatMap(entriesOf)) asked.add(String(key));
  const selectors = [before, after].flatMap(({ objects }) =>
    [NAME, `${NAME}-primary`].map((name) => at(objects.get(`Deployment/${name}`), ["spec", "selector", "matchLabels"])),
  );
  return {
    // And what a primary was selected by before: a label of ours goes with it.
    keys: [...SELECTOR_LABELS, ...asked, ...selectors.flatMap((map) => entriesOf(map).map(([key]) => String(key)))],
    hasUsualNames: [before, after].every(({ record }) => isNamed(record)),
    targets: [before, after].flatMap(({ record }) =>
      [record?.spec?.target, record?.status.scope?.target].flatMap(
        (target) => target && `${target.kind}/${target.name}`,
      ),
    ),
  };
}

function checkHolds(before: Moment, after: Moment, writes: number): void {
  const { record } = before;
  if (record === undefined) return;
  const { deleting, hasFinalizer } = record.facts;
  law(!deleting || hasFinalizer || writes === 0, "a deletion that waits for nobody is left alone");
  const isHeld = after.record?.status.suspendedSince !== undefined;
  law(!isHeld || writes === 0, "a suspended rollout writes nothing");
}

/** Longer texts are cut, and so are times that a hold of thousands of years has moved past the last that can be written. */
function isKeptWhole(status: Status): boolean {
  const hasShortTexts = (value: unknown): boolean =>
    typeof value === "string" ? value.length <= 4096 : entriesOf(value).every(([, inner]) => hasShortTexts(inner));
  const times = entriesOf(status.phase).map(([, value]) => Number(value));
  return hasShortTexts(status) && !times.some((time) => time > LAST_INSTANT);
}

function checkRoundTrip({ server, now, committed }: Stage, record: CanaryRecord | undefined): void {
  if (record === undefined) return;
  if (committed !== undefined && isKeptWhole(committed)) {
    // What is only put right was not decided anew: times of conditions are made when it is printed.
    const { conditionTimes: times } = record.status;
    law(
      isDeepStrictEqual(record.status, { ...committed, conditionTimes: times }),
      "a status reads as it was decided",
      () => ({
        decided: committed,
        read: record.status,
      }),
    );
  }
  const again: unknown = JSON.parse(
    JSON.stringify(printStatus(record.status, { kind: record.spec?.target.kind ?? "Deployment", now })),
  );
  const stored = server.object?.["status"];
  if (stored !== undefined)
    law(isDeepStrictEqual(again, stored), "a status reads as it was written", () => ({ stored, again }));
}

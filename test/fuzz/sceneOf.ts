import { revisionOf } from "../../src/adapters/kube/workloads/revision.ts";
import type { ClusterObject } from "../../src/control/ports.ts";
import { type Dice, diceOf } from "./dice.ts";
import { happeningsOf } from "./happenings.ts";
import { canarySpec, canaryStatus, ownSpec } from "./kinds.ts";
import { spoiled } from "./mutate.ts";
import { nasty } from "./nasty.ts";
import { routing } from "./routing.ts";
import { NAME, NAMESPACE, NOW, type Scene, type Stored, UID } from "./scene.ts";
import { metadataOf, workloads } from "./workloads.ts";

/** The scene of one seed: a Canary in some state of some world, with parts of both spoiled. */
export function sceneOf(seed: number): Scene {
  const dice = diceOf(seed);
  const sound = [...workloads(dice), ...routing(dice), ...templates(dice)];
  const target = sound.find(({ kind, object }) => kind === "Deployment" && object.metadata.name === NAME);
  const revisions = [
    ...(target === undefined ? [] : [revisionOf(target.object), revisionOf(target.object)]),
    "v1-old",
    "5d4f7b8c9",
  ];
  const amount = dice.of([0, 0, 1, 2, 5]);
  const objects = sound.map((stored) =>
    amount > 0 && dice.percent(30) ? spoiledObject(stored, amount, dice) : stored,
  );
  return JSON.parse(
    JSON.stringify({
      canary: canaryOf(revisions, amount, dice),
      objects,
      happenings: happeningsOf(objects, (stored) => spoiledObject(stored, 1, dice), dice),
      answers: dice.percent(40) ? ["good"] : dice.times(3, () => dice.of(["good", "good", "bad", "nothing", "broken"])),
      alertProvider: { spec: spoiled(ownSpec("AlertProvider", dice), dice, dice.of([0, 1, 3])) },
    }),
  ) as Scene;
}

function canaryOf(revisions: readonly string[], amount: number, dice: Dice): ClusterObject {
  const isDeleted = dice.percent(15);
  const metadata = {
    name: NAME,
    namespace: NAMESPACE,
    uid: UID,
    resourceVersion: "1",
    generation: dice.whole(1, 3),
    creationTimestamp: new Date(NOW - dice.of([0, 1, 3600]) * 1000).toISOString(),
    ...(isDeleted ? { deletionTimestamp: new Date(NOW).toISOString() } : {}),
    ...(dice.percent(isDeleted ? 80 : 30) ? { finalizers: ["finalizer.flagger.app"] } : {}),
  };
  const spec = canarySpec(dice);
  const status = dice.percent(10) ? nasty(dice) : canaryStatus(revisions, dice);
  return {
    apiVersion: "flagger.app/v1beta1",
    kind: "Canary",
    metadata,
    spec: dice.percent(60) ? spec : spoiled(spec, dice, amount),
    ...(dice.percent(90) ? { status: dice.percent(60) ? status : spoiled(status, dice, amount) } : {}),
  };
}

/** Metadata stays: the API server sees to its shape. */
function spoiledObject({ kind, object }: Stored, amount: number, dice: Dice): Stored {
  const { metadata, apiVersion, kind: _, ...content } = object;
  const rest = spoiled(content, dice, amount);
  const fields = typeof rest === "object" && rest !== null && !Array.isArray(rest) ? rest : { spec: rest };
  return { kind, object: { ...(apiVersion === undefined ? {} : { apiVersion }), kind, ...fields, metadata } };
}

/** The MetricTemplates that generated metrics can name, by any name that the generator knows. */
function templates(dice: Dice): readonly Stored[] {
  return ["podinfo", "a", "30s"].flatMap((name) => {
    if (dice.percent(40)) return [];
    const spec = ownSpec("MetricTemplate", dice);
    return [{ kind: "MetricTemplate", object: { metadata: metadataOf(name, dice), spec } } as const];
  });
}

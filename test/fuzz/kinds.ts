import { publicPhase } from "../../src/domain/conditions.ts";
import type { Phase } from "../../src/domain/phase.ts";
import { definitions } from "../../src/resources/crds.ts";
import { parseCanary } from "../../src/resources/parseCanary.ts";
import { stages } from "../../src/resources/statusSchema.ts";
import type { WireObject } from "../../src/resources/wire.ts";
import { childSchema, type Schema } from "../../src/simulator/api/schema/schema.ts";
import type { Dice } from "./dice.ts";
import { drawn } from "./fromSchema.ts";
import { at, type Path, without } from "./mutate.ts";
import { NAME } from "./scene.ts";

/** The three kinds, generated from their own definitions. */

export type OwnKind = "Canary" | "MetricTemplate" | "AlertProvider";

/** The schema of each of our kinds, as `serin crds` prints it. */
export const SCHEMAS: Readonly<Record<OwnKind, Schema>> = {
  Canary: schemaOf("canary"),
  MetricTemplate: schemaOf("metrictemplate"),
  AlertProvider: schemaOf("alertprovider"),
};

function schemaOf(name: string): Schema {
  const found = definitions().find(({ fileName }) => fileName === `${name}.yaml`);
  const schema = at(found?.crd, ["spec", "versions", 0, "schema", "openAPIV3Schema"]);
  return JSON.parse(JSON.stringify(schema)) as Schema;
}

const partOf = (kind: OwnKind, part: "spec" | "status"): Schema => childSchema(SCHEMAS[kind], part) ?? {};

export const ownSpec = (kind: OwnKind, dice: Dice): WireObject =>
  drawn(partOf(kind, "spec"), dice, { percent: dice.of([10, 30, 60]) }) as WireObject;

/** A spec of a Canary that mostly can be carried out: aimed at what is there, and without what is refused. */
export function canarySpec(dice: Dice): WireObject {
  const spec = aimed(ownSpec("Canary", dice), dice);
  return dice.percent(75) ? repaired(spec) : spec;
}

function aimed(spec: WireObject, dice: Dice): WireObject {
  const analysis = at(spec, ["analysis"]) as WireObject;
  const weights = at(analysis, ["stepWeights"]);
  const sorted = Array.isArray(weights) ? [...new Set(weights as number[])].sort((a, b) => a - b) : undefined;
  const service = at(spec, ["service"]) as WireObject | undefined;
  const usually = <Value>(usual: Value, otherwise: Value): Value => (dice.percent(85) ? usual : otherwise);
  return {
    ...spec,
    targetRef: usually<unknown>({ apiVersion: "apps/v1", kind: "Deployment", name: NAME }, spec["targetRef"]),
    ...(sorted === undefined ? {} : { analysis: { ...analysis, stepWeights: usually<unknown>(sorted, weights) } }),
    ...(service === undefined ? {} : { service: { ...service, name: usually<unknown>("", service["name"]) } }),
  };
}

/** The spec without the fields that are refused: as somebody leaves it who does what the refusals say. */
function repaired(spec: WireObject): WireObject {
  let result: WireObject = spec;
  for (let round = 0; round < 6; round += 1) {
    const refused = parseCanary({ spec: result }).refusals.filter(({ severity }) => severity === "blocking");
    if (refused.length === 0) break;
    for (const { path } of refused) {
      const place = placeOf(result, path.replace(/^spec\.?/, ""));
      if (place.length > 0) result = without(result, place) as WireObject;
    }
    const { targetRef, service, analysis = {} } = result;
    const usual = { apiVersion: "apps/v1", kind: "Deployment", name: NAME };
    result = { ...result, targetRef: targetRef ?? usual, service: { port: 80, ...(service as WireObject) }, analysis };
  }
  return result;
}

/** The deepest place that a field path leads to, whatever dots are in the keys on the way. */
function placeOf(value: unknown, path: string): Path {
  if (path === "" || typeof value !== "object" || value === null) return [];
  for (const [key, inner] of Object.entries(value)) {
    const head = Array.isArray(value) ? `[${key}]` : key;
    if (!path.startsWith(head)) continue;
    const rest = path.slice(head.length);
    if (rest !== "" && !/^[.[]/.test(rest)) continue;
    return [Array.isArray(value) ? Number(key) : key, ...placeOf(inner, rest.replace(/^\./, ""))];
  }
  return [];
}

/** A status from anybody's hand; mostly one whose words agree, so that it is believed. */
export function canaryStatus(revisions: readonly string[], dice: Dice): unknown {
  const status = drawn(partOf("Canary", "status"), dice, { percent: dice.of([20, 50, 90]) }) as WireObject;
  if (dice.percent(15)) return status;
  const stage = dice.any(stages) ?? "New";
  const phase = publicPhase({ name: stage, outcome: dice.of(["Initialized", "Succeeded"]) } as Phase);
  const known = {
    ...(dice.percent(70) ? { lastAppliedSpec: dice.any(revisions) } : {}),
    ...(dice.percent(70) ? { lastPromotedSpec: dice.any(revisions) } : {}),
    canaryWeight: dice.percent(60) ? dice.of([0, 10, 50, 99, 100]) : dice.whole(0, 100),
  };
  const scope = { runTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: NAME }, runService: NAME };
  return { ...status, ...known, stage, phase, ...(dice.percent(80) ? scope : {}) };
}

import { isDeepStrictEqual } from "node:util";
import type { Refusal } from "../../src/domain/spec.ts";
import { instant } from "../../src/domain/time.ts";
import { parseAlertProvider } from "../../src/resources/parseAlertProvider.ts";
import { parseCanary } from "../../src/resources/parseCanary.ts";
import { parseMetricTemplate } from "../../src/resources/parseMetricTemplate.ts";
import { parseStatus } from "../../src/resources/parseStatus.ts";
import { printStatus } from "../../src/resources/printStatus.ts";
import type { WireObject } from "../../src/resources/wire.ts";
import { CustomValidation } from "../../src/simulator/api/custom/problems.ts";
import { fillDefaults, prune } from "../../src/simulator/api/schema/structural.ts";
import { law } from "./broken.ts";
import { type OwnKind, SCHEMAS } from "./kinds.ts";
import { NOW, type Scene } from "./scene.ts";

const validation = new CustomValidation();

/** Longer than any sentence about one field has to be. */
const LONGEST_REFUSAL = 20_000;

/** What parsing promises of any JSON: it never throws, says where things are wrong, and agrees with the definition. */
export function checkParsing({ canary, objects, alertProvider }: Scene): void {
  const { spec, refusals, status } = parseCanary(canary);
  checkRefusals("Canary", canary, refusals);
  law(spec !== undefined || refusals.length > 0, "a spec that is not understood is refused");
  if (spec !== undefined) {
    const { stepWeights } = spec.analysis.strategy;
    const ascends = stepWeights.every((weight, at) => weight > (stepWeights[at - 1] ?? 0) && weight <= 100);
    law(stepWeights.length > 0 && ascends, "steps ascend within 1 to 100", () => stepWeights);
  }
  checkStatus(parseStatus(canary["status"]));
  checkStatus(status);
  for (const { kind, object } of objects) {
    if (kind === "MetricTemplate") checkRefusals(kind, object, parseMetricTemplate(object).refusals);
  }
  checkRefusals("AlertProvider", alertProvider, parseAlertProvider(alertProvider).refusals);
}

function checkStatus(status: ReturnType<typeof parseStatus>): void {
  const context = { kind: "Deployment", now: instant(NOW) };
  const wire: unknown = JSON.parse(JSON.stringify(printStatus(status, context)));
  const again: unknown = JSON.parse(JSON.stringify(printStatus(parseStatus(wire), context)));
  law(isDeepStrictEqual(again, wire), "a status that was printed reads as it was", () => ({ wire, again }));
}

function checkRefusals(kind: OwnKind, object: unknown, refusals: readonly Refusal[]): void {
  for (const { path, message } of refusals) {
    law(/^spec\b/.test(path), "a refusal has the path of a field", () => path);
    law(message.trim() !== "" && message.length < LONGEST_REFUSAL, "a refusal is a sentence", () => message);
    law(!/\bundefined\b|\[object/.test(message), "a refusal forgets no value", () => message);
  }
  checkAgreement(kind, object, refusals);
}

/** What the API server takes by our definition is understood, and what it refuses is refused. */
function checkAgreement(kind: OwnKind, object: unknown, refusals: readonly Refusal[]): void {
  const schema = SCHEMAS[kind];
  const { status: _, ...given } = object as WireObject;
  const stored = prune(given, schema, []);
  fillDefaults(stored, schema);
  const [problem] = validation.problems(stored, undefined, schema, "");
  if (problem !== undefined) law(refusals.length > 0, "what the API server refuses is refused", () => problem);
  else {
    const doubts = refusals.filter(
      ({ path, reason, message }) => path !== "spec" && reason === "InvalidSpec" && !BEYOND_SCHEMA.test(message),
    );
    law(doubts.length === 0, "what the API server takes is understood", () => doubts);
  }
}

/** What no schema can say: lengths of time in words, addresses, and what one field means to another object. */
const BEYOND_SCHEMA =
  /longer than 292 years|must be at (most|least) -?9007199254740991|no builtin metric|http:\/\/ or https|is missing: write the address|is missing: write the port|is empty: write the name|cannot be read: remove it|old name of spec\.analysis/;

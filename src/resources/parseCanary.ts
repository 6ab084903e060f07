import type * as z from "zod";
import type { AnalysisSpec, CanarySpec, Refusal } from "../domain/spec.ts";
import type { Status } from "../domain/status.ts";
import { seconds } from "../domain/time.ts";
import { specFields, type WireCanarySpec } from "./canarySchema.ts";
import { refusalsOf } from "./issues.ts";
import { parseAnalysis } from "./parseAnalysis.ts";
import { parseService } from "./parseService.ts";
import { parseStatus } from "./parseStatus.ts";
import { unreadableIn } from "./unreadable.ts";
import { unsupportedIn } from "./unsupported.ts";
import { isHttpAddress, isWireObject, NO_ADDRESS, objectOr, textOr, type WireObject, withoutNulls } from "./wire.ts";

/** What Kubernetes itself gives a Deployment to make progress. */
const DEFAULT_PROGRESS_DEADLINE = seconds(600);

/** A Canary as the domain knows it. */
export interface ParsedCanary {
  /**
   * Undefined only when the target or the service cannot be understood. A part that is wrong is replaced by its
   * default and refused with severity `blocking`, so that a rollout under way can still be held and taken back.
   */
  readonly spec: CanarySpec | undefined;
  /** What is wrong or not supported, with the path of the field. */
  readonly refusals: readonly Refusal[];
  readonly status: Status;
}

/** Parse any JSON as a Canary. Never throws: what is wrong becomes a refusal. */
export function parseCanary(object: unknown): ParsedCanary {
  const canary = objectOr(object);
  const namespace = textOr(objectOr(canary["metadata"])["namespace"]) ?? "default";
  const status = ofThisLife(parseStatus(canary["status"]), objectOr(canary["metadata"]));
  return { ...specIn(canary["spec"], namespace), status };
}

type SpecPart = Pick<ParsedCanary, "spec" | "refusals">;

function specIn(given: unknown, namespace: string): SpecPart {
  const wire = withoutNulls(given);
  if (!isWireObject(wire)) {
    return { spec: undefined, refusals: [invalid("spec", "is missing: write targetRef, service and analysis")] };
  }
  return parseSpec(wire, namespace);
}

/**
 * A deletion cannot be taken back, so an object that is not being deleted never was: a status that says so was written by a
 * hand, or came with a copy of an earlier object. Acting on it would give away what serves, with no way out.
 */
function ofThisLife(status: Status, { deletionTimestamp }: WireObject): Status {
  const { name } = status.phase;
  if (deletionTimestamp !== undefined || (name !== "Terminating" && name !== "GivingBack")) return status;
  const { phase, canaryWeight } = parseStatus({ lastPromotedSpec: status.lastPromotedRevision });
  return { ...status, phase, canaryWeight };
}

function parseSpec(wire: WireObject, namespace: string): SpecPart {
  // The API server takes no empty provider, but Flagger would: it means the controller's default.
  const { fields, refusals } = readFields(wire["provider"] === "" ? { ...wire, provider: undefined } : wire);
  const analysis = parseAnalysis(fields.analysis ?? {}, namespace);
  const wrong = [...refusals, ...unaskableServer(fields.metricsServer, analysis.spec), ...analysis.refusals];
  const all = [
    ...unsupportedIn(wire),
    ...missingService(wire),
    ...namelessTarget(fields),
    ...wrong,
    ...unreadableIn(wire, "spec"),
  ];
  return { spec: specOf(fields, textOr(wire["provider"]), analysis.spec), refusals: oncePerPath(all) };
}

function specOf(fields: Fields, provider: string | undefined, analysis: AnalysisSpec): CanarySpec | undefined {
  const { targetRef, service, progressDeadlineSeconds } = fields;
  if (targetRef === undefined || targetRef.name === "" || service === undefined) return undefined;
  return {
    provider,
    metricsServer: textOr(fields.metricsServer),
    target: targetRef,
    service: parseService(service, targetRef.name),
    analysis,
    progressDeadline:
      progressDeadlineSeconds === undefined ? DEFAULT_PROGRESS_DEADLINE : seconds(progressDeadlineSeconds),
    skipAnalysis: fields.skipAnalysis ?? false,
    revertOnDeletion: fields.revertOnDeletion ?? false,
    suspend: fields.suspend ?? false,
  };
}

type Fields = Partial<WireCanarySpec>;

/** Each field of the spec by itself: one that is wrong must not hide the others. */
function readFields(wire: WireObject): { readonly fields: Fields; readonly refusals: readonly Refusal[] } {
  const read = Object.entries(specFields).map(([name, schema]) => ({ name, ...readField(schema, wire[name]) }));
  return {
    fields: Object.fromEntries(read.map(({ name, value }) => [name, value])) as Fields,
    refusals: read.flatMap(({ name, error }) => (error === undefined ? [] : refusalsOf(error, `spec.${name}`))),
  };
}

/** What is wrong in a group of fields is left out, and the rest of the group is still read. */
function readField(
  schema: z.ZodType,
  value: unknown,
): { readonly value: unknown; readonly error: z.ZodError | undefined } {
  const { data, error } = schema.safeParse(value, { reportInput: true });
  if (error === undefined || !isWireObject(value)) return { value: data, error };
  const wrong = new Set(error.issues.map(({ path }) => path[0]));
  const rest = Object.fromEntries(Object.entries(value).filter(([name]) => !wrong.has(name)));
  return { value: schema.safeParse(rest).data, error };
}

/** Flagger's schema does not ask for a service, but without one there is nothing to route to. */
function missingService(wire: WireObject): readonly Refusal[] {
  return wire["service"] === undefined
    ? [invalid("spec.service.port", "is missing: write the port of the Services")]
    : [];
}

/** To the schema an empty text is a name, as in Flagger's. No object has it. */
function namelessTarget({ targetRef }: Fields): readonly Refusal[] {
  return targetRef?.name === "" ? [invalid("spec.targetRef.name", "is empty: write the name of the workload")] : [];
}

/** Only where a metric would be asked there: to Flagger an address that nobody uses is as good as any. */
function unaskableServer(address: string | undefined, { metrics }: AnalysisSpec): readonly Refusal[] {
  const server = textOr(address);
  const isUsed = metrics.some(({ source }) => source.kind !== "template");
  if (server === undefined || isHttpAddress(server) || !isUsed) return [];
  return [invalid("spec.metricsServer", NO_ADDRESS)];
}

/** What is not supported comes first: it says more than that it is also misspelt. */
function oncePerPath(refusals: readonly Refusal[]): readonly Refusal[] {
  return refusals.filter(({ path }, at) => refusals.findIndex((other) => other.path === path) === at);
}

function invalid(path: string, message: string): Refusal {
  return { path, message, reason: "InvalidSpec", severity: "blocking" };
}

import type { WireObject } from "../../resources/wire.ts";

/** One thing that is wrong with one field, as `details.causes` has it. */
export interface Cause {
  readonly reason: string;
  readonly message: string;
  readonly field?: string;
}

export interface Details {
  readonly name?: string;
  readonly group?: string;
  readonly kind?: string;
  readonly uid?: string;
  readonly causes?: readonly Cause[];
  readonly retryAfterSeconds?: number;
}

/** What the server refuses, as the Status that it answers with. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly code: number;
  readonly reason: string;
  readonly details: Details | undefined;

  constructor(code: number, reason: string, message: string, details?: Details) {
    super(message);
    this.code = code;
    this.reason = reason;
    this.details = details;
  }

  get body(): WireObject {
    const { code, reason, message, details } = this;
    return {
      kind: "Status",
      apiVersion: "v1",
      metadata: {},
      status: "Failure",
      message,
      ...(reason === "" ? {} : { reason }),
      ...(details === undefined ? {} : { details }),
      code,
    };
  }
}

/** What a message about an object needs to know of its kind. */
export interface Named {
  readonly group: string;
  readonly plural: string;
  readonly kind: string;
}

/** The kind as messages spell it, for example `deployments.apps`. */
export const qualified = ({ group, plural }: Named): string => (group === "" ? plural : `${plural}.${group}`);

const about = ({ group, plural }: Named, name: string): Details => ({
  ...(name === "" ? {} : { name }),
  ...(group === "" ? {} : { group }),
  kind: plural,
});

export const notFound = (of: Named, name: string): ApiError =>
  new ApiError(404, "NotFound", `${qualified(of)} "${name}" not found`, about(of, name));

export const noSuchResource = (): ApiError =>
  new ApiError(404, "NotFound", "the server could not find the requested resource", {});

export const alreadyExists = (of: Named, name: string): ApiError =>
  new ApiError(409, "AlreadyExists", `${qualified(of)} "${name}" already exists`, about(of, name));

export const conflict = (of: Named, name: string, why: string): ApiError =>
  new ApiError(409, "Conflict", `Operation cannot be fulfilled on ${qualified(of)} "${name}": ${why}`, about(of, name));

export const STALE = "the object has been modified; please apply your changes to the latest version and try again";

export const badRequest = (message: string): ApiError => new ApiError(400, "BadRequest", message);

export const forbidden = (of: Named, name: string, why: string, causes: readonly Cause[] = []): ApiError =>
  new ApiError(403, "Forbidden", `${qualified(of)} "${name}" is forbidden: ${why}`, {
    ...about(of, name),
    ...(causes.length === 0 ? {} : { causes }),
  });

export const methodNotAllowed = (): ApiError =>
  new ApiError(405, "MethodNotAllowed", "the server does not allow this method on the requested resource", {});

export const unsupportedMedia = (accepted: readonly string[]): ApiError =>
  new ApiError(
    415,
    "UnsupportedMediaType",
    `the body of the request was in an unknown format - accepted media types include: ${accepted.join(", ")}`,
  );

export const unknownMedia = (): ApiError =>
  new ApiError(415, "UnsupportedMediaType", "415: Unsupported Media Type", {});

export const expired = (message: string): ApiError => new ApiError(410, "Expired", message);

/** 422: the whole list of what is wrong, in one sentence and as causes. */
export function invalid(of: Named, name: string, problems: readonly Cause[]): ApiError {
  // The same trouble found twice is said once, and counted twice.
  const told = problems.map(({ field, message }) => (field === undefined ? message : `${field}: ${message}`));
  const sentences = [...new Set(told)];
  const said = sentences.length === 1 ? sentences[0] : `[${sentences.join(", ")}]`;
  const kind = of.group === "" ? of.kind : `${of.kind}.${of.group}`;
  return new ApiError(422, "Invalid", `${kind} "${name}" is invalid: ${said}`, {
    ...(name === "" ? {} : { name }),
    ...(of.group === "" ? {} : { group: of.group }),
    ...(of.kind === "" ? {} : { kind: of.kind }),
    causes: problems,
  });
}

export const required = (field: string, why = ""): Cause => ({
  reason: "FieldValueRequired",
  message: why === "" ? "Required value" : `Required value: ${why}`,
  field,
});

export const invalidValue = (field: string, value: unknown, why: string): Cause => ({
  reason: "FieldValueInvalid",
  message: `Invalid value: ${printValue(value)}: ${why}`,
  field,
});

export const duplicate = (field: string, value: unknown): Cause => ({
  reason: "FieldValueDuplicate",
  message: `Duplicate value: ${printValue(value)}`,
  field,
});

export const forbiddenField = (field: string, why: string): Cause => ({
  reason: "FieldValueForbidden",
  message: `Forbidden: ${why}`,
  field,
});

export const notSupported = (field: string, value: unknown, supported: readonly unknown[]): Cause => ({
  reason: "FieldValueNotSupported",
  message: `Unsupported value: ${printValue(value)}: supported values: ${supported.map(printValue).join(", ")}`,
  field,
});

export const tooLong = (field: string, most: number): Cause => ({
  reason: "FieldValueTooLong",
  message: `Too long: may not be more than ${most} bytes`,
  field,
});

/** A value as Go's validation prints it. */
function printValue(value: unknown): string {
  return value === undefined || value === null ? "null" : JSON.stringify(value);
}

/** Where a value is so large that the message does without it. */
export const invalidUnsaid = (field: string, why: string): Cause => ({
  reason: "FieldValueInvalid",
  message: `Invalid value: ${why}`,
  field,
});

/** What the server calls an error of its own, although the request is to blame. */
export const internal = (message: string): ApiError => new ApiError(500, "", message);

/** What is wrong with the query of a list or a watch. */
export const invalidListOptions = (problem: Cause): ApiError =>
  invalid({ group: "meta.k8s.io", kind: "ListOptions", plural: "" }, "", [problem]);

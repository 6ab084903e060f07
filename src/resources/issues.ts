import type * as z from "zod";
import type { Refusal } from "../domain/spec.ts";

type Issue = z.core.$ZodIssue;

/** What zod found wrong, as refusals with the path of the field, written as people write it: `spec.analysis.metrics[2].name`. */
export function refusalsOf(error: z.ZodError, root: string): readonly Refusal[] {
  return error.issues.map((issue) => ({
    path: fieldPath(root, issue.path),
    message: sentence(issue),
    reason: "InvalidSpec",
    severity: "blocking",
  }));
}

/** The path of a field below `root`. */
export function fieldPath(root: string, path: readonly PropertyKey[]): string {
  return path.reduce<string>(
    (before, part) => before + (typeof part === "number" ? `[${part}]` : `.${String(part)}`),
    root,
  );
}

function sentence(issue: Issue): string {
  switch (issue.code) {
    case "invalid_type":
      return `${shown(issue)}: write ${nameOf(issue.expected)}`;
    case "too_small":
      return issue.origin === "array" ? "must not be empty" : `must be at least ${issue.minimum}`;
    case "too_big":
      return issue.origin === "array" ? `must have at most ${issue.maximum} items` : `must be at most ${issue.maximum}`;
    case "invalid_value":
      return `must be one of ${issue.values.map((value) => JSON.stringify(value)).join(", ")}`;
    case "invalid_union":
      return "is of the wrong type: write a number or a text";
    default:
      return issue.message;
  }
}

function shown(issue: Extract<Issue, { code: "invalid_type" }>): string {
  if (issue.input === undefined) return "is missing";
  return issue.expected === "int" ? "has a fraction" : "is of the wrong type";
}

function nameOf(expected: string): string {
  const names: Readonly<Record<string, string>> = {
    int: "a whole number",
    number: "a number",
    string: "a text",
    boolean: "true or false",
    array: "a list",
    object: "fields below it",
    record: "names and values below it",
  };
  return names[expected] ?? expected;
}

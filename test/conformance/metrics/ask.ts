/** Questions to a server, and answers in a form that can be compared and kept. */
import { NOW } from "./dataset.ts";

/** One request to the API; `at` and the ends of a range are milliseconds before `NOW`. */
export interface Question {
  readonly path: "query" | "query_range" | "series" | "labels" | `label/${string}/values`;
  readonly parameters: Readonly<Record<string, string>>;
}

export interface Answer {
  readonly status: number;
  /** The error type, or the data with series sorted: only some functions promise an order. */
  readonly said: unknown;
}

export const instant = (query: string, at = NOW): Question => ({
  path: "query",
  parameters: { query, time: String(at / 1000) },
});

export const range = (query: string, minutes = 10, step = "60"): Question => ({
  path: "query_range",
  parameters: { query, start: String(NOW / 1000 - minutes * 60), end: String(NOW / 1000), step },
});

/** Queries whose order is part of the answer. */
const ORDERED = /^(?:sort|topk|bottomk)/;

export async function ask(url: string, { path, parameters }: Question): Promise<Answer> {
  const response = await fetch(`${url}/api/v1/${path}?${new URLSearchParams(parameters)}`);
  const body = await response.text();
  if (!response.headers.get("content-type")?.startsWith("application/json"))
    return { status: response.status, said: body };
  const { status, data, errorType } = JSON.parse(body) as { status: string; data?: unknown; errorType?: string };
  if (status === "error") return { status: response.status, said: errorType };
  return { status: response.status, said: ORDERED.test(parameters["query"] ?? "") ? data : sorted(data) };
}

interface Result {
  readonly resultType?: string;
  readonly result?: unknown;
}

function sorted(data: unknown): unknown {
  const { resultType, result } = Object(data) as Result;
  const order = (one: unknown, other: unknown) => (keyOf(one) < keyOf(other) ? -1 : 1);
  if (Array.isArray(data)) return data.toSorted(order);
  if (!Array.isArray(result) || (resultType !== "vector" && resultType !== "matrix")) return data;
  return { resultType, result: result.toSorted(order) };
}

function keyOf(element: unknown): string {
  const { metric } = Object(element) as { readonly metric?: object };
  const labels = metric ?? element;
  return typeof labels === "object" && labels !== null
    ? JSON.stringify(Object.entries(labels).sort(([one], [other]) => (one < other ? -1 : 1)))
    : String(labels);
}

const TOLERANCE = 1e-9;

/** Where values cancel out, what is left is rounding. */
const NOTHING = 1e-13;

/** Where two answers differ, in words; undefined when they agree but for rounding. */
export function difference(one: unknown, other: unknown, path = ""): string | undefined {
  if (typeof one === "string" && typeof other === "string" && isClose(one, other)) return undefined;
  if (typeof one !== "object" || typeof other !== "object" || one === null || other === null)
    return one === other ? undefined : `${path}: ${JSON.stringify(one)} is not ${JSON.stringify(other)}`;
  const keys = new Set([...Object.keys(one), ...Object.keys(other)]);
  for (const key of keys) {
    const [left, right] = [Reflect.get(one, key), Reflect.get(other, key)];
    const found = difference(left, right, `${path}.${key}`);
    if (found !== undefined) return found;
  }
  return undefined;
}

function isClose(one: string, other: string): boolean {
  if (one === other) return true;
  // A client reads an exponent in any form; but it is to have the form that Prometheus gives it.
  if (exponentOf(one) !== exponentOf(other)) return false;
  const [left, right] = [Number(one), Number(other)];
  return Math.abs(left - right) <= Math.max(NOTHING, TOLERANCE * Math.max(Math.abs(left), Math.abs(right)));
}

const exponentOf = (text: string): string => /e[+-]\d+$/.exec(text)?.[0] ?? "";

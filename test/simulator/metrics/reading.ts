import assert from "node:assert/strict";
import type { Reply } from "../../../src/simulator/promql/reply.ts";

interface Element {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: number;
}

interface Written {
  readonly resultType?: string;
  readonly result?: readonly { readonly metric: Readonly<Record<string, string>>; readonly value: [number, string] }[];
}

/** The elements of an instant vector, as the data of an answer have them. */
export function vectorIn(data: unknown): readonly Element[] {
  const { resultType, result = [] } = Object(data) as Written;
  assert.equal(resultType, "vector", JSON.stringify(data));
  return result.map(({ metric, value: [, text] }) => ({ metric, value: Number(text) }));
}

export const vectorOf = ({ body }: Reply): readonly Element[] => vectorIn(JSON.parse(body).data);

export const valuesOf = (reply: Reply): readonly number[] => vectorOf(reply).map(({ value }) => value);

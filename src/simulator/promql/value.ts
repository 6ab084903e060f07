import type { Labels } from "./labels.ts";

/** One element of an instant vector. */
export interface Sample {
  readonly labels: Labels;
  readonly value: number;
}

/** What an expression comes to at one moment. Ranges are no values: only functions of ranges read them. */
export type Value =
  | { readonly kind: "scalar"; readonly value: number }
  | { readonly kind: "vector"; readonly samples: readonly Sample[] }
  | { readonly kind: "string"; readonly text: string };

export const scalar = (value: number): Value => ({ kind: "scalar", value });
export const vector = (samples: readonly Sample[]): Value => ({ kind: "vector", samples });

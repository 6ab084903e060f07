import * as z from "zod";

/**
 * What one question to a metrics server came to. Only `value` may be judged; the two others neither promote nor roll
 * back, and each has a budget of its own.
 */
export type Sample =
  | {
      readonly kind: "value";
      /** Always finite. */
      readonly value: number;
      /** What the server warned of, for example that a part of a federated store did not answer. */
      readonly warnings: readonly string[];
    }
  /** An empty answer, or 0/0: what a version without requests looks like. */
  | { readonly kind: "noData"; readonly why: string }
  | {
      readonly kind: "unmeasurable";
      readonly why: string;
      /** When the server asked not to be asked again before so long. */
      readonly retryAfterMillis?: number;
      /** Asking again does not help: a person must change the query, its template or the address. */
      readonly rejected?: true;
    };

export const noData = (why: string): Sample => ({ kind: "noData", why });
export const unmeasurable = (why: string): Sample => ({ kind: "unmeasurable", why });
export const rejected = (why: string): Sample => ({ kind: "unmeasurable", why, rejected: true });

/** A number as Prometheus writes it: in a string, since JSON has no infinities. */
const written = z.string().transform((text, context) => {
  const named: Readonly<Record<string, number>> = {
    "+Inf": Infinity,
    Inf: Infinity,
    "-Inf": -Infinity,
    NaN: Number.NaN,
  };
  if (/^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(text)) return Number(text);
  const value = named[text];
  if (value !== undefined) return value;
  context.addIssue({ code: "custom", message: `not a number: ${JSON.stringify(text.slice(0, 40))}` });
  return z.NEVER;
});
const point = z.tuple([z.number(), written]);
const series = z.object({ value: point.optional(), histogram: z.unknown().optional() });

const result = z.discriminatedUnion("resultType", [
  z.object({ resultType: z.literal("vector"), result: z.array(series) }),
  z.object({ resultType: z.literal("scalar"), result: point }),
  z.object({ resultType: z.literal("matrix"), result: z.array(z.unknown()) }),
  z.object({ resultType: z.literal("string"), result: z.unknown() }),
]);

/** The body of a good answer from `/api/v1/query`. */
export const answerSchema = z.object({
  status: z.literal("success"),
  data: result,
  warnings: z.array(z.string()).optional(),
});

/** The body of a refusal: `errorType` is `bad_data` where the query cannot be read at all. */
export const refusalSchema = z.object({ status: z.literal("error"), errorType: z.string(), error: z.string() });

export type Answer = z.infer<typeof answerSchema>;

/** What an answer means for one metric. */
export function sampleOf({ data, warnings = [] }: Answer): Sample {
  switch (data.resultType) {
    case "scalar":
      return sampleOfNumber(data.result[1], warnings);
    case "vector":
      return sampleOfVector(data.result, warnings);
    case "matrix":
      return rejected(
        "the query answered ranges of values where one value was meant; put a function like rate(...) or avg_over_time(...) around it",
      );
    case "string":
      return rejected("the query answered a text where a number was meant");
  }
}

function sampleOfVector(vector: readonly z.infer<typeof series>[], warnings: readonly string[]): Sample {
  const [first] = vector;
  if (first === undefined) return noData(`the query answered no series${because(warnings)}`);
  if (vector.length > 1)
    return unmeasurable(
      `the query answered ${vector.length} series where one was meant; add sum(...) or a narrower selector`,
    );
  if (first.value !== undefined) return sampleOfNumber(first.value[1], warnings);
  return rejected(
    "the query answered a native histogram where a number was meant; add histogram_quantile(...) or histogram_count(...)",
  );
}

function sampleOfNumber(value: number, warnings: readonly string[]): Sample {
  if (Number.isNaN(value))
    return noData(`the query answered NaN, as 0/0 does when there are no requests${because(warnings)}`);
  if (Number.isFinite(value)) return { kind: "value", value, warnings };
  return unmeasurable(
    `the query answered ${value > 0 ? "+Inf" : "-Inf"}, as a division by zero does${because(warnings)}`,
  );
}

const because = (warnings: readonly string[]): string =>
  warnings.length > 0 ? ` (the server warned: ${warnings.join("; ")})` : "";

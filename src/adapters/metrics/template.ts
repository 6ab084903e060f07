import { evaluate } from "./template/evaluate.ts";
import { PREDEFINED, type TemplateFunction } from "./template/functions.ts";
import { parse } from "./template/parser.ts";
import { map, string, type Value } from "./template/value.ts";

/**
 * What a query may ask about the rollout, by Flagger's names: `name` is the canary's, `target` the workload's, and
 * `service`, `ingress` and `route` fall back to the target's name where the canary names none.
 */
export interface QueryFacts {
  readonly name: string;
  readonly namespace: string;
  readonly target: string;
  readonly service: string;
  readonly ingress: string;
  readonly route: string;
  /** As it is to stand between the brackets of a range selector, for example `30s`. */
  readonly interval: string;
  readonly variables: Readonly<Record<string, string>>;
}

/** A query's template that has been read and can be rendered again and again. */
export interface Template {
  /** The query for these facts. Throws `TemplateError`. */
  render(facts: QueryFacts): string;
}

const FACTS = ["name", "namespace", "target", "service", "ingress", "route", "interval", "variables"] as const;
const NAMES: ReadonlySet<string> = new Set([...PREDEFINED.keys(), ...FACTS]);

/**
 * Read a template in the language of Go's text/template with `missingkey=error`, so that a mistake can be told before
 * a rollout starts. Throws `TemplateError`. Refused, although Go knows them: define, template, block, call, complex
 * numbers, printf's `#` flag, and texts that are not UTF-8.
 */
export function parseTemplate(text: string): Template {
  const wellFormed = text.toWellFormed();
  const nodes = parse(wellFormed, NAMES);
  return { render: (facts) => evaluate(wellFormed, nodes, functionsOf(facts)) };
}

/** Render a query's template once. Throws `TemplateError`. */
export const renderQuery = (text: string, facts: QueryFacts): string => parseTemplate(text).render(facts);

function functionsOf(facts: QueryFacts): ReadonlyMap<string, TemplateFunction> {
  const functions = new Map(PREDEFINED);
  for (const name of FACTS) {
    const value: Value = name === "variables" ? map(facts.variables) : string(facts[name]);
    functions.set(name, { least: 0, most: 0, call: () => value });
  }
  return functions;
}

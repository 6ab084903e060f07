import { compileRegex, wordsOf } from "./regex.ts";

export type MatchOperator = "=" | "!=" | "=~" | "!~";

/** One condition on one label. A label that is absent has the empty value. */
export interface Matcher {
  readonly name: string;
  readonly operator: MatchOperator;
  readonly value: string;
  matches(value: string): boolean;
  /** The only values that match, where they are few, known and not empty: what an index can look up. */
  readonly words?: readonly string[];
}

/** How many answers of a regular expression are remembered. Labels of a playground have far fewer values. */
const MOST_REMEMBERED = 10_000;

/** Throws `RegexError` when the value is no regular expression that Prometheus would take. */
export function matcherOf(name: string, operator: MatchOperator, value: string): Matcher {
  const base = { name, operator, value };
  switch (operator) {
    case "=":
      return { ...base, matches: (other) => other === value, ...(value === "" ? {} : { words: [value] }) };
    case "!=":
      return { ...base, matches: (other) => other !== value };
    case "=~": {
      const words = wordsOf(value);
      const matches = remembered(value);
      return words === undefined ? { ...base, matches } : { ...base, matches, words };
    }
    case "!~": {
      const matches = remembered(value);
      return { ...base, matches: (other) => !matches(other) };
    }
  }
}

function remembered(pattern: string): (value: string) => boolean {
  const regex = compileRegex(pattern);
  const answers = new Map<string, boolean>();
  return (value) => {
    const known = answers.get(value);
    if (known !== undefined) return known;
    const answer = regex.test(value);
    if (answers.size < MOST_REMEMBERED) answers.set(value, answer);
    return answer;
  };
}

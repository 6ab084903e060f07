import type { SyntaxNode } from "@lezer/common";
import { parseError, unsupported } from "./errors.ts";
import type { Selector } from "./expression.ts";
import { METRIC_NAME } from "./labels.ts";
import { stringOf } from "./literals.ts";
import { type Matcher, type MatchOperator, matcherOf } from "./matcher.ts";
import { RegexError } from "./regex.ts";
import { childrenOf, type Source } from "./tree.ts";

/** Reads `name{label="value"}`. */
export function selectorOf(source: Source, node: SyntaxNode): Selector {
  const { text } = source;
  const identifier = node.getChild("Identifier");
  const name = identifier === null ? undefined : text.slice(identifier.from, identifier.to);
  const braces = node.getChild("LabelMatchers");
  const written = braces === null ? [] : childrenOf(braces).map((child) => readMatcher(source, child));
  const renamed = written.find((matcher) => matcher.name === METRIC_NAME);
  if (name !== undefined && renamed !== undefined) {
    const names = `${JSON.stringify(name)} or ${JSON.stringify(renamed.value)}`;
    throw parseError(text, node.from, `metric name must not be set twice: ${names}`);
  }
  if (name === undefined && written.every((matcher) => matcher.matches("")))
    throw parseError(text, node.from, "vector selector must contain at least one non-empty matcher");
  const matchers = name === undefined ? written : [matcherOf(METRIC_NAME, "=", name), ...written];
  return { kind: "selector", position: node.from, matchers, offset: 0 };
}

function readMatcher(source: Source, node: SyntaxNode): Matcher {
  const { text } = source;
  const [name, operator, value] = childrenOf(node);
  if (node.name !== "UnquotedLabelMatcher" || name === undefined || operator === undefined || value === undefined)
    throw unsupported(text, node.from, "names in quotes");
  const word = (part: SyntaxNode) => text.slice(part.from, part.to);
  try {
    return matcherOf(word(name), operatorOf(word(operator)), stringOf(text, value.from, value.to));
  } catch (error) {
    if (error instanceof RegexError) throw parseError(text, node.from, error.message);
    throw error;
  }
}

const OPERATORS: Readonly<Record<string, MatchOperator>> = { "=": "=", "!=": "!=", "=~": "=~", "!~": "!~" };

function operatorOf(word: string): MatchOperator {
  const operator = OPERATORS[word];
  if (operator === undefined) throw new RegexError(`unexpected ${word} in label matching`);
  return operator;
}

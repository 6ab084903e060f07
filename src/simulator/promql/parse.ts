import type { SyntaxNode } from "@lezer/common";
import { parser } from "@prometheus-io/lezer-promql";
import { check } from "./check.ts";
import { parseError, unsupported } from "./errors.ts";
import type { Expression, ExpressionType } from "./expression.ts";
import { numberOf, stringOf } from "./literals.ts";
import { matchingOf } from "./matchingClause.ts";
import { assemble, type Item } from "./operands.ts";
import { selectorOf } from "./selectors.ts";
import { isAggregation, isForeign, parameterOf, signatureOf } from "./signatures.ts";
import { momentSuffix, offsetSuffix, rangeSuffix, subquerySuffix } from "./suffixes.ts";
import { childrenOf, type Source } from "./tree.ts";

/** A query that makes sense by itself; whether it has an answer the data decide. */
export interface Query {
  readonly text: string;
  readonly expression: Expression;
  readonly type: ExpressionType;
}

/** Throws a `QueryError` of type `bad_data`, in Prometheus's words where it has some, for what is no query. */
export function parseQuery(text: string): Query {
  const { topNode } = parser.parse(text);
  const source: Source = { text };
  refuseErrors(source, topNode);
  const [root] = childrenOf(topNode);
  if (root === undefined) throw parseError(text, 0, "no expression found in input");
  const expression = expressionOf(source, root);
  return { text, expression, type: check(text, expression) };
}

/** The grammar package mends what it cannot read, for editors; here the first mended place is the error. */
function refuseErrors({ text }: Source, top: SyntaxNode): void {
  if (text.replaceAll(/#[^\n]*/g, "").trim() === "") throw parseError(text, 0, "no expression found in input");
  let broken: number | undefined;
  top.cursor().iterate(({ type, from }) => {
    if (type.isError) broken = Math.min(broken ?? from, from);
  });
  if (broken === undefined) return;
  const call = /([a-zA-Z_:][\w:]*)\s*\($/.exec(text.slice(0, broken + 1));
  const called = call?.[1];
  const named = call?.index ?? broken;
  if (called !== undefined && isForeign(called)) throw unsupported(text, named, `the function ${called}`);
  if (called !== undefined && signatureOf(called) === undefined && !isAggregation(called.toLowerCase()))
    throw parseError(text, named, `unknown function with name ${JSON.stringify(called)}`);
  const rest = text.slice(broken).trim();
  throw parseError(text, broken, rest === "" ? "unexpected end of input" : `unexpected ${JSON.stringify(rest)}`);
}

function expressionOf(source: Source, node: SyntaxNode): Expression {
  return assemble(rowOf(source, node));
}

/** The row of operands and operators under a node, from left to right; see operands.ts for why. */
function rowOf(source: Source, node: SyntaxNode): readonly Item[] {
  const [first, ...others] = childrenOf(node);
  switch (node.name) {
    case "BinaryExpr":
      return first === undefined ? [] : [...rowOf(source, first), ...operatorAndRight(source, others)];
    case "UnaryExpr":
      return [signOf(source, node.from), ...others.flatMap((child) => rowOf(source, child))];
    case "OffsetExpr":
      return suffixed(source, first, offsetSuffix(source, node, others));
    case "MatrixSelector":
      return suffixed(source, first, rangeSuffix(source, node, others));
    case "SubqueryExpr":
      return suffixed(source, first, subquerySuffix(source, node, others));
    case "StepInvariantExpr":
      return suffixed(source, first, momentSuffix(source, node, others));
    case "NumberDurationLiteral":
      return numberRow(source, node);
    default:
      return [{ kind: "operand", expression: operandOf(source, node) }];
  }
}

function suffixed(source: Source, node: SyntaxNode | undefined, suffix: Item): readonly Item[] {
  return node === undefined ? [suffix] : [...rowOf(source, node), suffix];
}

function operatorAndRight(source: Source, [operator, ...rest]: readonly SyntaxNode[]): readonly Item[] {
  const right = rest.at(-1);
  if (operator === undefined || right === undefined) return [];
  const word = source.text.slice(operator.from, operator.to).toLowerCase();
  const fill = rest.find(({ name }) => name === "FillModifier");
  if (fill !== undefined) throw unsupported(source.text, fill.from, "fill modifiers");
  if (word === "</" || word === ">/") throw unsupported(source.text, operator.from, `the operator ${word}`);
  const clause = rest.find(({ name }) => name === "MatchingModifierClause");
  const answers = rest.some(({ name }) => name === "BoolModifier") ? "bool" : "values";
  const matching = clause === undefined ? undefined : matchingOf(source, clause);
  return [{ kind: "operator", operator: word, answers, matching, position: operator.from }, ...rowOf(source, right)];
}

const signOf = (source: Source, position: number): Item => ({
  kind: "sign",
  sign: source.text[position] === "-" ? "-" : "+",
  position,
});

function numberRow(source: Source, node: SyntaxNode): readonly Item[] {
  const text = source.text.slice(node.from, node.to);
  const signs: readonly Item[] = /^[+-]/.test(text) ? [signOf(source, node.from)] : [];
  const bare = text.replace(/^[+-]\s*/, "");
  const value = numberOf(bare);
  if (value === undefined)
    throw parseError(source.text, node.from, `unexpected duration ${JSON.stringify(bare)}: a number is meant here`);
  return [...signs, { kind: "operand", expression: { kind: "number", position: node.from, value } }];
}

function operandOf(source: Source, node: SyntaxNode): Expression {
  const { text } = source;
  const position = node.from;
  switch (node.name) {
    case "ParenExpr": {
      const [inner] = childrenOf(node);
      if (inner === undefined) throw parseError(text, position, "no expression found in input");
      return { kind: "paren", position, of: expressionOf(source, inner) };
    }
    case "StringLiteral":
      return { kind: "string", position, text: stringOf(text, node.from, node.to) };
    case "VectorSelector":
      return selectorOf(source, node);
    case "FunctionCall":
      return callOf(source, node);
    case "AggregateExpr":
      return aggregationOf(source, node);
    default:
      throw unsupported(text, position, node.name.replace(/Expr$/, "").toLowerCase());
  }
}

function argumentsOf(source: Source, node: SyntaxNode): readonly Expression[] {
  const body = node.getChild("FunctionCallBody");
  return body === null ? [] : childrenOf(body).map((child) => expressionOf(source, child));
}

function callOf(source: Source, node: SyntaxNode): Expression {
  const identifier = node.getChild("FunctionIdentifier");
  const name = source.text.slice(identifier?.from, identifier?.to);
  if (isForeign(name)) throw unsupported(source.text, node.from, `the function ${name}`);
  return { kind: "call", position: node.from, name, args: argumentsOf(source, node) };
}

function aggregationOf(source: Source, node: SyntaxNode): Expression {
  const word = node.getChild("AggregateOp");
  const operator = source.text.slice(word?.from, word?.to).toLowerCase();
  if (!isAggregation(operator)) throw unsupported(source.text, node.from, `the aggregation ${operator}`);
  const modifier = node.getChild("AggregateModifier");
  const args = argumentsOf(source, node);
  const wanted = parameterOf(operator) === undefined ? 1 : 2;
  const of = args[wanted - 1];
  if (args.length === 0) throw parseError(source.text, node.from, "no arguments for aggregate expression provided");
  if (of === undefined || args.length > wanted) {
    const counts = `expected ${wanted}, got ${args.length}`;
    throw parseError(source.text, node.from, `wrong number of arguments for aggregate expression provided, ${counts}`);
  }
  return {
    kind: "aggregation",
    position: node.from,
    operator,
    of,
    parameter: wanted === 2 ? args[0] : undefined,
    grouping: modifier === null ? [] : matchingOf(source, modifier).labels,
    groups: modifier?.getChild("Without") ? "without" : "by",
  };
}

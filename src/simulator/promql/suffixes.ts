import type { SyntaxNode } from "@lezer/common";
import { parseError, unsupported } from "./errors.ts";
import type { AtModifier, Expression } from "./expression.ts";
import { durationOf, numberOf } from "./literals.ts";
import type { Item } from "./operands.ts";
import type { Source } from "./tree.ts";

const PRECEDES = "must be preceded by an instant vector selector or range vector selector or a subquery";

/** `offset 5m`, behind what it moves. */
export function offsetSuffix(source: Source, node: SyntaxNode, rest: readonly SyntaxNode[]): Item {
  const length = rest.at(-1);
  const written = source.text.slice(length?.from, length?.to);
  const sign = written.startsWith("-") ? -1 : 1;
  if (written.startsWith("+")) throw parseError(source.text, length?.from ?? 0, 'unexpected "+" in offset');
  const offset = sign * readDuration(source, length ?? node, written.replace(/^-\s*/, ""));
  const wrong = (message: string) => parseError(source.text, node.from, message);
  const apply = (expression: Expression): Expression => {
    switch (expression.kind) {
      case "range":
        if (expression.selector.offset !== 0) throw wrong("offset may not be set multiple times");
        return { ...expression, selector: { ...expression.selector, offset } };
      case "selector":
      case "subquery":
        if (expression.offset !== 0) throw wrong("offset may not be set multiple times");
        return { ...expression, offset };
      default:
        throw wrong(`offset modifier ${PRECEDES}`);
    }
  };
  return { kind: "suffix", apply };
}

/** `@ 1700000000`, `@ start()` and `@ end()`. */
export function momentSuffix(source: Source, node: SyntaxNode, rest: readonly SyntaxNode[]): Item {
  const at = readMoment(source, rest);
  const wrong = (message: string) => parseError(source.text, node.from, message);
  const apply = (expression: Expression): Expression => {
    switch (expression.kind) {
      case "range":
        if (expression.selector.at !== undefined) throw wrong("@ <timestamp> may not be set multiple times");
        return { ...expression, selector: { ...expression.selector, at } };
      case "selector":
      case "subquery":
        if (expression.at !== undefined) throw wrong("@ <timestamp> may not be set multiple times");
        return { ...expression, at };
      default:
        throw wrong(`@ modifier ${PRECEDES}`);
    }
  };
  return { kind: "suffix", apply };
}

/** `[5m]`. */
export function rangeSuffix(source: Source, node: SyntaxNode, rest: readonly SyntaxNode[]): Item {
  const length = rest[0] ?? node;
  const range = durationAt(source, length);
  const wrong = (message: string) => parseError(source.text, source.text.lastIndexOf("[", length.from), message);
  const apply = (expression: Expression): Expression => {
    if (expression.kind !== "selector") throw wrong("ranges only allowed for vector selectors");
    if (expression.offset !== 0) throw wrong("no offset modifiers allowed before range");
    if (expression.at !== undefined) throw wrong("no @ modifiers allowed before range");
    return { kind: "range", position: expression.position, selector: expression, range };
  };
  return { kind: "suffix", apply };
}

/** `[5m:30s]`, or `[5m:]`. */
export function subquerySuffix(source: Source, node: SyntaxNode, [range, step]: readonly SyntaxNode[]): Item {
  const lengths = {
    range: durationAt(source, range ?? node),
    step: step === undefined ? undefined : durationAt(source, step),
  };
  const apply = (of: Expression): Expression => ({
    kind: "subquery",
    position: of.position,
    of,
    ...lengths,
    offset: 0,
  });
  return { kind: "suffix", apply };
}

const durationAt = (source: Source, node: SyntaxNode): number =>
  readDuration(source, node, source.text.slice(node.from, node.to));

function readDuration(source: Source, node: SyntaxNode, written: string): number {
  if (!/^\w+$/.test(written)) throw unsupported(source.text, node.from, "calculations in durations");
  const millis = durationOf(written);
  if (millis === undefined || written === "0") {
    const message =
      numberOf(written) === undefined ? "not a valid duration string" : "missing unit character in duration";
    throw parseError(source.text, node.from, `${message}: ${JSON.stringify(written)}`);
  }
  if (millis === 0) throw parseError(source.text, node.from, "duration must be greater than 0");
  return millis;
}

function readMoment(source: Source, rest: readonly SyntaxNode[]): AtModifier {
  const node = rest.at(-1);
  const written = source.text.slice(node?.from, node?.to);
  if (node?.name === "AtModifierPreprocessors") return /^start/i.test(written) ? "start" : "end";
  const value = numberOf(written.replace(/^[+-]\s*/, ""));
  if (value === undefined || !Number.isFinite(value))
    throw parseError(source.text, node?.from ?? 0, `timestamp out of bounds for @ modifier: ${written}`);
  return Math.round((written.startsWith("-") ? -value : value) * 1000);
}

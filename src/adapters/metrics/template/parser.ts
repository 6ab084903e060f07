import { type Fail, TemplateError } from "./error.ts";
import { type Token, type TokenKind, tokenize } from "./lexer.ts";
import { character, number, unquote, unquoteRaw } from "./literals.ts";
import type { Command, Control, Node, Operand, Pipeline } from "./syntax.ts";
import { bool, string } from "./value.ts";

/** Far beyond what a person writes, and far below what would exhaust the stack. */
const MAX_DEPTH = 200;

type Ending = "end" | "else" | "else if" | "else with";

/** Parse a template. `functions` are the names that may be called. Throws `TemplateError`. */
export function parse(text: string, functions: ReadonlySet<string>): readonly Node[] {
  return new Parser(text, functions).parse();
}

class Parser {
  readonly #text: string;
  readonly #functions: ReadonlySet<string>;
  readonly #tokens: readonly Token[];
  #position = 0;
  #depth = 0;
  #rangeDepth = 0;
  /** Names in scope. Assigning counts as declaring, as in Go, where the mistake shows when the template runs. */
  #variables: string[] = ["$"];

  constructor(text: string, functions: ReadonlySet<string>) {
    this.#text = text;
    this.#functions = functions;
    this.#tokens = tokenize(text);
  }

  parse(): readonly Node[] {
    const nodes: Node[] = [];
    while (this.#peek().kind !== "end of text") {
      const at = this.#peek().offset;
      const found = this.#textOrAction();
      if (typeof found === "string") this.#fail(at)(`unexpected {{${found}}}`);
      else nodes.push(found);
    }
    return nodes;
  }

  #fail(offset: number): Fail {
    return (problem) => {
      throw new TemplateError(this.#text, offset, problem);
    };
  }

  #at(position: number): Token {
    return this.#tokens[position] ?? { kind: "end of text", offset: this.#text.length, text: "" };
  }

  #peek(): Token {
    return this.#at(this.#position);
  }

  #next(): Token {
    return this.#at(this.#position++);
  }

  #skipSpace(): Token {
    while (this.#peek().kind === "space") this.#position++;
    return this.#peek();
  }

  #nextNonSpace(): Token {
    this.#skipSpace();
    return this.#next();
  }

  #unexpected(token: Token, context: string): never {
    const shown = token.kind === "end of text" ? "end of text" : JSON.stringify(token.text);
    throw new TemplateError(this.#text, token.offset, `unexpected ${shown} in ${context}`);
  }

  #expect(kind: TokenKind, context: string): void {
    const token = this.#nextNonSpace();
    if (token.kind !== kind) this.#unexpected(token, context);
  }

  #deeper<Result>(offset: number, parse: () => Result): Result {
    if (++this.#depth > MAX_DEPTH) this.#fail(offset)(`nested deeper than ${MAX_DEPTH} levels`);
    const result = parse();
    this.#depth--;
    return result;
  }

  #textOrAction(): Node | Ending {
    const token = this.#next();
    if (token.kind === "text") return { kind: "text", offset: token.offset, text: token.text };
    if (token.kind !== "open") this.#unexpected(token, "input");
    const first = this.#skipSpace();
    if (first.kind === "keyword") {
      this.#position++;
      return this.#keyword(first);
    }
    return { kind: "action", offset: first.offset, pipeline: this.#pipeline("command", "close") };
  }

  #keyword({ text: word, offset }: Token): Node | Ending {
    switch (word) {
      case "if":
      case "with":
      case "range":
        return { kind: word, ...this.#deeper(offset, () => this.#control(word, offset)) };
      case "break":
      case "continue":
        this.#expect("close", `{{${word}}}`);
        return this.#rangeDepth > 0 ? { kind: word, offset } : this.#fail(offset)(`{{${word}}} outside {{range}}`);
      case "end":
        this.#expect("close", "end");
        return "end";
      case "else":
        return this.#else();
      default:
        return this.#fail(offset)(`{{${word}}} is not supported in a query; write the text in its place`);
    }
  }

  #else(): Ending {
    const next = this.#skipSpace();
    if (next.kind === "keyword" && (next.text === "if" || next.text === "with")) {
      this.#position++;
      return next.text === "if" ? "else if" : "else with";
    }
    this.#expect("close", "else");
    return "else";
  }

  #control(kind: "if" | "with" | "range", offset: number): Control {
    const mark = this.#variables.length;
    const pipeline = this.#pipeline(kind, "close");
    if (kind === "range") this.#rangeDepth++;
    const { nodes: body, ending } = this.#list(offset);
    if (kind === "range") this.#rangeDepth--;
    const otherwise = ending === "end" ? undefined : this.#otherwise(kind, ending, offset);
    this.#variables.length = mark;
    return { offset, pipeline, body, otherwise };
  }

  /** What follows `else`. An `else if` brings no `end` of its own: the one that closes it closes the outer `if` too. */
  #otherwise(kind: "if" | "with" | "range", ending: Ending, offset: number): readonly Node[] {
    if (ending === "else if" || ending === "else with") {
      const inner = ending === "else if" ? "if" : "with";
      const at = this.#at(this.#position - 1).offset;
      if (inner !== kind) this.#fail(at)(`unexpected {{else ${inner}}} in ${kind}`);
      return [{ kind: inner, ...this.#deeper(at, () => this.#control(inner, at)) }];
    }
    const { nodes, ending: last } = this.#list(offset);
    return last === "end"
      ? nodes
      : this.#fail(this.#at(this.#position - 1).offset)(`expected {{end}}; found {{${last}}}`);
  }

  #list(opened: number): { nodes: readonly Node[]; ending: Ending } {
    const nodes: Node[] = [];
    while (this.#peek().kind !== "end of text") {
      const found = this.#textOrAction();
      if (typeof found === "string") return { nodes, ending: found };
      nodes.push(found);
    }
    return this.#fail(opened)("unexpected end of text: {{end}} is missing");
  }

  #pipeline(context: string, close: TokenKind): Pipeline {
    const { offset } = this.#skipSpace();
    const { variables, sets } = this.#declarations(context);
    const commands: Command[] = [];
    for (;;) {
      const token = this.#skipSpace();
      if (token.kind === close) {
        this.#position++;
        break;
      }
      const command = this.#command(context);
      if (commands.length > 0 && isConstant(command.first))
        this.#fail(command.offset)(
          `a value cannot be given to a constant: pipeline stage ${commands.length + 1} is no function`,
        );
      commands.push(command);
    }
    if (commands.length === 0) this.#fail(offset)(`missing value for ${context}`);
    return { offset, variables, sets, commands };
  }

  #declarations(context: string): Pick<Pipeline, "variables" | "sets"> {
    const variables: string[] = [];
    for (;;) {
      const start = this.#position;
      const variable = this.#skipSpace();
      if (variable.kind !== "variable") return { variables, sets: "new variables" };
      this.#position++;
      const next = this.#skipSpace();
      if (next.kind === "declare" || next.kind === "assign") {
        this.#position++;
        this.#declare(variable.text, variables);
        return { variables, sets: next.kind === "declare" ? "new variables" : "existing variables" };
      }
      if (next.text !== ",") {
        this.#position = start;
        return { variables, sets: "new variables" };
      }
      this.#position++;
      this.#declare(variable.text, variables);
      if (context !== "range" || variables.length > 1) this.#fail(next.offset)(`too many declarations in ${context}`);
      const after = this.#skipSpace();
      if (!["variable", "close", "rightParen"].includes(after.kind))
        this.#fail(after.offset)("range can only initialize variables");
    }
  }

  #declare(name: string, variables: string[]): void {
    variables.push(name);
    this.#variables.push(name);
  }

  #command(context: string): Command {
    const { offset } = this.#peek();
    const operands: Operand[] = [];
    for (;;) {
      this.#skipSpace();
      const operand = this.#operand();
      if (operand !== undefined) operands.push(operand);
      const token = this.#peek();
      if (token.kind === "space") {
        this.#position++;
        continue;
      }
      if (token.kind === "pipe" && operands.length > 0) this.#position++;
      else if (token.kind !== "close" && token.kind !== "rightParen")
        this.#unexpected(token, operands.length > 0 ? "operand" : context);
      break;
    }
    const [first, ...rest] = operands;
    return first === undefined ? this.#fail(offset)("empty command") : { offset, first, rest };
  }

  #operand(): Operand | undefined {
    const term = this.#term();
    if (term === undefined || this.#peek().kind !== "field") return term;
    const dot = this.#peek().offset;
    const fields: string[] = [];
    while (this.#peek().kind === "field") fields.push(this.#next().text.slice(1));
    if (isConstant(term)) return this.#fail(dot)("unexpected . after a constant");
    if (term.kind === "field" || term.kind === "variable") return { ...term, fields: [...term.fields, ...fields] };
    return { kind: "chain", offset: dot, base: term, fields };
  }

  #term(): Operand | undefined {
    const { kind, offset, text } = this.#peek();
    const fail = this.#fail(offset);
    this.#position++;
    switch (kind) {
      case "identifier":
        return this.#functions.has(text)
          ? { kind: "function", offset, name: text }
          : fail(`function "${text}" not defined`);
      case "variable":
        return this.#variables.includes(text)
          ? { kind, offset, name: text, fields: [] }
          : fail(`undefined variable "${text}"`);
      case "field":
        return { kind, offset, fields: [text.slice(1)] };
      case "dot":
      case "nil":
        return { kind, offset };
      case "bool":
        return { kind: "constant", offset, value: bool(text === "true") };
      case "string":
        return { kind: "constant", offset, value: string(unquote(text, fail)) };
      case "rawString":
        return { kind: "constant", offset, value: string(unquoteRaw(text)) };
      case "char":
        return { kind: "constant", offset, value: character(text, fail) };
      case "number":
        return { kind: "constant", offset, value: number(text, fail) };
      case "leftParen":
        return this.#deeper(offset, () => ({
          kind: "pipeline",
          offset,
          pipeline: this.#pipeline("parenthesized pipeline", "rightParen"),
        }));
      default:
        this.#position--;
        return undefined;
    }
  }
}

const isConstant = (operand: Operand): boolean =>
  operand.kind === "constant" || operand.kind === "nil" || operand.kind === "dot";

import { Cursor } from "./cursor.ts";
import type { Token, TokenKind } from "./lexer.ts";
import { character, number, unquote, unquoteRaw } from "./literals.ts";
import { type Command, type Control, isConstant, type Node, type Operand, type Pipeline } from "./syntax.ts";
import { bool, string } from "./value.ts";

/** Far beyond what a person writes, and far below what would exhaust the stack. */
const MAX_DEPTH = 200;

type Ending = "end" | "else" | "else if" | "else with";

/** Parse a template. `functions` are the names that may be called. Throws `TemplateError`. */
export function parse(text: string, functions: ReadonlySet<string>): readonly Node[] {
  return new Parser(text, functions).parse();
}

class Parser {
  readonly #tokens: Cursor;
  readonly #functions: ReadonlySet<string>;
  #depth = 0;
  #rangeDepth = 0;
  /** Names in scope. Assigning counts as declaring, as in Go, where the mistake shows when the template runs. */
  #variables: string[] = ["$"];

  constructor(text: string, functions: ReadonlySet<string>) {
    this.#tokens = new Cursor(text);
    this.#functions = functions;
  }

  parse(): readonly Node[] {
    const nodes: Node[] = [];
    while (this.#tokens.peek().kind !== "end of text") {
      const at = this.#tokens.peek().offset;
      const found = this.#textOrAction();
      nodes.push(typeof found === "string" ? this.#tokens.fail(at)(`unexpected {{${found}}}`) : found);
    }
    return nodes;
  }

  #deeper<Result>(offset: number, parse: () => Result): Result {
    if (++this.#depth > MAX_DEPTH) this.#tokens.fail(offset)(`nested deeper than ${MAX_DEPTH} levels`);
    const result = parse();
    this.#depth--;
    return result;
  }

  #textOrAction(): Node | Ending {
    const token = this.#tokens.next();
    if (token.kind === "text") return { kind: "text", offset: token.offset, text: token.text };
    if (token.kind !== "open") this.#tokens.unexpected(token, "input");
    const first = this.#tokens.skipSpace();
    if (first.kind === "keyword") {
      this.#tokens.next();
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
        this.#tokens.expect("close", `{{${word}}}`);
        return this.#rangeDepth > 0
          ? { kind: word, offset }
          : this.#tokens.fail(offset)(`{{${word}}} outside {{range}}`);
      case "end":
        this.#tokens.expect("close", "end");
        return "end";
      case "else":
        return this.#else();
      default:
        return this.#tokens.fail(offset)(`{{${word}}} is not supported in a query; write the text in its place`);
    }
  }

  #else(): Ending {
    const next = this.#tokens.skipSpace();
    if (next.kind === "keyword" && (next.text === "if" || next.text === "with")) {
      this.#tokens.next();
      return next.text === "if" ? "else if" : "else with";
    }
    this.#tokens.expect("close", "else");
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
      const at = this.#tokens.previous().offset;
      if (inner !== kind) this.#tokens.fail(at)(`unexpected {{else ${inner}}} in ${kind}`);
      return [{ kind: inner, ...this.#deeper(at, () => this.#control(inner, at)) }];
    }
    const { nodes, ending: last } = this.#list(offset);
    return last === "end"
      ? nodes
      : this.#tokens.fail(this.#tokens.previous().offset)(`expected {{end}}; found {{${last}}}`);
  }

  #list(opened: number): { nodes: readonly Node[]; ending: Ending } {
    const nodes: Node[] = [];
    while (this.#tokens.peek().kind !== "end of text") {
      const found = this.#textOrAction();
      if (typeof found === "string") return { nodes, ending: found };
      nodes.push(found);
    }
    return this.#tokens.fail(opened)("unexpected end of text: {{end}} is missing");
  }

  #pipeline(context: string, close: TokenKind): Pipeline {
    const { offset } = this.#tokens.skipSpace();
    const { variables, sets } = this.#declarations(context);
    const commands: Command[] = [];
    for (;;) {
      const token = this.#tokens.skipSpace();
      if (token.kind === close) {
        this.#tokens.next();
        break;
      }
      const command = this.#command(context);
      if (commands.length > 0 && isConstant(command.first))
        this.#tokens.fail(command.offset)(
          `a value cannot be given to a constant: pipeline stage ${commands.length + 1} is no function`,
        );
      commands.push(command);
    }
    if (commands.length === 0) this.#tokens.fail(offset)(`missing value for ${context}`);
    return { offset, variables, sets, commands };
  }

  #declarations(context: string): Pick<Pipeline, "variables" | "sets"> {
    const variables: string[] = [];
    for (;;) {
      const start = this.#tokens.position;
      const variable = this.#tokens.skipSpace();
      if (variable.kind !== "variable") return { variables, sets: "new variables" };
      this.#tokens.next();
      const next = this.#tokens.skipSpace();
      if (next.kind === "declare" || next.kind === "assign") {
        this.#tokens.next();
        this.#declare(variable.text, variables);
        return { variables, sets: next.kind === "declare" ? "new variables" : "existing variables" };
      }
      if (next.text !== ",") {
        this.#tokens.position = start;
        return { variables, sets: "new variables" };
      }
      this.#tokens.next();
      this.#declare(variable.text, variables);
      if (context !== "range" || variables.length > 1)
        this.#tokens.fail(next.offset)(`too many declarations in ${context}`);
      const after = this.#tokens.skipSpace();
      if (!["variable", "close", "rightParen"].includes(after.kind))
        this.#tokens.fail(after.offset)("range can only initialize variables");
    }
  }

  #declare(name: string, variables: string[]): void {
    variables.push(name);
    this.#variables.push(name);
  }

  #command(context: string): Command {
    const { offset } = this.#tokens.peek();
    const operands: Operand[] = [];
    for (;;) {
      this.#tokens.skipSpace();
      const operand = this.#operand();
      if (operand !== undefined) operands.push(operand);
      const token = this.#tokens.peek();
      if (token.kind === "space") {
        this.#tokens.next();
        continue;
      }
      if (token.kind === "pipe" && operands.length > 0) this.#tokens.next();
      else if (token.kind !== "close" && token.kind !== "rightParen")
        this.#tokens.unexpected(token, operands.length > 0 ? "operand" : context);
      break;
    }
    const [first, ...rest] = operands;
    return first === undefined ? this.#tokens.fail(offset)("empty command") : { offset, first, rest };
  }

  #operand(): Operand | undefined {
    const term = this.#term();
    if (term === undefined || this.#tokens.peek().kind !== "field") return term;
    const dot = this.#tokens.peek().offset;
    const fields: string[] = [];
    while (this.#tokens.peek().kind === "field") fields.push(this.#tokens.next().text.slice(1));
    if (isConstant(term)) return this.#tokens.fail(dot)("unexpected . after a constant");
    if (term.kind === "field" || term.kind === "variable") return { ...term, fields: [...term.fields, ...fields] };
    return { kind: "chain", offset: dot, base: term, fields };
  }

  #term(): Operand | undefined {
    const { kind, offset, text } = this.#tokens.peek();
    const fail = this.#tokens.fail(offset);
    this.#tokens.next();
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
        this.#tokens.back();
        return undefined;
    }
  }
}

import { type Fail, TemplateError } from "./error.ts";
import type { TemplateFunction } from "./functions.ts";
import { sprint } from "./print.ts";
import type { Command, Control, Node, Operand, Pipeline } from "./syntax.ts";
import { NIL, string, truth, typeName, type Value } from "./value.ts";

/** A query that needs more than this is a mistake, and one template must not hold up every other rollout. */
const MAX_STEPS = 50_000;
const MAX_LENGTH = 1 << 20;

type Flow = "on" | "break" | "continue";

/** Run a parsed template with no data, as Flagger does. Throws `TemplateError`. */
export function evaluate(
  text: string,
  nodes: readonly Node[],
  functions: ReadonlyMap<string, TemplateFunction>,
): string {
  return new Evaluation(text, functions).run(nodes);
}

class Evaluation {
  readonly #text: string;
  readonly #functions: ReadonlyMap<string, TemplateFunction>;
  readonly #output: string[] = [];
  #length = 0;
  #steps = 0;
  /** Innermost last; a control structure cuts it back to where it began. */
  readonly #variables: { readonly name: string; value: Value }[] = [{ name: "$", value: NIL }];

  constructor(text: string, functions: ReadonlyMap<string, TemplateFunction>) {
    this.#text = text;
    this.#functions = functions;
  }

  run(nodes: readonly Node[]): string {
    this.#walk(nodes, NIL);
    return this.#output.join("");
  }

  #fail(offset: number): Fail {
    return (problem) => {
      throw new TemplateError(this.#text, offset, problem);
    };
  }

  #step(offset: number): void {
    if (++this.#steps > MAX_STEPS) this.#fail(offset)(`the template runs for more than ${MAX_STEPS} steps`);
  }

  #write(text: string, offset: number): void {
    this.#length += text.length;
    if (this.#length > MAX_LENGTH) this.#fail(offset)(`the query is longer than ${MAX_LENGTH} characters`);
    this.#output.push(text);
  }

  #walk(nodes: readonly Node[], dot: Value): Flow {
    for (const node of nodes) {
      const flow = this.#visit(node, dot);
      if (flow !== "on") return flow;
    }
    return "on";
  }

  #visit(node: Node, dot: Value): Flow {
    this.#step(node.offset);
    switch (node.kind) {
      case "text":
        this.#write(node.text, node.offset);
        return "on";
      case "action": {
        const value = this.#pipeline(node.pipeline, dot);
        if (node.pipeline.variables.length === 0)
          this.#write(value.kind === "nil" ? "<no value>" : sprint([value]), node.offset);
        return "on";
      }
      case "if":
        return this.#scoped(() =>
          truth(this.#pipeline(node.pipeline, dot))
            ? this.#walk(node.body, dot)
            : this.#walk(node.otherwise ?? [], dot),
        );
      case "with":
        return this.#scoped(() => {
          const value = this.#pipeline(node.pipeline, dot);
          return truth(value) ? this.#walk(node.body, value) : this.#walk(node.otherwise ?? [], dot);
        });
      case "range":
        return this.#scoped(() => this.#range(node, dot));
      case "break":
      case "continue":
        return node.kind;
    }
  }

  #scoped<Result>(run: () => Result): Result {
    const mark = this.#variables.length;
    const result = run();
    this.#variables.length = mark;
    return result;
  }

  #range(node: Control, dot: Value): Flow {
    const value = this.#pipeline(node.pipeline, dot);
    let empty = true;
    for (const [key, element] of this.#elements(value, node)) {
      empty = false;
      this.#step(node.offset);
      this.#setRangeVariables(node.pipeline, key, element);
      const flow = this.#scoped(() => this.#walk(node.body, element));
      if (flow === "break") break;
    }
    return empty ? this.#walk(node.otherwise ?? [], dot) : "on";
  }

  *#elements(value: Value, node: Control): Iterable<readonly [Value, Value]> {
    const fail = this.#fail(node.pipeline.offset);
    switch (value.kind) {
      case "nil":
        return;
      case "int":
        if (node.pipeline.variables.length > 1) fail(`can't use ${value.int} to iterate over more than one variable`);
        for (let index = 0n; index < value.int; index++) yield [NIL, { ...value, int: index }];
        return;
      case "map":
        for (const [key, element] of value.entries) yield [string(key), string(element)];
        return;
      case "bool":
      case "float":
      case "string":
        fail(`range can't iterate over ${sprint([value])}`);
    }
  }

  /** With one variable it takes the element; with two the first takes the key. */
  #setRangeVariables({ variables, sets, offset }: Pipeline, key: Value, element: Value): void {
    const values = variables.length > 1 ? [key, element] : [element];
    variables.forEach((name, index) => {
      const value = values[index] ?? NIL;
      if (sets === "existing variables") this.#assign(name, value, offset);
      else {
        const declared = this.#variables[this.#variables.length - variables.length + index];
        if (declared !== undefined) declared.value = value;
      }
    });
  }

  #find(name: string, offset: number): { value: Value } {
    return (
      this.#variables.findLast((variable) => variable.name === name) ??
      this.#fail(offset)(`undefined variable: ${name}`)
    );
  }

  #assign(name: string, value: Value, offset: number): void {
    this.#find(name, offset).value = value;
  }

  #pipeline(pipeline: Pipeline, dot: Value): Value {
    let value: Value | undefined;
    for (const command of pipeline.commands) {
      this.#step(command.offset);
      value = this.#command(command, dot, value);
    }
    const answer = value ?? NIL;
    if (answer.kind === "string" && answer.text.length > MAX_LENGTH)
      this.#fail(pipeline.offset)(`a text is longer than ${MAX_LENGTH} characters`);
    for (const name of pipeline.variables) {
      if (pipeline.sets === "existing variables") this.#assign(name, answer, pipeline.offset);
      else this.#variables.push({ name, value: answer });
    }
    return answer;
  }

  /** One command; `piped` is what the command before it answered, its last argument. */
  #command({ first, rest }: Command, dot: Value, piped: Value | undefined): Value {
    if (first.kind === "function") return this.#call(first.name, first.offset, rest, dot, piped);
    if (rest.length > 0 || piped !== undefined)
      this.#fail(first.offset)("can't give an argument to what is no function");
    return first.kind === "nil" ? this.#fail(first.offset)("nil is not a command") : this.#operand(first, dot);
  }

  #operand(operand: Operand, dot: Value): Value {
    switch (operand.kind) {
      case "constant":
        return operand.value;
      case "nil":
        return NIL;
      case "dot":
        return dot;
      case "field":
        return this.#fields(dot, operand.fields, operand.offset);
      case "variable":
        return this.#fields(this.#find(operand.name, operand.offset).value, operand.fields, operand.offset);
      case "chain":
        return this.#fields(this.#operand(operand.base, dot), operand.fields, operand.offset);
      case "function":
        return this.#call(operand.name, operand.offset, [], dot, undefined);
      case "pipeline":
        return this.#pipeline(operand.pipeline, dot);
    }
  }

  /** `.a.b`: only maps have fields here. A missing key is an error: half a query is worse than none. */
  #fields(base: Value, fields: readonly string[], offset: number): Value {
    let value = base;
    for (const field of fields) {
      if (value.kind === "nil")
        return this.#fail(offset)(`there is no data, so no "${field}" in it; did you mean variables.${field}?`);
      if (value.kind !== "map") return this.#fail(offset)(`can't evaluate field ${field} in type ${typeName(value)}`);
      const element = value.entries.get(field);
      value = element === undefined ? this.#fail(offset)(`map has no entry for key "${field}"`) : string(element);
    }
    return value;
  }

  #call(name: string, offset: number, operands: readonly Operand[], dot: Value, piped: Value | undefined): Value {
    const fail = this.#fail(offset);
    const called = this.#functions.get(name) ?? fail(`function "${name}" not defined`);
    const count = operands.length + (piped === undefined ? 0 : 1);
    if (count < called.least || count > called.most)
      fail(`wrong number of arguments for ${name}: ${wanted(called)}, got ${count}`);
    if (called.stopsAt !== undefined) return this.#firstThatDecides(called.stopsAt, operands, dot, piped);
    const values = operands.map((operand) => this.#operand(operand, dot));
    return called.call(piped === undefined ? values : [...values, piped], fail);
  }

  /** `and` and `or` do not evaluate what can no longer matter. */
  #firstThatDecides(stopsAt: boolean, operands: readonly Operand[], dot: Value, piped: Value | undefined): Value {
    let value: Value = NIL;
    for (const operand of operands) {
      value = this.#operand(operand, dot);
      if (truth(value) === stopsAt) return value;
    }
    return piped ?? value;
  }
}

const wanted = ({ least, most }: TemplateFunction): string =>
  most === Number.POSITIVE_INFINITY
    ? `want at least ${least}`
    : `want ${least === most ? least : `${least} to ${most}`}`;

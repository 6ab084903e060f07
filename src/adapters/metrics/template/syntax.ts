import type { Value } from "./value.ts";

/** One word of a command: a constant, a variable, a field, a function or a pipeline in parentheses. */
export type Operand =
  | { readonly kind: "constant"; readonly offset: number; readonly value: Value }
  | { readonly kind: "nil"; readonly offset: number }
  | { readonly kind: "dot"; readonly offset: number }
  | { readonly kind: "field"; readonly offset: number; readonly fields: readonly string[] }
  | { readonly kind: "variable"; readonly offset: number; readonly name: string; readonly fields: readonly string[] }
  | { readonly kind: "function"; readonly offset: number; readonly name: string }
  | { readonly kind: "chain"; readonly offset: number; readonly base: Operand; readonly fields: readonly string[] }
  | { readonly kind: "pipeline"; readonly offset: number; readonly pipeline: Pipeline };

/** Whether the operand is written out, so that it has no fields and takes no argument. */
export const isConstant = (operand: Operand): boolean => ["constant", "nil", "dot"].includes(operand.kind);

export interface Command {
  readonly offset: number;
  readonly first: Operand;
  readonly rest: readonly Operand[];
}

/** `$a, $b := command | command`: each command's answer is the last argument of the next. */
export interface Pipeline {
  readonly offset: number;
  readonly variables: readonly string[];
  readonly sets: "new variables" | "existing variables";
  readonly commands: readonly Command[];
}

export interface Control {
  readonly offset: number;
  readonly pipeline: Pipeline;
  readonly body: readonly Node[];
  readonly otherwise: readonly Node[] | undefined;
}

/** One piece of a parsed template. */
export type Node =
  | { readonly kind: "text"; readonly offset: number; readonly text: string }
  | { readonly kind: "action"; readonly offset: number; readonly pipeline: Pipeline }
  | ({ readonly kind: "if" } & Control)
  | ({ readonly kind: "with" } & Control)
  | ({ readonly kind: "range" } & Control)
  | { readonly kind: "break"; readonly offset: number }
  | { readonly kind: "continue"; readonly offset: number };

/** Messages end up in the status of an object, and a problem may quote what was written. */
const MAX_LENGTH = 300;

/**
 * A template that a person must edit: what is wrong and where. Lines and columns count from 1, columns in characters.
 * Nothing else is ever thrown by parsing or rendering a template.
 */
export class TemplateError extends Error {
  override readonly name = "TemplateError";
  readonly line: number;
  readonly column: number;
  readonly problem: string;

  constructor(text: string, offset: number, problem: string) {
    const before = text.slice(0, offset);
    const line = before.split("\n").length;
    const told = problem.length > MAX_LENGTH ? `${problem.slice(0, MAX_LENGTH)}…` : problem;
    const column = [...before.slice(before.lastIndexOf("\n") + 1)].length + 1;
    super(`template line ${line}, column ${column}: ${told}`);
    this.line = line;
    this.column = column;
    this.problem = told;
  }
}

/** How code that does not know its place in the text says that something is wrong: by calling this, which throws. */
export type Fail = (problem: string) => never;

import { badRequest } from "./errors.ts";

export interface LabelRequirement {
  readonly key: string;
  readonly operator: "exists" | "!" | "in" | "notin" | "=" | "!=" | ">" | "<";
  readonly values: readonly string[];
}

const TOKEN = /\s*(?:(==|!=|=|!|>|<|\(|\)|,)|([^\s=!<>(),]+))/y;
const OPERATORS = "in, notin, =, ==, !=, gt, lt";

/** Reads a label selector as the real server does, down to what it says of one that it cannot read. */
export function parseLabelSelector(selector: string): readonly LabelRequirement[] {
  const tokens = new Tokens(selector);
  const requirements: LabelRequirement[] = [];
  if (tokens.isOver) return requirements;
  for (;;) {
    requirements.push(readRequirement(tokens));
    const next = tokens.take();
    if (next === "") return requirements;
    if (next !== ",") throw refused(`found '${next}', expected: ',' or 'end of string'`);
    if (tokens.isOver) throw refused("found '', expected: identifier after ','");
  }
}

function readRequirement(tokens: Tokens): LabelRequirement {
  const isAbsent = tokens.peek() === "!";
  if (isAbsent) tokens.take();
  const key = tokens.take();
  if (!isWord(key)) throw refused(`unable to parse requirement: found '${key}', expected: !, identifier, or ')'`);
  const next = tokens.peek();
  if (isAbsent) return { key, operator: "!", values: [] };
  if (next === "" || next === ",") return { key, operator: "exists", values: [] };
  tokens.take();
  if (next === "in" || next === "notin") return { key, operator: next, values: readSet(tokens) };
  if (!["=", "==", "!=", ">", "<"].includes(next)) {
    throw refused(`unable to parse requirement: found '${next}', expected: ${OPERATORS}`);
  }
  const operator = next === "==" ? "=" : (next as LabelRequirement["operator"]);
  const isEmpty = tokens.peek() === "" || tokens.peek() === ",";
  const value = isEmpty ? "" : tokens.take();
  if (!isEmpty && !isWord(value)) throw refused(`unable to parse requirement: found '${value}', expected: identifier`);
  return { key, operator, values: [value] };
}

function readSet(tokens: Tokens): readonly string[] {
  const open = tokens.take();
  if (open !== "(") throw refused(`unable to parse requirement: found '${open}', expected: '('`);
  const values: string[] = [];
  for (;;) {
    const value = tokens.take();
    if (value === ")") return values;
    if (isWord(value)) values.push(value);
    else if (value !== ",")
      throw refused(`unable to parse requirement: found '${value}', expected: ',', or identifier`);
  }
}

const isWord = (token: string): boolean => token !== "" && !/^[=!<>(),]/.test(token);

const refused = (why: string): Error => badRequest(why);

/** The selector word by word; empty texts behind the last one. */
class Tokens {
  readonly #tokens: readonly string[];
  #place = 0;

  constructor(text: string) {
    this.#tokens = [...text.matchAll(new RegExp(TOKEN.source, "g"))].map(([, symbol, word]) => symbol ?? word ?? "");
  }

  get isOver(): boolean {
    return this.#place >= this.#tokens.length;
  }

  peek(): string {
    return this.#tokens[this.#place] ?? "";
  }

  take(): string {
    const token = this.peek();
    this.#place += 1;
    return token;
  }
}

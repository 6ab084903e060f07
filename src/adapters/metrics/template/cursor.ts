import { type Fail, TemplateError } from "./error.ts";
import { type Token, type TokenKind, tokenize } from "./lexer.ts";

/** A place in the tokens of a template. Past the last token stands the end of the text, for ever. */
export class Cursor {
  readonly #text: string;
  readonly #tokens: readonly Token[];
  /** May be set back to where it was. */
  position = 0;

  constructor(text: string) {
    this.#text = text;
    this.#tokens = tokenize(text);
  }

  peek(): Token {
    return this.#at(this.position);
  }

  next(): Token {
    return this.#at(this.position++);
  }

  back(): void {
    this.position--;
  }

  previous(): Token {
    return this.#at(this.position - 1);
  }

  /** The next token that is no space, with the cursor before it. Space separates operands, so it is a token. */
  skipSpace(): Token {
    while (this.peek().kind === "space") this.position++;
    return this.peek();
  }

  expect(kind: TokenKind, context: string): void {
    const token = this.skipSpace();
    if (token.kind !== kind) this.unexpected(token, context);
    this.position++;
  }

  unexpected(token: Token, context: string): never {
    const shown = token.kind === "end of text" ? "end of text" : JSON.stringify(token.text);
    throw new TemplateError(this.#text, token.offset, `unexpected ${shown} in ${context}`);
  }

  /** A way to say that something is wrong at this offset. */
  fail(offset: number): Fail {
    return (problem) => {
      throw new TemplateError(this.#text, offset, problem);
    };
  }

  #at(position: number): Token {
    return this.#tokens[position] ?? { kind: "end of text", offset: this.#text.length, text: "" };
  }
}

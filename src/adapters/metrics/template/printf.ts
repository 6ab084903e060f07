import type { Fail } from "./error.ts";
import { type Flags, formatValue, PLAIN } from "./format.ts";
import { typeName, type Value } from "./value.ts";

/** No field of a query is wider, and a format must not exhaust memory. Go's own bound is some millions. */
const MAX_WIDTH = 10_000;
const MAX_LENGTH = 1 << 20;
/** `%#v`, `%p` and hexadecimal floats print what no query needs; a wrong guess at them would be worse than a refusal. */
const REFUSED = "is not supported by printf here";

/** Text by format, as Go's fmt.Sprintf. Mistakes in the format are told in the text, as Go does: `%!d(MISSING)`. */
export function sprintf(format: string, values: readonly Value[], fail: Fail): string {
  return new Printer(format, values, fail).run();
}

class Printer {
  readonly #format: string;
  readonly #values: readonly Value[];
  readonly #fail: Fail;
  #output = "";
  #position = 0;
  #argument = 0;
  #reordered = false;
  #indexIsGood = true;

  constructor(format: string, values: readonly Value[], fail: Fail) {
    this.#format = format;
    this.#values = values;
    this.#fail = fail;
  }

  run(): string {
    for (;;) {
      const percent = this.#format.indexOf("%", this.#position);
      this.#output += this.#format.slice(this.#position, percent < 0 ? undefined : percent);
      if (percent < 0) break;
      this.#position = percent + 1;
      this.#directive();
      if (this.#output.length > MAX_LENGTH) this.#fail(`printf writes more than ${MAX_LENGTH} characters`);
    }
    return this.#output + this.#extra();
  }

  #directive(): void {
    this.#indexIsGood = true;
    const { flags, afterIndex } = this.#precision(this.#width(this.#flags()));
    if (!afterIndex) this.#index();
    const code = this.#format.codePointAt(this.#position);
    if (code === undefined) {
      this.#output += "%!(NOVERB)";
      return;
    }
    const verb = String.fromCodePoint(code);
    this.#position += verb.length;
    this.#output += verb === "%" ? "%" : this.#argumentText(verb, flags);
  }

  #argumentText(verb: string, flags: Flags): string {
    if (!this.#indexIsGood) return `%!${verb}(BADINDEX)`;
    const value = this.#values[this.#argument];
    if (value === undefined) return `%!${verb}(MISSING)`;
    this.#argument++;
    if ((verb === "p" && value.kind === "map") || ("xXb".includes(verb) && value.kind === "float"))
      return this.#fail(`%${verb} of ${typeName(value)} ${REFUSED}`);
    // Under %v a plus asks for the field names of structs, not for signs.
    return formatValue(value, verb, verb === "v" ? { ...flags, plus: false } : flags);
  }

  #flags(): Flags {
    const written = /^[#0+\- ]*/.exec(this.#format.slice(this.#position, this.#position + 64))?.[0] ?? "";
    if (written.includes("#")) this.#fail(`the flag # ${REFUSED}`);
    this.#position += written.length;
    return {
      ...PLAIN,
      minus: written.includes("-"),
      plus: written.includes("+"),
      space: written.includes(" "),
      zero: written.includes("0"),
    };
  }

  #width(flags: Flags): { flags: Flags; afterIndex: boolean } {
    const afterIndex = this.#index();
    if (this.#format[this.#position] === "*") {
      this.#position++;
      const width = this.#integerArgument();
      if (width === undefined) this.#output += "%!(BADWIDTH)";
      if (width !== undefined && width < 0)
        return { flags: { ...flags, width: -width, minus: true, zero: false }, afterIndex: false };
      return { flags: { ...flags, width }, afterIndex: false };
    }
    const width = this.#number();
    if (afterIndex && width !== undefined) this.#indexIsGood = false;
    return { flags: { ...flags, width }, afterIndex };
  }

  #precision({ flags, afterIndex }: { flags: Flags; afterIndex: boolean }): { flags: Flags; afterIndex: boolean } {
    if (this.#format[this.#position] !== ".") return { flags, afterIndex };
    this.#position++;
    if (afterIndex) this.#indexIsGood = false;
    const indexed = this.#index();
    if (this.#format[this.#position] === "*") {
      this.#position++;
      const precision = this.#integerArgument();
      if (precision === undefined || precision < 0) this.#output += "%!(BADPREC)";
      return {
        flags: { ...flags, precision: precision !== undefined && precision >= 0 ? precision : undefined },
        afterIndex: false,
      };
    }
    return { flags: { ...flags, precision: this.#number() ?? 0 }, afterIndex: indexed };
  }

  /** `%[2]d`: the argument to take next, counted from 1. Answers whether one was named. */
  #index(): boolean {
    if (this.#format[this.#position] !== "[") return false;
    this.#reordered = true;
    const close = this.#format.indexOf("]", this.#position);
    const inside = close < 0 ? "" : this.#format.slice(this.#position + 1, close);
    this.#position = close < 0 ? this.#position + 1 : close + 1;
    const index = /^\d{1,7}$/.test(inside) ? Number(inside) - 1 : undefined;
    if (index !== undefined && index >= 0 && index < this.#values.length) this.#argument = index;
    else this.#indexIsGood = false;
    return index !== undefined;
  }

  #integerArgument(): number | undefined {
    const value = this.#values[this.#argument];
    if (value === undefined) return undefined;
    this.#argument++;
    return value.kind === "int" ? this.#bounded(Number(value.int)) : undefined;
  }

  #number(): number | undefined {
    const digits = /^\d*/.exec(this.#format.slice(this.#position, this.#position + 16))?.[0] ?? "";
    if (digits === "") return undefined;
    this.#position += digits.length;
    return this.#bounded(Number(digits));
  }

  #bounded(size: number): number {
    return Math.abs(size) <= MAX_WIDTH ? size : this.#fail(`a width or precision of printf is more than ${MAX_WIDTH}`);
  }

  #extra(): string {
    const extra = this.#reordered ? [] : this.#values.slice(this.#argument);
    const told = extra.map((value) =>
      value.kind === "nil" ? "<nil>" : `${typeName(value)}=${formatValue(value, "v", PLAIN)}`,
    );
    return told.length === 0 ? "" : `%!(EXTRA ${told.join(", ")})`;
  }
}

import { type Json, objectOf, textOf } from "./wire.ts";

/** Istio's StringMatch. `present` is what an empty one and the regex `*` mean. */
export type TextMatch =
  | { readonly kind: "exact"; readonly text: string }
  | { readonly kind: "prefix"; readonly text: string }
  | { readonly kind: "regex"; readonly text: string; readonly pattern: RegExp | undefined }
  | { readonly kind: "present" };

export function parseTextMatch(value: unknown): TextMatch {
  const { exact, prefix, regex } = objectOf(value) as Json;
  const [exactText, prefixText, regexText] = [textOf(exact), textOf(prefix), textOf(regex)];
  if (exactText !== undefined) return { kind: "exact", text: exactText };
  if (prefixText !== undefined) return { kind: "prefix", text: prefixText };
  if (regexText === undefined || regexText === "*") return { kind: "present" };
  return { kind: "regex", text: regexText, pattern: wholePattern(regexText) };
}

/** Whether the value is what the match asks for. */
export function matchesText(match: TextMatch, value: string): boolean {
  switch (match.kind) {
    case "exact":
      return value === match.text;
    case "prefix":
      return value.startsWith(match.text);
    case "regex":
      return match.pattern?.test(value) ?? false;
    case "present":
      return true;
  }
}

/** The same match for a value in lower case. Regular expressions keep their case, as in Envoy. */
export function inLowerCase(match: TextMatch): TextMatch {
  return match.kind === "exact" || match.kind === "prefix" ? { ...match, text: match.text.toLowerCase() } : match;
}

/** A regular expression that has to match all of a text. Undefined where ours cannot read it. */
function wholePattern(text: string): RegExp | undefined {
  return patternOf(text, (source) => `^(?:${source})$`);
}

/** RE2 as JavaScript reads it: named groups and flags at the start are spelt in another way. */
export function patternOf(
  text: string,
  wrap: (source: string) => string = (source) => source,
  more = "",
): RegExp | undefined {
  const [, flags = "", source = ""] = /^(?:\(\?([is]+)\))?(.*)$/s.exec(text) ?? [];
  try {
    return new RegExp(wrap(source.replaceAll("(?P<", "(?<")), flags + more);
  } catch {
    // The rule matches nothing then; whoever builds the table says so.
    return undefined;
  }
}

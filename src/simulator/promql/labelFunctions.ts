import { executionError } from "./errors.ts";
import { isLabelName, METRIC_NAME } from "./labels.ts";
import { compileRegex, RegexError } from "./regex.ts";
import type { Sample } from "./value.ts";

/** `label_replace`: where the whole source matches, the destination becomes the replacement with `$1` filled in. */
export function labelReplace(samples: readonly Sample[], texts: readonly string[]): readonly Sample[] {
  const [destination = "", replacement = "", source = "", pattern = ""] = texts;
  const regex = readPattern(pattern);
  if (!isLabelName(destination))
    throw executionError(`invalid destination label name in label_replace(): ${destination}`);
  return samples.map((sample) => {
    const match = regex.exec(sample.labels.get(source));
    return match === null ? sample : labelled(sample, destination, expand(replacement, match));
  });
}

function readPattern(pattern: string): RegExp {
  try {
    return compileRegex(pattern);
  } catch (cause) {
    if (cause instanceof RegexError) throw executionError(`invalid regular expression in label_replace(): ${pattern}`);
    throw cause;
  }
}

/** As Go expands: `$name` takes all letters that follow, `$$` is a dollar, and what does not exist is empty. */
function expand(replacement: string, match: RegExpExecArray): string {
  return replacement.replace(/\$(?:\$|\{(\w+)\}|(\w+))/g, (whole, braced?: string, bare?: string) => {
    if (whole === "$$") return "$";
    const name = braced ?? bare ?? "";
    return (/^\d+$/.test(name) ? match[Number(name)] : match.groups?.[name]) ?? "";
  });
}

/** `label_join`: the values of the sources, one after the other with the separator between. */
export function labelJoin(samples: readonly Sample[], texts: readonly string[]): readonly Sample[] {
  const [destination = "", separator = "", ...sources] = texts;
  if (!isLabelName(destination)) throw executionError(`invalid destination label name in label_join(): ${destination}`);
  const wrong = sources.find((source) => !isLabelName(source));
  if (wrong !== undefined) throw executionError(`invalid source label name in label_join(): ${wrong}`);
  return samples.map((sample) =>
    labelled(sample, destination, sources.map((source) => sample.labels.get(source)).join(separator)),
  );
}

const labelled = ({ labels, value }: Sample, name: string, text: string): Sample => ({
  labels: text === "" ? labels.filter((own) => own !== name) : labels.with(name, text),
  value,
});

/** The labels that `absent` answers with: those that the selector demands, once each, to the letter. */
export function demandedLabels(
  matchers: readonly { readonly name: string; readonly operator: string; readonly value: string }[],
): readonly (readonly [string, string])[] {
  const found = new Map<string, string>();
  const dropped = new Set<string>();
  for (const { name, operator, value } of matchers) {
    if (name === METRIC_NAME) continue;
    if (operator === "=" && !found.has(name)) found.set(name, value);
    else dropped.add(name);
  }
  return [...found].filter(([name]) => !dropped.has(name));
}

import { formatValue, PLAIN } from "./format.ts";
import type { Value } from "./value.ts";

/** Values as Go's fmt.Sprint joins them: a space between two of which neither is a text. */
export function sprint(values: readonly Value[]): string {
  let text = "";
  values.forEach((value, index) => {
    const before = values[index - 1];
    if (before !== undefined && before.kind !== "string" && value.kind !== "string") text += " ";
    text += formatValue(value, "v", PLAIN);
  });
  return text;
}

/** Values as Go's fmt.Sprintln joins them: always a space, and a newline at the end. */
export const sprintln = (values: readonly Value[]): string =>
  `${values.map((value) => formatValue(value, "v", PLAIN)).join(" ")}\n`;

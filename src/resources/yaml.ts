import { isWireObject } from "./wire.ts";

/** JSON as block-style YAML, for people to read. No anchors, no folding; texts that YAML could misread are quoted. */
export function printYaml(value: unknown): string {
  return `${lines(value).join("\n")}\n`;
}

/** Plain texts that nothing in YAML could take for something else. */
const PLAIN = /^[A-Za-z/.][A-Za-z0-9_./-]*( [A-Za-z0-9_./(][A-Za-z0-9_.,;/()'%-]*)*$/;
const MISREAD = /^(true|false|yes|no|on|off|y|n|null|~|\.inf|\.nan|\.+|---.*)$/i;

function lines(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.length === 0 ? ["[]"] : value.flatMap(item);
  if (isWireObject(value)) {
    const fields = Object.entries(value).filter(([, field]) => field !== undefined);
    return fields.length === 0 ? ["{}"] : fields.flatMap(([name, field]) => entry(scalar(name), field));
  }
  return [scalar(value)];
}

function entry(name: string, value: unknown): readonly string[] {
  const [first = "", ...rest] = lines(value);
  return isBlock(value) ? [`${name}:`, ...indented([first, ...rest])] : [`${name}: ${first}`];
}

/** The first line of an item stands beside its dash. */
function item(value: unknown): readonly string[] {
  const [first = "", ...rest] = lines(value);
  return [`- ${first}`, ...indented(rest)];
}

const indented = (block: readonly string[]): readonly string[] => block.map((line) => `  ${line}`);

function isBlock(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0;
  return isWireObject(value) && Object.values(value).some((field) => field !== undefined);
}

/** JSON's own form of a text is YAML too. */
function scalar(value: unknown): string {
  const isPlain = typeof value === "string" && PLAIN.test(value) && !MISREAD.test(value) && !/^[.]?\d/.test(value);
  return isPlain ? value : (JSON.stringify(value) ?? "null");
}

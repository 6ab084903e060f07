/** The one place that knows the YAML library: texts to JSON values, and where in the text each of them stands. */
import { LineCounter, type ParsedNode, parseAllDocuments, type Tags } from "yaml";

/** A step on the way to a value: a field's name or an item's index. */
export type Step = string | number;

export interface YamlDocument {
  /** JSON; undefined where the document is empty. */
  readonly value: unknown;
  /** The line, from 1, of the value at this path, or of the nearest one around it that is there. */
  lineOf(path: readonly Step[]): number;
}

/** A text that is no YAML. */
export interface YamlFault {
  readonly line: number;
  readonly message: string;
}

/**
 * Reads a stream of documents as kubectl does: YAML 1.1's words for yes and no, and merge keys; but neither dates nor
 * numbers to the base of sixty, which stay texts. JSON is YAML.
 */
export function readYaml(
  text: string,
): { readonly documents: readonly YamlDocument[] } | { readonly fault: YamlFault } {
  const lines = new LineCounter();
  const parsed = parseAllDocuments<ParsedNode>(text, {
    lineCounter: lines,
    version: "1.1",
    merge: true,
    customTags: (tags: Tags) => tags.filter((tag) => typeof tag === "string" || !isOfTime(tag)),
  });
  if (!Array.isArray(parsed)) return { documents: [] };
  const documents: YamlDocument[] = [];
  for (const document of parsed) {
    const [error] = document.errors;
    if (error !== undefined)
      return { fault: { line: lines.linePos(error.pos[0]).line, message: firstLine(error.message) } };
    const lineOf = (path: readonly Step[]): number => {
      for (let length = path.length; length >= 0; length -= 1) {
        const node = length === 0 ? document.contents : document.getIn(path.slice(0, length), true);
        const start = startOf(node);
        if (start !== undefined) return lines.linePos(start).line;
      }
      return 1;
    };
    try {
      documents.push({ value: document.toJS({ maxAliasCount: 100 }) ?? undefined, lineOf });
    } catch (error) {
      return { fault: { line: lineOf([]), message: error instanceof Error ? error.message : String(error) } };
    }
  }
  return { documents };
}

interface Tag {
  readonly tag: string;
  readonly format?: string | undefined;
}

const isOfTime = ({ tag, format }: Tag): boolean => format === "TIME" || tag === "tag:yaml.org,2002:timestamp";

/** The library adds a picture of the place, which the line says already. */
const firstLine = (message: string): string =>
  (message.split("\n")[0] ?? "").replace(/ at line \d+, column \d+:?$/, "");

function startOf(node: unknown): number | undefined {
  if (typeof node !== "object" || node === null || !("range" in node)) return undefined;
  const { range } = node as { readonly range?: readonly number[] | null };
  return range?.[0];
}

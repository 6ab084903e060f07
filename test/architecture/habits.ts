/** What is not done in this code base, whichever the room. */
import { type Finding, findInCode, lineAt, type Source } from "./source.ts";

/** The clock, the dice and the world are inputs in these rooms. */
const STRICT_ROOMS = ["src/domain/", "src/control/", "src/resources/", "src/simulator/"];

const WORLD =
  /(?<![\w.#])(?:Date\.now\b|(?<!new\s+)Date\(|new Date\(\s*\)|Math\.random\b|performance\.|setTimeout\b|setInterval\b|setImmediate\b|queueMicrotask\b|(?:process|console|globalThis)\.|fetch\((?!\w+\??:))/g;

/** Everywhere else in `src`, time and chance still come from `runtime`. */
const CHANCE = /(?<![\w.#])(?:Date\.now\b|new Date\(\s*\)|Math\.random\b|console\.)/g;

/** The virtual clock waits for the event loop to run out of work before it moves. */
const MAY_TAKE_TIME = ["src/runtime/clock.ts", "src/runtime/random.ts", "src/simulator/virtualClock.ts"];
const MAY_PRINT = ["src/cli/", "src/serin.ts"];

export function globals(sources: readonly Source[]): readonly Finding[] {
  return sources
    .filter(({ path }) => path.startsWith("src/") && !MAY_TAKE_TIME.includes(path))
    .flatMap((source) => {
      const isStrict = STRICT_ROOMS.some((room) => source.path.startsWith(room));
      const found = findInCode(
        source,
        isStrict ? WORLD : CHANCE,
        (name) => `${name} is the world's: take it as an argument`,
      );
      const mayPrint = MAY_PRINT.some((path) => source.path.startsWith(path));
      return mayPrint ? found.filter(({ message }) => !message.startsWith("console")) : found;
    });
}

export function moduleShape(sources: readonly Source[]): readonly Finding[] {
  return sources.flatMap((source) => [
    ...findInCode(source, /^[ \t]*export\s+default\b/gm, () => "has a default export"),
    ...(/(^|\/)(index|utils?|helpers?|common|misc)\.ts$/.test(source.path)
      ? [{ path: source.path, line: 1, message: "is named for its shape, not for what it holds" }]
      : []),
    ...source.imports
      .filter(({ kind }) => kind === "re-export" && source.path.startsWith("src/"))
      .map(({ line, specifier }) => ({
        path: source.path,
        line,
        message: `hands on ${specifier}: import it where it is`,
      })),
    ...source.imports
      .filter(({ specifier }) => specifier.startsWith(".") && !/\.(ts|json)$/.test(specifier))
      .map(({ line, specifier }) => ({ path: source.path, line, message: `${specifier} needs its ending, .ts` })),
  ]);
}

export function types(sources: readonly Source[]): readonly Finding[] {
  return sources.flatMap((source) => [
    ...findInCode(source, /(?<=[:<,|&(]\s*|\bas\s+)any\b(?!\s*[(:.])/g, () => "any is not a type here"),
    ...findInCode(source, /(?<=[\w)\]])!(?=[.;,)\]}[\n])/g, () => "! asserts what was not checked"),
    ...findInCode(
      source,
      /^[ \t]*(?:export\s+)?(?:declare\s+)?(?:const\s+)?(?:enum|namespace)\s+\w/gm,
      () => "Node cannot erase this",
    ),
  ]);
}

const MOST_LINES = 250;
const HARD_STOP = 400;
const MOST_LINES_OF_A_TEST = 500;
const LONGEST_FUNCTION = 60;

/** Files of `src` that are over the limit, each with the reason. None may pass the hard stop. */
const LONG_FILES: Readonly<Record<string, string>> = {};

export function sizes(sources: readonly Source[], reasons = LONG_FILES): readonly Finding[] {
  return sources.flatMap((source) => {
    const lines = source.text.trimEnd().split("\n").length;
    const isProduct = source.path.startsWith("src/");
    const productLimit = reasons[source.path] === undefined ? MOST_LINES : HARD_STOP;
    // Tests are lists of scenes, which fit a screen one at a time.
    const limit = isProduct ? productLimit : MOST_LINES_OF_A_TEST;
    const tooLong = { path: source.path, line: lines, message: `has ${lines} lines, more than ${limit}: divide it` };
    return [...(lines > limit ? [tooLong] : []), ...(isProduct ? functions(source) : [])];
  });
}

const METHOD_START = /^\s+(?:(?:static|async|override|get|set|public)\s+)*[#\w]+(?:<[^(]*>)?\(.*[({,]$/;
const STATEMENT = /^\s*(?:if|for|while|switch|catch|super)\b/;

function startsFunction(line: string): boolean {
  if (/\bfunction\b.*[({,]$/.test(line) || /=>\s*\{$/.test(line)) return true;
  return METHOD_START.test(line) && !STATEMENT.test(line);
}

/**
 * Measured by the formatter's layout, which `npm run check` holds to: the head of a function ends with a line that opens
 * a brace, and its body at the first line with the same indent that begins with a brace and opens none.
 */
function functions(source: Source): readonly Finding[] {
  const lines = source.code.split("\n").map((line) => line.trimEnd());
  return lines.flatMap((line, start) => {
    if (!startsFunction(line)) return [];
    const indent = /^\s*/.exec(line)?.[0] ?? "";
    const next = (from: number, marks: string): number =>
      lines.findIndex(
        (other, at) => at > from && other.startsWith(indent) && marks.includes(other[indent.length] ?? " "),
      );
    const head = line.endsWith("{") ? start : next(start, ")}");
    if (lines[head]?.endsWith("{") !== true) return [];
    let end = next(head, "}");
    while (lines[end]?.endsWith("{")) end = next(end, "}");
    const length = end - start + 1;
    if (length <= LONGEST_FUNCTION) return [];
    return [
      { path: source.path, line: start + 1, message: `a function of ${length} lines, more than ${LONGEST_FUNCTION}` },
    ];
  });
}

/** Written in parts, so that this file does not find itself. */
const joined = (...parts: string[]): string => parts.join("");

const WORDS: readonly (readonly [RegExp, string])[] = [
  [/(?<![\w.~$}])\/(?:work|root|home\/\w+|Users\/\w+)\//g, "a path of one machine"],
  [
    new RegExp(joined("registry\\.", "npmjs|", "registry\\.", "yarn|", "artifac", "tory|", "verdac", "cio"), "gi"),
    "the host of a package registry",
  ],
  [
    new RegExp(joined("https?:\\/\\/[\\w.-]*(?:regis", "try|pyp", "i|npm)[\\w.-]*\\.\\w+"), "gi"),
    "the host of a package registry",
  ],
  [
    new RegExp(
      joined("\\bsub-?ag", "ents?\\b|\\bco-?pi", "lot\\b|\\bchat", "gpt\\b|\\bcla", "ude\\b|\\bLL", "Ms?\\b"),
      "gi",
    ),
    "how the work is organised",
  ],
  [
    new RegExp(
      joined("\\bmy br", "ief\\b|\\bthe br", "ief (?:says|asks)|\\bother ses", "sions?\\b|\\banother engi", "neer\\b"),
      "gi",
    ),
    "how the work is organised",
  ],
];

/** Words that belong to one machine or one working day, in any text of the repository. */
export function words(files: readonly Pick<Source, "path" | "text">[]): readonly Finding[] {
  return files.flatMap(({ path, text }) =>
    WORDS.flatMap(([pattern, what]) =>
      [...text.matchAll(pattern)].map((match) => ({
        path,
        line: lineAt(text, match.index),
        message: `${match[0]} names ${what}`,
      })),
    ),
  );
}

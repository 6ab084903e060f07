/** The report for a terminal: eighty columns, in colour only where that is wanted. */

import type { EnsembleTold, Exposure, Line, Report, Share, StoryTold } from "./report.ts";
import { count, duration, number, percent, some } from "./words.ts";

export type Colour = "in colour" | "without colour";

const COLUMNS = 80;

type Style = "strong" | "quiet" | "good" | "bad" | "plain";

const CODES: Readonly<Record<Style, string>> = { strong: "1", quiet: "2", good: "32", bad: "31", plain: "" };

type Paint = (style: Style, text: string) => string;

/** The whole report, with a line end at its end. */
export function printText(report: Report, colour: Colour): string {
  const paint: Paint = (style, text) =>
    colour === "without colour" || style === "plain" ? text : `\u001b[${CODES[style]}m${text}\u001b[0m`;
  const parts = [
    head(report, paint),
    ...report.stories.map((story) => storyLines(story, paint)),
    chances(report, paint),
    causes(report, paint),
    notes("Warnings", report.warnings, paint),
    notes("Assumed", report.assumptions, paint),
  ];
  return `${parts
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join("\n"))
    .join("\n\n")}\n`;
}

function head({ canary, settings }: Report, paint: Paint): readonly string[] {
  const { requestsPerSecond, baseErrorPercent, baseLatencyMillis, scrapeSeconds, weather, seed } = settings;
  const world = `${requestsPerSecond} requests/s; a healthy version fails ${percent(baseErrorPercent)} and answers in ${baseLatencyMillis} ms; scraped every ${scrapeSeconds} s; ${weather} weather; seed ${seed}.`;
  return [paint("strong", `Canary ${plain(canary)}, simulated`), ...wrap(world, "")];
}

function storyLines(story: StoryTold, paint: Paint): readonly string[] {
  const { scenario, about, timeline, mostExposed } = story;
  const tone = story.end === "promoted" ? "good" : "bad";
  const end = `${story.end} after ${duration(story.lastedSeconds * 1000)}`;
  const sentences = [hurtInWords(story), ...(mostExposed === null ? [] : [exposureInWords(mostExposed)])];
  const why = story.end === "promoted" ? end : `${end}: ${plain(story.reason)}`;
  return [
    ...wrap(`${scenario}: ${about}`, "").map((line) => paint("strong", line)),
    "",
    ...timeline.flatMap((line) => timelineLines(line, paint)),
    "",
    ...wrap(why, "  ").map((line) => line.replace(end, paint(tone, end))),
    ...sentences.flatMap((sentence) => wrap(sentence, "  ")),
  ];
}

/** What the rollout cost users. */
export function hurtInWords({ requests: { sent, hurt, hurtPercent, failedByNew, lost } }: StoryTold): string {
  return `${count(hurt)} of ${some(sent, "request")} hurt (${percent(hurtPercent)}): ${count(failedByNew)} failed in the new version, ${count(lost)} lost.`;
}

/** When it was at its worst. */
export function exposureInWords({ fromSeconds, toSeconds, weightPercent, hurtPercent }: Exposure): string {
  const when = `from ${duration(fromSeconds * 1000)} to ${duration(toSeconds * 1000)}`;
  return `Most exposed ${when}, at ${weightPercent} % canary: ${percent(hurtPercent)} of all requests hurt.`;
}

/** Time, weight, and what happens; what is long goes on below. */
function timelineLines(line: Line, paint: Paint): readonly string[] {
  const lead = `  ${`+${duration(line.atSeconds * 1000)}`.padEnd(9)}${`${line.weightPercent} %`.padStart(5)}  `;
  const [first = "", ...rest] = wrap(inWords(line), " ".repeat(lead.length)).map((text) => text.slice(lead.length));
  const style: Style = line.tone === "neutral" ? "plain" : line.tone;
  return [`${lead}${paint(style, first)}`, ...rest.map((text) => `${" ".repeat(lead.length)}${paint(style, text)}`)];
}

/** What the line says, with what the status adds to it. */
export function inWords({ kind, tone, sentence, failedChecks, times, untilSeconds }: Line): string {
  const lead =
    kind === "said"
      ? ""
      : tone === "good"
        ? "passed: "
        : tone === "bad"
          ? `failed check ${failedChecks}: `
          : "no verdict: ";
  const again = times === 1 ? "" : ` (${count(times)} times, until +${duration(untilSeconds * 1000)})`;
  return `${lead}${plain(sentence)}${again}`;
}

/** What to have in mind when one reads the chances. */
export function caveats({ notSimulated, settings: { runs } }: Report): readonly string[] {
  const not = `These say nothing of ${notSimulated.join(" and ")}: what is not simulated is taken to pass.`;
  const few = "So few runs say little: with --runs 40 they say more.";
  return [...(notSimulated.length > 0 ? [not] : []), ...(runs < FEW_RUNS ? [few] : [])];
}

/** Fewer than these leave open whether it is one in five. */
const FEW_RUNS = 16;

function chances(report: Report, paint: Paint): readonly string[] {
  const { healthy, bad, marginal } = report.chances;
  const lines = [
    ...caveats(report),
    `A healthy version is rolled back in ${shareInWords(healthy.rolledBack, healthy.runs)}.`,
    badInWords(bad),
    ...(marginal === null ? [] : [badInWords(marginal)]),
  ];
  return [
    paint("strong", `Chances, from ${some(report.settings.runs, "run")} each (in brackets what that says at 95 %)`),
    "",
    ...lines.flatMap((line) => wrap(line, "  ")),
  ];
}

/** What becomes of a version that should not pass. */
export function badInWords({
  scenario,
  about,
  promoted,
  runs,
  secondsToRollback,
  hurt,
  otherwise,
}: EnsembleTold): string {
  const name = scenario === "marginal" ? "A version a little too bad" : `A bad version (${scenario})`;
  const back =
    secondsToRollback === null
      ? ""
      : ` Its traffic is taken away after ${duration(secondsToRollback.median * 1000)} in the median, ${duration(secondsToRollback.worst * 1000)} at worst.`;
  const others = otherwise === 0 ? "" : ` ${some(otherwise, "run")} ended otherwise.`;
  return `${name}, where ${about}, is promoted in ${shareInWords(promoted, runs)}.${back} It hurts ${number(hurt.median)} ${hurt.median === 1 ? "request" : "requests"} in the median, ${count(hurt.worst)} at worst.${others}`;
}

/** `3 of 20 runs: 15 % (5.2 % to 36 %)`. */
export function shareInWords({ count: hits, percent: value, lowPercent, highPercent }: Share, runs: number): string {
  return `${hits} of ${some(runs, "run")}: ${percent(value)} (${percent(lowPercent)} to ${percent(highPercent)})`;
}

function causes({ causes: found }: Report, paint: Paint): readonly string[] {
  if (found.length === 0) return [];
  const lines = found.flatMap(({ tone, sentence }) => {
    const [first = "", ...rest] = wrap(plain(sentence), "    ");
    const mark = tone === "bad" ? paint("bad", "!") : "-";
    return [`  ${mark} ${first.slice(4)}`, ...rest];
  });
  return [paint("strong", "What in the manifest makes it so"), "", ...lines];
}

function notes(title: string, sentences: readonly string[], paint: Paint): readonly string[] {
  if (sentences.length === 0) return [];
  const lines = sentences.flatMap((sentence) => {
    const [first = "", ...rest] = wrap(plain(sentence), "    ");
    return [`  - ${first.slice(4)}`, ...rest];
  });
  return [paint("strong", title), "", ...lines];
}

/** Broken between words; each line begins with the indent. Words that are too long stand alone, and whole. */
function wrap(text: string, indent: string): readonly string[] {
  const lines: string[] = [];
  let line = "";
  // A figure and its sign stay together.
  for (const word of text.split(/\s+(?!%)/).filter((part) => part !== "")) {
    if (line !== "" && indent.length + line.length + 1 + word.length > COLUMNS) {
      lines.push(indent + line);
      line = "";
    }
    line = line === "" ? word : `${line} ${word}`;
  }
  return line === "" && lines.length > 0 ? lines : [...lines, indent + line];
}

/** What comes from a manifest must not steer a terminal. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not get through.
const plain = (text: string): string => text.replaceAll(/[\u0000-\u001f\u007f-\u009f]/g, " ");

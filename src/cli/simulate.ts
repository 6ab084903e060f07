/** `serin simulate`: a person's own Canary, in a world in memory under virtual time. */
import { writeFile } from "node:fs/promises";
import { availableParallelism } from "node:os";
import type { Complaint } from "../simulation/scenario/admission.ts";
import { settingOf } from "../simulation/scenario/setting.ts";
import { type Held, type Stage, stageOf } from "../simulation/scenario/trial.ts";
import { crewOf, type Script } from "./simulate/crew.ts";
import { printHtml } from "./simulate/html/page.ts";
import { ManifestError, pathAtStart, readManifests, type Source } from "./simulate/manifests.ts";
import type { SimulateOptions } from "./simulate/options.ts";
import { progressOn } from "./simulate/progress.ts";
import { type Refusal, refusalInWords } from "./simulate/refusal.ts";
import { FORMAT, type Report, reportOf } from "./simulate/report.ts";
import { type Study, study } from "./simulate/study.ts";
import { type Colour, printText } from "./simulate/text.ts";

/** Where a command reads and writes. */
export interface Streams {
  readonly stdin: NodeJS.ReadableStream;
  readonly stdout: NodeJS.WritableStream & { readonly isTTY?: boolean };
  readonly stderr: NodeJS.WritableStream & { readonly isTTY?: boolean };
  readonly env: Readonly<{ [name: string]: string | undefined }>;
}

/** Simulates and tells. Answers the exit code: 0, or 1 where the manifests cannot be run, with the reasons. */
export async function simulate(options: SimulateOptions, streams: Streams): Promise<number> {
  const result = await reportFor(options, streams);
  const { output, outFile } = options;
  const isRefused = "refusals" in result;
  if (isRefused && (output !== "json" || outFile !== undefined))
    streams.stderr.write(result.refusals.map((refusal) => `${refusalInWords(refusal)}\n`).join(""));
  const told = printed(result, options, outFile === undefined ? colourOf(streams) : "without colour");
  if (outFile === undefined) streams.stdout.write(told);
  else if (told !== "") {
    try {
      await writeFile(outFile, told);
    } catch (error) {
      streams.stderr.write(`${outFile} cannot be written: ${error instanceof Error ? error.message : String(error)}\n`);
      return 1;
    }
  }
  return isRefused ? 1 : 0;
}

type Result = { readonly report: Report } | { readonly refusals: readonly Refusal[] };

async function reportFor(options: SimulateOptions, { stdin, stderr }: Streams): Promise<Result> {
  try {
    const sources = await readManifests(options.files, stdin);
    return await simulated(sources, options, stderr);
  } catch (error) {
    if (error instanceof ManifestError) return { refusals: [error.refusal] };
    throw error;
  }
}

async function simulated(
  sources: readonly Source[],
  options: SimulateOptions,
  stderr: Streams["stderr"],
): Promise<Result> {
  const chosen = chooseCanary(sources, options.canary);
  const objects = sources.map(({ manifest }) => manifest);
  const setting = settingOf(objects, chosen.manifest);
  const placed = (complaint: Complaint): Refusal => refusalOf(complaint, sources, chosen);
  const staged = await stageOf(setting);
  if ("refused" in staged) return { refusals: staged.refused.map(placed) };
  const result = await studied(staged.stage, { objects, canary: chosen.manifest }, options, stderr);
  if ("end" in result) return { refusals: heldInWords(result, chosen) };
  const dropped = staged.dropped.map((complaint) => refusalInWords(placed(complaint)));
  return { report: reportOf(staged.stage, result, options, dropped) };
}

const MOST_WORKERS = 8;

async function studied(
  stage: Stage,
  script: Script,
  options: SimulateOptions,
  stderr: Streams["stderr"],
): Promise<Study | Held> {
  const workers = options.workers ?? Math.min(MOST_WORKERS, availableParallelism());
  const crew = crewOf(workers, stage, script, options);
  const progress = progressOn(stderr);
  const forget = workers === 1 ? () => {} : beforeInterrupt(() => progress.end());
  try {
    return await study(stage.setting.spec, options, crew.run, progress.tell);
  } finally {
    forget();
    progress.end();
    await crew.end();
  }
}

/** Ctrl-C ends the program as ever, but first what it has half written is taken back. */
function beforeInterrupt(tidy: () => void): () => void {
  const interrupted = (): void => {
    tidy();
    process.kill(process.pid, "SIGINT");
  };
  process.once("SIGINT", interrupted);
  return () => process.off("SIGINT", interrupted);
}

function heldInWords({ problems, reason }: Held, chosen: Source): readonly Refusal[] {
  const held = problems.length > 0 ? problems : [`the controller does not begin: ${reason}`];
  return held.map((sentence) => {
    const path = pathAtStart(sentence);
    return { ...chosen.placeOf(path), path: path ?? null, sentence };
  });
}

/** The one that is meant. Throws `ManifestError` where that is not clear. */
function chooseCanary(sources: readonly Source[], wanted: string | undefined): Source {
  const canaries = sources.filter(({ manifest }) => manifest.kind === "Canary");
  const named = (source: Source): string =>
    `${source.manifest.metadata.namespace ?? "default"}/${source.manifest.metadata.name}`;
  const meant = canaries.filter(
    (source) => wanted === undefined || wanted === named(source) || wanted === source.manifest.metadata.name,
  );
  const [first, second] = meant;
  const names = canaries.map(named).join(", ");
  if (first === undefined && wanted !== undefined && canaries.length > 0)
    throw new ManifestError(`no Canary is called ${wanted}: there are ${names}`);
  if (first === undefined) throw new ManifestError("no Canary is in these files: add the one that is to be simulated");
  if (second !== undefined) throw new ManifestError(`which Canary? Name one with --canary: ${names}`);
  return first;
}

function refusalOf({ object, path, message }: Complaint, sources: readonly Source[], chosen: Source): Refusal {
  const isSame = ({ manifest }: Source): boolean =>
    manifest.kind === object.kind &&
    manifest.metadata.name === object.metadata.name &&
    (manifest.metadata.namespace ?? "default") === (object.metadata.namespace ?? "default");
  const source = sources.find(isSame) ?? chosen;
  const sentence = `${path ?? `${object.kind} ${object.metadata.name}`}: ${message}`;
  return { ...source.placeOf(path), path: path ?? null, sentence };
}

/** Nothing where refusals have no form of their own: they are on stderr. */
function printed(result: Result, { output }: SimulateOptions, colour: Colour): string {
  if (output === "json") {
    const told = "report" in result ? result.report : { format: FORMAT, refusals: result.refusals };
    return `${JSON.stringify(told, undefined, 2)}\n`;
  }
  if ("refusals" in result) return "";
  return output === "html" ? printHtml(result.report) : printText(result.report, colour);
}

function colourOf({ stdout, env }: Streams): Colour {
  const isWanted = stdout.isTTY === true && env["TERM"] !== "dumb" && !env["NO_COLOR"];
  return isWanted ? "in colour" : "without colour";
}

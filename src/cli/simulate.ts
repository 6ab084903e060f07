/** `serin simulate`: a person's own Canary, in a world in memory under virtual time. */
import { writeFile } from "node:fs/promises";
import type { Complaint } from "../simulation/scenario/admission.ts";
import { settingOf } from "../simulation/scenario/setting.ts";
import { stageOf } from "../simulation/scenario/trial.ts";
import { printHtml } from "./simulate/html/page.ts";
import { ManifestError, pathAtStart, readManifests, type Source } from "./simulate/manifests.ts";
import type { SimulateOptions } from "./simulate/options.ts";
import { progressOn } from "./simulate/progress.ts";
import { type Report, reportOf } from "./simulate/report.ts";
import { study } from "./simulate/study.ts";
import { type Colour, printText } from "./simulate/text.ts";

/** Where a command reads and writes. */
export interface Streams {
  readonly stdin: NodeJS.ReadableStream;
  readonly stdout: NodeJS.WritableStream & { readonly isTTY?: boolean };
  readonly stderr: NodeJS.WritableStream & { readonly isTTY?: boolean };
  readonly env: Readonly<{ [name: string]: string | undefined }>;
}

/** Simulates and tells. Answers the exit code: 0, or 1 where the manifests cannot be run, with the reasons on stderr. */
export async function simulate(options: SimulateOptions, streams: Streams): Promise<number> {
  const result = await reportFor(options, streams);
  if ("refusals" in result) {
    streams.stderr.write(result.refusals.map((line) => `${line}\n`).join(""));
    return 1;
  }
  const { outFile } = options;
  if (outFile === undefined) {
    streams.stdout.write(printed(result.report, options, colourOf(streams)));
    return 0;
  }
  try {
    await writeFile(outFile, printed(result.report, options, "without colour"));
  } catch (error) {
    streams.stderr.write(`${outFile} cannot be written: ${error instanceof Error ? error.message : String(error)}\n`);
    return 1;
  }
  return 0;
}

type Result = { readonly report: Report } | { readonly refusals: readonly string[] };

async function reportFor(options: SimulateOptions, { stdin, stderr }: Streams): Promise<Result> {
  try {
    const sources = await readManifests(options.files, stdin);
    return await simulated(sources, options, stderr);
  } catch (error) {
    if (error instanceof ManifestError) return { refusals: [error.message] };
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
  const placed = (complaint: Complaint): string => complaintLine(complaint, sources, chosen);
  const staged = await stageOf(setting);
  if ("refused" in staged) return { refusals: staged.refused.map(placed) };
  const progress = progressOn(stderr);
  const result = await study(staged.stage, options, progress.tell);
  progress.end();
  if ("end" in result) {
    const held = result.problems.length > 0 ? result.problems : [`the controller does not begin: ${result.reason}`];
    return { refusals: held.map((message) => `${chosen.placeOf(pathAtStart(message))}: ${message}`) };
  }
  return { report: reportOf(staged.stage, result, options, staged.dropped.map(placed)) };
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

function complaintLine({ object, path, message }: Complaint, sources: readonly Source[], chosen: Source): string {
  const isSame = ({ manifest }: Source): boolean =>
    manifest.kind === object.kind &&
    manifest.metadata.name === object.metadata.name &&
    (manifest.metadata.namespace ?? "default") === (object.metadata.namespace ?? "default");
  const source = sources.find(isSame) ?? chosen;
  const what = `${object.kind} ${object.metadata.name}`;
  return `${source.placeOf(path)}: ${path === undefined ? `${what}: ${message}` : `${path}: ${message}`}`;
}

function printed(report: Report, { output }: SimulateOptions, colour: Colour): string {
  switch (output) {
    case "text":
      return printText(report, colour);
    case "json":
      return `${JSON.stringify(report, undefined, 2)}\n`;
    case "html":
      return printHtml(report);
  }
}

function colourOf({ stdout, env }: Streams): Colour {
  const isWanted = stdout.isTTY === true && env["TERM"] !== "dumb" && !env["NO_COLOR"];
  return isWanted ? "in colour" : "without colour";
}

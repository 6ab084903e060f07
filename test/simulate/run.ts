/** `serin simulate` inside of a test, with its streams in the hand. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough, Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { readSimulateOptions } from "../../src/cli/simulate/options.ts";
import type { Report } from "../../src/cli/simulate/report.ts";
import { simulate } from "../../src/cli/simulate.ts";

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Run with these words, in this thread unless told otherwise; `manifest` is on standard input, and `-f -` is added. Throws where the words are wrong. */
export async function run(manifest: string, ...words: readonly string[]): Promise<Ran> {
  const alone = words.includes("--workers") ? [] : ["--workers", "1"];
  const options = readSimulateOptions(["-f", "-", ...alone, ...words]);
  if ("wrong" in options) throw new Error(options.wrong);
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const code = await simulate(options, { stdin: Readable.from([manifest]), stdout, stderr, env: {} });
  stdout.end();
  stderr.end();
  return { code, stdout: await text(stdout), stderr: await text(stderr) };
}

/** The report, where there has to be one. */
export async function reportOn(manifest: string, ...words: readonly string[]): Promise<Report> {
  const { code, stdout, stderr } = await run(manifest, "--output", "json", ...words);
  if (code !== 0) throw new Error(stderr);
  return JSON.parse(stdout) as Report;
}

/** A folder for one test. */
export async function withFolder<Result>(
  files: Readonly<Record<string, string>>,
  use: (folder: string) => Promise<Result>,
): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), "serin-simulate-"));
  try {
    for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content);
    return await use(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** A Canary in YAML; each change replaces a line of it, by how the line begins. */
export function canaryYaml(changes: Readonly<Record<string, string>> = {}): string {
  return CANARY.split("\n")
    .map((line) => {
      const begin = Object.keys(changes).find((start) => line.trimStart().startsWith(start));
      if (begin === undefined) return line;
      const indent = line.slice(0, line.length - line.trimStart().length);
      return (changes[begin] ?? "")
        .split("\n")
        .map((part) => indent + part)
        .join("\n");
    })
    .join("\n");
}

const CANARY = `apiVersion: flagger.app/v1beta1
kind: Canary
metadata:
  name: podinfo
  namespace: shop
spec:
  targetRef: { apiVersion: apps/v1, kind: Deployment, name: podinfo }
  progressDeadlineSeconds: 60
  service:
    port: 9898
  analysis:
    interval: 30s
    threshold: 2
    stepWeights: [10, 50, 100]
    metrics:
      - name: request-success-rate
        thresholdRange: { min: 99 }
`;

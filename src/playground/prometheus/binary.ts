import { type ChildProcess, spawnSync } from "node:child_process";
import { once } from "node:events";
import { rename, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { temporaryFolder } from "../temporaryFolder.ts";
import { spawnTied } from "../tiedChild.ts";
import type { ScrapingServer } from "./embedded.ts";
import type { ScrapeTarget } from "./scraper.ts";

export interface BinaryOptions {
  readonly intervalMillis: number;
  readonly targets?: readonly ScrapeTarget[];
  readonly port?: number;
  /** More flags of `prometheus`. */
  readonly flags?: readonly string[];
}

const COMMAND = "prometheus";
const LOOPBACK = "127.0.0.1";
const READY_TRIES = 150;
const READY_PAUSE_MILLIS = 100;
const STOP_MILLIS = 5000;

/** Labels of a page go before those of the target in one job of the configuration, and after them in the other. */
const JOBS = [
  { name: "honoring", honors: true },
  { name: "renaming", honors: false },
] as const;

/** Why the real server cannot be used here; undefined when it can. */
export function whyNoPrometheusBinary(): string | undefined {
  const { error, status } = spawnSync(COMMAND, ["--version"], { stdio: "ignore" });
  if (error !== undefined) return `there is no ${COMMAND} on PATH`;
  return status === 0 ? undefined : `\`${COMMAND} --version\` ended with code ${status}`;
}

/**
 * Starts the real server on loopback with data in a folder of its own, which goes when it is closed. It is told by files
 * what to scrape, and follows a change of these within a second or so.
 */
export async function usePrometheusBinary(options: BinaryOptions): Promise<ScrapingServer> {
  const folder = temporaryFolder("prometheus");
  const directory = folder.path;
  const follow = (targets: readonly ScrapeTarget[]): Promise<void> => writeTargets(directory, targets);
  await follow(options.targets ?? []);
  await writeFile(join(directory, "prometheus.json"), JSON.stringify(configuration(options.intervalMillis)));
  const port = options.port ?? (await freePort());
  const url = `http://${LOOPBACK}:${port}`;
  const flags = [
    `--config.file=${join(directory, "prometheus.json")}`,
    `--storage.tsdb.path=${join(directory, "data")}`,
    `--web.listen-address=${LOOPBACK}:${port}`,
    "--log.level=error",
    ...(options.flags ?? []),
  ];
  const child = spawnTied(COMMAND, flags, { stdout: "ignore" });
  let said = "";
  child.stderr?.on("data", (chunk: Buffer) => {
    said = (said + chunk.toString("utf8")).slice(-2000);
  });
  const failed = once(child, "error").then(([error]: unknown[]) => String(error));
  const close = async (): Promise<void> => {
    await end(child);
    folder.remove();
  };
  const why = await Promise.race([failed, ready(url, () => child.exitCode !== null)]);
  if (why === undefined) return { url, close, follow };
  await close();
  throw new Error(`${COMMAND} did not start: ${why}\n${said}`);
}

async function ready(url: string, isDead: () => boolean): Promise<string | undefined> {
  for (let tries = 0; tries < READY_TRIES; tries++) {
    if (isDead()) return "it ended";
    const response = await fetch(`${url}/-/ready`).catch(() => undefined);
    await response?.body?.cancel();
    if (response?.ok) return undefined;
    await sleep(READY_PAUSE_MILLIS);
  }
  return "it was not ready in time";
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const gone = once(child, "exit");
  child.kill("SIGTERM");
  const timer = setTimeout(() => child.kill("SIGKILL"), STOP_MILLIS);
  await gone;
  clearTimeout(timer);
}

function configuration(intervalMillis: number): object {
  const interval = `${intervalMillis}ms`;
  return {
    global: { scrape_interval: interval, scrape_timeout: interval, evaluation_interval: interval },
    scrape_configs: JOBS.map(({ name, honors }) => ({
      job_name: name,
      honor_labels: honors,
      file_sd_configs: [{ files: [`targets-${name}.json`] }],
    })),
  };
}

/** Written beside and renamed, so that half a file is never read. */
async function writeTargets(directory: string, targets: readonly ScrapeTarget[]): Promise<void> {
  for (const { name, honors } of JOBS) {
    const groups = targets.filter(({ honorLabels = false }) => honorLabels === honors).map(targetGroup);
    const file = join(directory, `targets-${name}.json`);
    await writeFile(`${file}.new`, JSON.stringify(groups));
    await rename(`${file}.new`, file);
  }
}

function targetGroup({ url, job, instance, labels = {} }: ScrapeTarget): object {
  const { host, pathname, protocol } = new URL(url);
  const where = { __metrics_path__: pathname, __scheme__: protocol.replace(":", "") };
  return { targets: [host], labels: { ...labels, ...where, job, instance } };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, LOOPBACK, resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === "object" && address !== null ? address.port : 0;
}

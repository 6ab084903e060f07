/** The demo as a process of its own, with a folder for its temporary files that nobody else writes to. */
import assert from "node:assert/strict";
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";

const REPOSITORY = join(import.meta.dirname, "../../..");
const MAIN = join(REPOSITORY, "src/playground/main.ts");
const LOOK_MILLIS = 50;

export interface Demo {
  readonly pid: number;
  readonly text: string;
  /** Its TMPDIR. Gone once `end` has resolved, unless it was given. */
  readonly temporary: string;
  says(what: RegExp, timeoutMillis?: number): Promise<RegExpExecArray>;
  /** Its exit code, after a signal where one is given. */
  end(signal?: NodeJS.Signals): Promise<number | null>;
}

interface Start {
  readonly by: "node" | "npm";
  readonly temporary?: string;
}

const running = new Set<(signal: NodeJS.Signals) => unknown>();

/** Or those of a test that failed would play on, and its process would never end. */
after(() => {
  for (const send of running) send("SIGKILL");
});

export function start(...args: readonly string[]): Demo {
  return startAs({ by: "node" }, ...args);
}

export function startAs({ by, temporary: given }: Start, ...args: readonly string[]): Demo {
  const temporary = given ?? mkdtempSync(join(tmpdir(), "serin-demo-test-"));
  const [program, first] = by === "npm" ? ["npm", ["run", "demo", "--"]] : [process.execPath, [MAIN]];
  const isGroup = by === "npm";
  const child = spawn(program, [...first, ...args], {
    cwd: REPOSITORY,
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, TMPDIR: temporary },
    // A group of its own, as a terminal gives to each command: Ctrl-C is for all of it.
    detached: isGroup,
  });
  const send = (signal: NodeJS.Signals) => process.kill(isGroup ? -(child.pid ?? 0) : (child.pid ?? 0), signal);
  running.add(send);
  const heard = listen(child);
  const ended = once(child, "exit").then(([code]: unknown[]) => code as number | null);
  return {
    pid: child.pid ?? 0,
    temporary,
    get text() {
      return heard();
    },
    async says(what, timeoutMillis = 60_000) {
      for (let waited = 0; waited < timeoutMillis; waited += LOOK_MILLIS) {
        const found = what.exec(heard());
        if (found !== null) return found;
        assert.equal(child.exitCode, null, heard());
        await sleep(LOOK_MILLIS);
      }
      throw new assert.AssertionError({ message: `never said: ${what}\n${heard()}` });
    },
    async end(signal) {
      if (signal !== undefined) send(signal);
      const code = await ended;
      running.delete(send);
      if (given === undefined) rmSync(temporary, { recursive: true });
      return code;
    },
  };
}

function listen({ stdout, stderr }: ChildProcess): () => string {
  let text = "";
  for (const stream of [stdout, stderr])
    stream?.on("data", (chunk: Buffer) => {
      text += chunk.toString("utf8");
    });
  return () => text;
}

/** All that it started, and what these started. */
export function descendants(pid: number): readonly number[] {
  const { stdout } = spawnSync("ps", ["-eo", "pid=,ppid="], { encoding: "utf8" });
  const all = stdout
    .trim()
    .split("\n")
    .map((line) => line.trim().split(/\s+/).map(Number));
  const under = (parent: number): readonly number[] =>
    all.flatMap(([own = 0, its]) => (its === parent ? [own, ...under(own)] : []));
  return under(pid);
}

export function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0) && !/^State:\tZ/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
}

/** What the kubeconfig leads to: an API server that lets everybody do everything. */
export function apiOf(kubeconfig: string): string {
  const { clusters } = JSON.parse(readFileSync(kubeconfig, "utf8")) as {
    readonly clusters: readonly { readonly cluster: { readonly server: string } }[];
  };
  return clusters[0]?.cluster.server ?? "";
}

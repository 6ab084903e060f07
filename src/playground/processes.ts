/** What can be told of processes from outside: whether one still runs, and how much memory it has. */
import { spawnSync } from "node:child_process";
import { readFileSync, readlinkSync } from "node:fs";

/** A process by more than its id, which another one may get later. What the system does not tell is left out. */
export interface Owner {
  readonly pid: number;
  readonly started?: string | undefined;
  /** Processes of another container have ids of their own. */
  readonly namespace?: string | undefined;
}

const ABSENT = "-";

export function thisProcess(): Owner {
  return { pid: process.pid, started: startOf(process.pid), namespace: ourNamespace() };
}

/** One line for a file; a bare process id is read as well. */
export const printOwner = ({ pid, started = ABSENT, namespace = ABSENT }: Owner): string =>
  `${pid} ${started} ${namespace}\n`;

export function parseOwner(text: string): Owner {
  const [pid, started, namespace] = text.trim().split(" ");
  const told = (word: string | undefined) => (word === ABSENT ? undefined : word);
  return { pid: Number(pid), started: told(started), namespace: told(namespace) };
}

/** `out of sight` is a process of another container, of which nothing can be told from here. */
export function stateOf({ pid, started, namespace }: Owner): "runs" | "is gone" | "out of sight" {
  const here = ourNamespace();
  if (namespace !== undefined && here !== undefined && namespace !== here) return "out of sight";
  if (!hasProcess(pid)) return "is gone";
  const now = startOf(pid);
  return started === undefined || now === undefined || started === now ? "runs" : "is gone";
}

/** Of memory that is really there; undefined where the system does not say. */
export function residentBytes(pid: number): number | undefined {
  const kibibytes = /^VmRSS:\s+(\d+) kB$/m.exec(read(`/proc/${pid}/status`))?.[1] ?? ask("rss", pid);
  return kibibytes === undefined ? undefined : Number(kibibytes) * 1024;
}

function hasProcess(pid: number): boolean {
  try {
    return pid > 0 && process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

function startOf(pid: number): string | undefined {
  // The 22nd field; the second, the program's name, may hold spaces and brackets.
  const fields = read(`/proc/${pid}/stat`).split(") ").at(-1)?.split(" ");
  return fields?.[19] ?? ask("lstart", pid)?.replaceAll(/\s+/g, "_");
}

function ourNamespace(): string | undefined {
  try {
    return readlinkSync("/proc/self/ns/pid");
  } catch {
    return undefined;
  }
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

/** Where there is no /proc. */
function ask(field: "rss" | "lstart", pid: number): string | undefined {
  const { status, stdout } = spawnSync("ps", ["-o", `${field}=`, "-p", String(pid)], { encoding: "utf8" });
  return status === 0 ? stdout.trim() || undefined : undefined;
}

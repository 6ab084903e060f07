/** Programs that end when this process does, even where it is killed and can do nothing any more. */
import { type ChildProcess, spawn } from "node:child_process";
import { Writable } from "node:stream";

/**
 * The shell becomes the program, which keeps its process id. Beside it waits a little one for a word from us on a pipe: the end of
 * the pipe without a word is the end of us. A Ctrl-C is for the program, and for us, but not for the one that waits.
 */
const SHELL = `(trap '' INT HUP TERM; read -r word <&3 || kill -9 $$) </dev/null >/dev/null 2>&1 &
exec "$@" 3<&-`;

export interface TiedChildOptions {
  readonly env?: NodeJS.ProcessEnv;
  readonly stdout: "pipe" | "ignore";
}

export function spawnTied(
  command: string,
  args: readonly string[],
  { stdout, env = process.env }: TiedChildOptions,
): ChildProcess {
  const isWindows = process.platform === "win32";
  const child = isWindows
    ? spawn(command, args, { stdio: ["ignore", stdout, "pipe"], env })
    : spawn("/bin/sh", ["-c", SHELL, "sh", command, ...args], { stdio: ["ignore", stdout, "pipe", "pipe"], env });
  const kill = (): void => void child.kill("SIGKILL");
  process.once("exit", kill);
  const pipe = child.stdio[3];
  // The one that waits may be gone already.
  pipe?.on("error", () => undefined);
  child.once("exit", () => {
    process.off("exit", kill);
    if (pipe instanceof Writable) pipe.end("over\n");
  });
  return child;
}

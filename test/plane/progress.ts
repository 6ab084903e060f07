/** Tells a waiting human what a long build is doing: which part, since when, and its last line of output. */
import { spawn } from "node:child_process";

const reportMillis = 10_000;

export interface Progress {
  step<T>(what: string, work: () => Promise<T>): Promise<T>;
}

export function progressOf(total: number): Progress {
  let count = 0;
  return {
    async step(what, work) {
      const label = `[${++count}/${total}] ${what}`;
      const started = Date.now();
      const elapsed = () => `${Math.round((Date.now() - started) / 1000)} s`;
      console.log(label);
      const timer = setInterval(() => console.log(`${label}: ${elapsed()} so far`), reportMillis);
      try {
        return await work();
      } finally {
        clearInterval(timer);
        console.log(`${label}: ended after ${elapsed()}`);
      }
    },
  };
}

/** What a human has to see when a program the build leans on fails. */
export class CommandError extends Error {
  override readonly name = "CommandError";
}

/** Runs to the end and returns its output; a failure carries the end of what it said. */
export async function run(command: string, args: readonly string[], directory?: string): Promise<string> {
  const child = spawn(command, args, { cwd: directory, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  let errors = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    output += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    errors = (errors + text).slice(-4000);
  });
  const { promise, resolve, reject } = Promise.withResolvers<number | null>();
  child.once("error", (cause) => reject(new CommandError(`cannot run ${command}: ${cause.message}`, { cause })));
  child.once("close", resolve);
  const code = await promise;
  if (code === 0) return output;
  throw new CommandError(`${command} ${args.slice(0, 3).join(" ")} … ended with code ${code}:\n${errors.trim()}`);
}

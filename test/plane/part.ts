/** One program of the plane: started, watched, killed and started again. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { waitFor } from "./until.ts";

const stopMillis = 3000;

export interface PartSpec {
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly logFile: string;
  /** Resolves to true once the program does its work; may throw while it does not. */
  readonly ready: () => Promise<boolean>;
}

export class Part {
  readonly #spec: PartSpec;
  #child: ChildProcess | undefined;

  constructor(spec: PartSpec) {
    this.#spec = spec;
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  get isRunning(): boolean {
    return this.#child !== undefined && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Starts the program and waits until it is ready. */
  async start(timeoutMillis = 30_000): Promise<void> {
    const { name, command, args, environment, logFile, ready } = this.#spec;
    const log = openSync(logFile, "a");
    // In a session of its own, so that Ctrl-C leaves it to us to end it; dead with this process, whatever that one dies of.
    const child = spawn("setpriv", ["--pdeathsig", "KILL", command, ...args], {
      detached: true,
      stdio: ["ignore", log, log],
      env: { ...process.env, ...environment },
    });
    closeSync(log);
    this.#child = child;
    let failure: Error | undefined;
    child.once("error", (error) => {
      failure = error;
    });
    await waitFor(
      `${name} is ready`,
      async () => {
        if (failure || !this.isRunning) return "dead" as const;
        return (await ready()) && ("ready" as const);
      },
      timeoutMillis,
    ).then(
      async (state) => {
        if (state === "dead")
          throw new Error(`${name} ended while starting: ${failure?.message ?? ""}\n${await this.tail()}`);
      },
      async (cause: Error) => {
        throw new Error(`${cause.message}\n${name} wrote:\n${await this.tail()}`, { cause });
      },
    );
  }

  /** Asks it to end, and makes it after three seconds. */
  async stop(): Promise<void> {
    await this.#end("SIGTERM");
  }

  /** As a machine that loses power would. */
  async kill9(): Promise<void> {
    await this.#end("SIGKILL");
  }

  async restart(): Promise<void> {
    await this.kill9();
    await this.start();
  }

  /** The end of what it wrote. */
  async tail(characters = 3000): Promise<string> {
    return (await readFile(this.#spec.logFile, "utf8").catch(() => "")).slice(-characters);
  }

  async #end(signal: "SIGTERM" | "SIGKILL"): Promise<void> {
    const child = this.#child;
    if (!child || !this.isRunning) return;
    const gone = once(child, "exit");
    child.kill(signal);
    const timer = setTimeout(() => child.kill("SIGKILL"), stopMillis);
    await gone;
    clearTimeout(timer);
  }
}

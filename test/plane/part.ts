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
  #failure: Error | undefined;

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
  async start(timeoutMillis?: number): Promise<void> {
    this.launch();
    await this.ready(timeoutMillis);
  }

  /** Starts the program and does not wait. */
  launch(): void {
    const { command, args, environment, logFile } = this.#spec;
    const log = openSync(logFile, "a");
    // In a session of its own, so that Ctrl-C leaves it to us to end it; dead with this process, whatever that one dies of.
    const child = spawn("setpriv", ["--pdeathsig", "KILL", command, ...args], {
      detached: true,
      stdio: ["ignore", log, log],
      env: { ...process.env, ...environment },
    });
    closeSync(log);
    this.#child = child;
    this.#failure = undefined;
    child.once("error", (error) => {
      this.#failure = error;
    });
  }

  /** Resolves once it does its work; fails early, with the end of its log, when it died instead. */
  async ready(timeoutMillis = 30_000): Promise<void> {
    const { name, ready } = this.#spec;
    const look = async () => {
      if (this.#failure || !this.isRunning) return "dead" as const;
      return (await ready()) && ("ready" as const);
    };
    const state = await waitFor(`${name} is ready`, look, timeoutMillis).catch(async (cause: Error) => {
      throw new Error(`${cause.message}\n${name} wrote:\n${await this.tail()}`, { cause });
    });
    if (state === "dead")
      throw new Error(`${name} is not running: ${this.#failure?.message ?? ""}\n${await this.tail()}`);
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

/** The product itself beside the playground: the unchanged controller as a process that can be stopped, or killed in the middle of anything. */
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import type { Playground } from "./playground.ts";
import { spawnTied } from "./tiedChild.ts";

export interface Controller {
  /** Of /healthz, /readyz and /metrics. */
  readonly url: string;
  readonly pid: number | undefined;
  readonly isRunning: boolean;
  /** The end of what it wrote. */
  readonly log: string;
  /** SIGTERM, and the wait for its end. Safe to repeat. */
  stop(): Promise<void>;
  kill9(): Promise<void>;
}

const ENTRY = join(import.meta.dirname, "../serin.ts");
/** Memory before speed: with so few objects it has little to do, and a large nursery only keeps garbage longer. */
const HEAP = ["--max-semi-space-size=2", "--optimize-for-size"];
const READY_MILLIS = 20_000;
const STOP_MILLIS = 25_000;
const PAUSE_MILLIS = 20;
const LOG_CHARACTERS = 100_000;
/** Another's namespace, port or leadership is none of this one's. */
const FOREIGN = ["KUBECONFIG", "POD_NAME", "POD_NAMESPACE", "HOSTNAME"];

/** Starts it, and waits until /readyz says yes. `args` are flags of `serin controller` besides those that lead it here. */
export async function startController(
  { kubeconfig, prometheusUrl }: Pick<Playground, "kubeconfig" | "prometheusUrl">,
  args: readonly string[] = [],
): Promise<Controller> {
  const flags = ["--kubeconfig", kubeconfig, "--metrics-server", prometheusUrl, "--port", "0", ...args];
  const environment = Object.fromEntries(Object.entries(process.env).filter(([name]) => !FOREIGN.includes(name)));
  const child = spawnTied(process.execPath, [...HEAP, ENTRY, "controller", ...flags], {
    stdout: "pipe",
    env: environment,
  });
  const running = new RunningController(child);
  try {
    await running.ready();
    return running;
  } catch (error) {
    await running.kill9();
    throw error;
  }
}

class RunningController implements Controller {
  readonly #child: ChildProcess;
  readonly #ended: Promise<unknown>;
  #log = "";
  #port: string | undefined;
  #isRunning = true;

  constructor(child: ChildProcess) {
    this.#child = child;
    for (const stream of [child.stdout, child.stderr]) if (stream !== null) this.#read(stream);
    this.#ended = once(child, "exit")
      .catch((error: unknown) => {
        this.#log += String(error);
      })
      .finally(() => {
        this.#isRunning = false;
      });
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port ?? 0}`;
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  get isRunning(): boolean {
    return this.#isRunning;
  }

  get log(): string {
    return this.#log;
  }

  async ready(): Promise<void> {
    for (let waited = 0; waited < READY_MILLIS && this.#isRunning; waited += PAUSE_MILLIS) {
      if (this.#port !== undefined && (await this.#isReady())) return;
      await sleep(PAUSE_MILLIS);
    }
    const what = this.#isRunning ? `was not ready within ${READY_MILLIS / 1000} s` : "ended at once";
    throw new Error(`the controller ${what}:\n${this.#log.slice(-2000)}`);
  }

  async stop(): Promise<void> {
    if (!this.#isRunning) return;
    this.#child.kill("SIGTERM");
    const impatience = setTimeout(() => this.#child.kill("SIGKILL"), STOP_MILLIS);
    await this.#ended;
    clearTimeout(impatience);
  }

  async kill9(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#ended;
  }

  async #isReady(): Promise<boolean> {
    const response = await fetch(`${this.url}/readyz`).catch(() => undefined);
    await response?.body?.cancel();
    return response?.ok === true;
  }

  #read(stream: Readable): void {
    stream.setEncoding("utf8");
    stream.on("data", (text: string) => {
      this.#log = (this.#log + text).slice(-LOG_CHARACTERS);
      // It took a free port, and says which.
      this.#port ??= /"port":(\d+)/.exec(this.#log)?.[1];
    });
  }
}

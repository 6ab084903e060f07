/** The product itself, as a process that can be asked to stop, or killed in the middle of anything. */
import { join } from "node:path";
import { request } from "undici";
import { nodeAddress } from "./enter.ts";
import { Part } from "./part.ts";
import type { Plane } from "./plane.ts";

export interface ControllerOptions {
  /** An administrator's by default; tests of rights use `plane.serviceAccountKubeconfig`. */
  readonly kubeconfig?: string;
  /** Distinguishes the logs and ports of two that run at once. */
  readonly name?: string;
  readonly port?: number;
  readonly logLevel?: string;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** `no` for one that should wait for its turn, or fail. */
  readonly waitUntilReady?: "yes" | "no";
  /** What to run instead of the sources, such as a built bundle or a peer. */
  readonly command?: readonly [string, ...string[]];
}

export interface Controller {
  readonly url: string;
  readonly logFile: string;
  readonly pid: number | undefined;
  readonly isRunning: boolean;
  /** Resolves when /readyz says so. */
  ready(timeoutMillis?: number): Promise<void>;
  kill9(): Promise<void>;
  /** SIGTERM, and the wait for its end. */
  stop(): Promise<void>;
  /** The same command again, after `stop` or `kill9`. */
  start(): Promise<void>;
  log(): Promise<string>;
}

/** Starts it and, unless told otherwise, waits until it is ready. The flags are Flagger's. */
export async function startController(plane: Plane, options: ControllerOptions = {}): Promise<Controller> {
  const { name = "serin", port = 10_080, logLevel = "debug" } = options;
  const entry = join(import.meta.dirname, "../../src/serin.ts");
  const [command, ...first] = options.command ?? [process.execPath, entry, "controller"];
  const url = `http://${nodeAddress}:${port}`;
  const logFile = join(plane.directory, `${name}.log`);
  const ready = async () => {
    const { statusCode, body } = await request(`${url}/readyz`, { headersTimeout: 2000 });
    await body.dump();
    return statusCode === 200;
  };
  const part = new Part({
    name,
    command,
    args: [
      ...first,
      `--kubeconfig=${options.kubeconfig ?? (await plane.kubeconfig("admin"))}`,
      `--metrics-server=${plane.prometheus.url}`,
      "--mesh-provider=istio",
      `--log-level=${logLevel}`,
      `--port=${port}`,
      ...(options.args ?? []),
    ],
    environment: { POD_NAME: name, POD_NAMESPACE: "serin-system", ...options.env },
    logFile,
    ready,
  });
  part.launch();
  if (options.waitUntilReady !== "no") await part.ready();
  return {
    url,
    logFile,
    get pid() {
      return part.pid;
    },
    get isRunning() {
      return part.isRunning;
    },
    ready: (timeoutMillis) => part.ready(timeoutMillis),
    kill9: () => part.kill9(),
    stop: () => part.stop(),
    start: () => part.start(),
    log: () => part.tail(Number.POSITIVE_INFINITY),
  };
}

/** The playground with the controller beside it, for scenarios that the real plane plays as well. */
import { rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Controller as Process, startController } from "../../../src/playground/controller.ts";
import { kubeconfig } from "../../../src/playground/http/kubeconfig.ts";
import { startPlayground } from "../../../src/playground/playground.ts";
import { Api } from "../../plane/api.ts";
import { namespace } from "../../plane/manifests.ts";
import { Objects } from "../../plane/objects.ts";
import { type App, startApp } from "../../scenarios/app.ts";
import type { Controller, ControllerWishes, Pace, Stage } from "../../scenarios/stage.ts";
import { Door } from "./door.ts";

/** Routes reach the one proxy in a tenth of a second, and nothing else has to be waited for. */
const quick = ["--settle-seconds=0.3", "--drain-seconds=0.5", "--log-level=debug"];

const pace: Pace = {
  step: (seconds) => `${Math.max(1, Math.round(seconds / 3))}s`,
  enoughPerSecond: 150,
  settleMillis: 300,
  startSeconds: 1,
  deadlineSeconds: 3,
  heldMillis: 2500,
  blindMillis: 8000,
};

/** What was begun, and in the reverse order how it is ended. */
type Undo = () => unknown;

export async function setStage(): Promise<Stage> {
  const undo: Undo[] = [];
  const stop = async () => {
    for (const step of undo.splice(0)) await step();
  };
  try {
    return { ...(await start((step) => undo.unshift(step))), stop };
  } catch (error) {
    // What still listens would keep the failed test's process for ever.
    await stop();
    throw error;
  }
}

async function start(later: (undo: Undo) => void): Promise<Omit<Stage, "stop">> {
  // Steps of a second leave windows of two, which a scrape a second would not always fill.
  const playground = await startPlayground({ scrapeSeconds: 0.25 });
  later(() => playground.stop());
  const doors = { api: new Door(playground.apiUrl), prometheus: new Door(playground.prometheusUrl) };
  later(() => Promise.all(Object.values(doors).map((door) => door.shut())));
  await Promise.all(Object.values(doors).map((door) => door.open()));
  const api = new Api({ server: doors.api.url, certificateAuthority: "", token: "test", userAgent: "test" });
  later(() => api.close());
  const objects = new Objects(api);
  await objects.apply(namespace("serin-system"));
  const access = await writeAccess(doors.api.url);
  later(() => rm(access));
  const apps: App[] = [];
  // Also those of tests that failed before they closed them.
  later(() => Promise.all(apps.map((app) => app.close())));
  const controllers: Controller[] = [];
  const stopControllers = async () => {
    await Promise.all(controllers.splice(0).map((controller) => controller.stop()));
  };
  later(stopControllers);
  return {
    objects,
    pace,
    prometheus: {
      url: doors.prometheus.url,
      pause: () => doors.prometheus.shut(),
      resume: () => doors.prometheus.open(),
    },
    async restartApiServer() {
      await doors.api.shut();
      await doors.api.open();
    },
    async behave(workload, changes) {
      playground.pods.behave(workload, changes);
    },
    async controller({ args = [] }: ControllerWishes = {}) {
      const controller = new RestartedController({ kubeconfig: access, prometheusUrl: doors.prometheus.url }, args);
      controllers.push(controller);
      await controller.start();
      return controller;
    },
    async app(name, options = {}) {
      // A program that serves before proxies can have heard of it would let its predecessors go too early: none is so quick.
      const deployment = {
        ...options.deployment,
        env: { START_SECONDS: pace.startSeconds, ...options.deployment?.env },
      };
      const ground = { api, objects, gatewayUrl: playground.gatewayUrl };
      const app = await startApp(ground, name, { ...options, deployment });
      apps.push(app);
      return app;
    },
    stopControllers,
  };
}

async function writeAccess(url: string): Promise<string> {
  const file = join(tmpdir(), `serin-test-${process.pid}-${new URL(url).port}.kubeconfig`);
  await writeFile(file, kubeconfig({ url }), { mode: 0o600 });
  return file;
}

class RestartedController implements Controller {
  readonly #where: Parameters<typeof startController>[0];
  readonly #args: readonly string[];
  #process: Process | undefined;

  constructor(where: Parameters<typeof startController>[0], args: readonly string[]) {
    this.#where = where;
    this.#args = [...quick, ...args];
  }

  get isRunning(): boolean {
    return this.#process?.isRunning ?? false;
  }

  async start(): Promise<void> {
    this.#process = await startController(this.#where, this.#args);
  }

  async kill9(): Promise<void> {
    await this.#process?.kill9();
  }

  async stop(): Promise<void> {
    await this.#process?.stop();
  }
}

/** All that the demo needs to run: the playground, the controller, the application, and its clients. */
import { request } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import type { Clock } from "../../runtime/clock.ts";
import type { Log } from "../../runtime/log.ts";
import { type Controller, startController } from "../controller.ts";
import { type Playground, startPlayground } from "../playground.ts";
import { PLAYGROUND_COMPONENT } from "../refusals.ts";
import { Watched } from "../show/watched.ts";
import { Traffic } from "../traffic.ts";
import { APP, canary, deployment, HOST, ownRoute } from "./application.ts";
import { lookOn, type Onlooker } from "./onlooker.ts";

export interface WorldOptions {
  readonly clock: Clock;
  readonly log: Log;
  readonly beganAt: number;
  readonly dataDirectory: string | undefined;
  readonly prometheus: "embedded" | "binary";
  /** Told of each part that is begun. */
  readonly tell: (part: string) => void;
}

export interface World {
  readonly playground: Playground;
  readonly controller: Controller;
  readonly onlooker: Onlooker;
  readonly traffic: Traffic;
  stop(): Promise<void>;
}

const RATE_PER_SECOND = 50;
/** Longer than any act lasts. */
const REMEMBERED_ANSWERS = 6000;
const LOOK_MILLIS = 20;

/** Begins everything at once, so that it takes as long as the slowest part alone. */
export async function startWorld(options: WorldOptions): Promise<World> {
  const { clock, beganAt, tell, dataDirectory, prometheus, log } = options;
  tell("API server, workload controllers, node, gateway and metrics");
  const playground = await startPlayground({ clock, dataDirectory, prometheus, log });
  try {
    tell("controller");
    const { cluster, transport, gatewayUrl, isRestored } = playground;
    if (!isRestored) await cluster.apply(deployment(), ...ownRoute(), canary());
    playground.begun();
    const controller = await startController(playground);
    const how = { where: "in the playground", beganAt, component: PLAYGROUND_COMPONENT };
    const onlooker = lookOn(transport, clock, new Watched(APP, how));
    const rates = { ratePerSecond: RATE_PER_SECOND, remember: REMEMBERED_ANSWERS };
    const traffic = new Traffic({ url: gatewayUrl, host: HOST, clock, ...rates });
    const stop = async (): Promise<void> => {
      onlooker.stop();
      await traffic.stop();
      await controller.stop();
      await playground.stop();
    };
    return { playground, controller, onlooker, traffic, stop };
  } catch (error) {
    await playground.stop();
    throw error;
  }
}

/** Resolves with true once clients are served; false where that did not happen in time. */
export async function isServed({ clock, url }: { readonly clock: Clock; readonly url: string }): Promise<boolean> {
  const deadline = clock.monotonic() + 30_000;
  while (clock.monotonic() < deadline) {
    if (await answers(url)) return true;
    await sleep(LOOK_MILLIS);
  }
  return false;
}

function answers(url: string): Promise<boolean> {
  return new Promise((resolve) => {
    request(url, { headers: { host: HOST }, agent: false, timeout: 1000 }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    })
      .on("error", () => resolve(false))
      .end();
  });
}

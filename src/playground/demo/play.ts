/** The play: the chosen releases one after another, what is shown meanwhile, and what came of them. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Clock } from "../../runtime/clock.ts";
import type { Cluster } from "../cluster.ts";
import type { Controller } from "../controller.ts";
import { NAMESPACE } from "../firstObjects.ts";
import type { Playground } from "../playground.ts";
import { residentBytes } from "../processes.ts";
import { clientsAt } from "../show/clients.ts";
import type { Display } from "../show/display.ts";
import { type ActResult, closing, shortcomings, summary } from "../show/summary.ts";
import type { View } from "../show/view.ts";
import type { Traffic } from "../traffic.ts";
import { APP, FIRST_VERSION, imageOf } from "./application.ts";
import { type Invited, invitation } from "./invitation.ts";
import type { Onlooker } from "./onlooker.ts";
import { SCENARIOS, type Scenario, type ScenarioName } from "./scenarios.ts";
import { isServed } from "./world.ts";

const FRAME_MILLIS = 250;
const LOOK_MILLIS = 50;
const LONGEST_ACT_MILLIS = 90_000;

export interface Stage {
  readonly clock: Clock;
  readonly display: Display;
  readonly columns: number;
  readonly beganAt: number;
}

/** Shows what `view` says, several times a second, for as long as the work takes. */
export async function whileShowing<T>(display: Display, view: () => View, work: () => Promise<T>): Promise<T> {
  display.show(view());
  const timer = setInterval(() => display.show(view()), FRAME_MILLIS);
  try {
    return await work();
  } finally {
    clearInterval(timer);
    display.show(view());
  }
}

/** As much of the world as the play sees. */
export interface Players {
  readonly playground: Invited & Pick<Playground, "gatewayUrl"> & { readonly cluster: Pick<Cluster, "patch"> };
  readonly controller: Pick<Controller, "isRunning" | "log" | "pid">;
  readonly onlooker: Pick<Onlooker, "watched">;
  readonly traffic: Pick<Traffic, "start" | "all" | "since" | "answers">;
}

export class Play {
  readonly #stage: Stage;
  readonly #world: Players;

  constructor(stage: Stage, world: Players) {
    this.#stage = stage;
    this.#world = world;
  }

  /** Plays them, and answers why that was not as it should be; nothing when it was. */
  async acts(names: readonly ScenarioName[]): Promise<readonly string[]> {
    const { display, clock, beganAt, columns } = this.#stage;
    await this.#open(names.length);
    const results: ActResult[] = [];
    for (const [index, name] of names.entries()) {
      const { title, version, restMillis, ...scenario }: Scenario = SCENARIOS[name];
      const act = `${index + 1} of ${names.length}: ${title}, ${version}`;
      const result = await whileShowing(display, this.#view(act), async () => {
        const played = await this.#play({ title, version, restMillis, ...scenario });
        await sleep(restMillis);
        return played;
      });
      results.push(result);
      if (result.outcome === undefined) break;
    }
    const { sent, lost, lostBecause } = this.#world.traffic.all();
    const reasons = shortcomings(results, lostBecause);
    const table = summary(results, { tookMillis: clock.now() - beganAt, sent, lost }, columns);
    display.keep(["", ...table, "", ...closing(reasons, results)]);
    return reasons;
  }

  /** What a folder of data held goes on where it was, in whatever state that is: it is for the user to mend, with our traffic. */
  restored(): void {
    this.#world.traffic.start();
    this.#stage.display.keep(["", "The cluster is as it was left; no release is played."]);
  }

  /** Until the controller ends, or somebody ends us. */
  async stay(): Promise<never> {
    const { display } = this.#stage;
    const { playground, controller } = this.#world;
    const memory = {
      demo: process.memoryUsage.rss(),
      controller: controller.pid === undefined ? undefined : residentBytes(controller.pid),
    };
    display.keep(["", ...invitation(playground, memory), ""]);
    const view = this.#view("yours: what you change is shown here; Ctrl-C ends it all");
    for (;;) {
      this.#mindController();
      display.show(view());
      await sleep(FRAME_MILLIS);
    }
  }

  /** Until clients are served, and the Canary has taken its target over from under them. */
  async #open(acts: number): Promise<void> {
    const { display, clock, beganAt } = this.#stage;
    const { traffic, playground, onlooker } = this.#world;
    const opening = this.#view(`0 of ${acts}: ${APP} ${FIRST_VERSION} gets its Canary`);
    await whileShowing(display, opening, async () => {
      if (!(await isServed({ clock, url: playground.gatewayUrl }))) throw new Error(`${APP} is not served`);
      traffic.start();
      display.keep([`traffic flows ${((clock.now() - beganAt) / 1000).toFixed(1)} s after the start`]);
      const deadline = clock.monotonic() + LONGEST_ACT_MILLIS;
      while (!onlooker.watched.isAtRest && clock.monotonic() < deadline) {
        this.#mindController();
        await sleep(LOOK_MILLIS);
      }
      if (!onlooker.watched.isAtRest)
        throw new Error(`${APP} has no primary after ${LONGEST_ACT_MILLIS / 1000} s: ${this.#reason()}`);
    });
  }

  async #play({ version, wanted }: Scenario): Promise<ActResult> {
    const { clock } = this.#stage;
    const { traffic, onlooker, playground } = this.#world;
    const began = clock.now();
    const containers = [{ name: "app", image: imageOf(version) }];
    await playground.cluster.patch(
      { apiVersion: "apps/v1", kind: "Deployment", namespace: NAMESPACE, name: APP },
      { spec: { template: { spec: { containers } } } },
    );
    let ended = onlooker.watched.ended(began);
    while (ended === undefined && clock.now() - began < LONGEST_ACT_MILLIS) {
      this.#mindController();
      await sleep(LOOK_MILLIS);
      ended = onlooker.watched.ended(began);
    }
    const { sent, lost } = traffic.since(began);
    return {
      version,
      wanted,
      outcome: ended?.outcome,
      weights: onlooker.watched.weights(began).map(({ canary }) => canary),
      tookMillis: clock.now() - began,
      sent,
      lost,
      sentence: ended?.sentence ?? onlooker.watched.frame("", undefined, clock.now()).rollout.message,
    };
  }

  #view(act: string): () => View {
    const { onlooker, traffic } = this.#world;
    return () => {
      const now = this.#stage.clock.now();
      const all = traffic.all();
      return onlooker.watched.frame(act, all.sent === 0 ? undefined : clientsAt(now, traffic.answers, all), now);
    };
  }

  /** In the Canary's own words. */
  #reason(): string {
    const { phase, message } = this.#world.onlooker.watched.frame("", undefined, this.#stage.clock.now()).rollout;
    return phase === "" && message === "" ? "its Canary says nothing" : `${phase}: ${message}`;
  }

  #mindController(): void {
    const { controller } = this.#world;
    if (!controller.isRunning) throw new Error(`the controller ended:\n${controller.log.slice(-2000)}`);
  }
}

/** The play itself, inside of the plane's network: a good rollout, a bad one, and what came of them. */
import { readdir } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import type { Display } from "../../../src/playground/show/display.ts";
import { type ActResult, closing, type Outcome, shortcomings, summary } from "../../../src/playground/show/summary.ts";
import type { View } from "../../../src/playground/show/view.ts";
import type { App } from "../../scenarios/app.ts";
import type { Controller } from "../controller.ts";
import { roomDirectory } from "../enter.ts";
import { type Stage, setStage } from "../stage.ts";
import { NeverHappenedError, waitFor } from "../until.ts";
import { invitation } from "./invitation.ts";
import { Onlooker, where } from "./onlooker.ts";

const appName = "podinfo";
const frameMillis = 250;
const longestActMillis = 90_000;

/** What every version's pods do: a moment to start, and none to end, so that one request too many would be lost. */
const manners = { START_SECONDS: 1, SHUTDOWN: "abrupt" } as const;

interface Act {
  readonly title: string;
  readonly version: string;
  readonly env: Readonly<Record<string, string | number>>;
  readonly wanted: Outcome;
  /** A rest in which the last Event comes, and a reader may look: the controller gathers normal ones for 5 s, warnings for one. */
  readonly restMillis: number;
}

const acts: readonly Act[] = [
  {
    title: "1 of 2: a good release, 2.0.0",
    version: "2.0.0",
    env: manners,
    wanted: "promoted",
    restMillis: 5500,
  },
  {
    title: "2 of 2: a bad release, 3.0.0, with 30 % errors",
    version: "3.0.0",
    env: { ...manners, ERROR_PERCENT: 30 },
    wanted: "rolledBack",
    restMillis: 2000,
  },
];

const canary = {
  analysis: {
    interval: "5s",
    threshold: 2,
    stepWeights: [10, 50, 100],
    metrics: [
      { name: "request-success-rate", thresholdRange: { min: 99 }, interval: "10s" },
      { name: "request-duration", thresholdRange: { max: 500 }, interval: "10s" },
    ],
  },
};

/** Plays to the end, or for ever where that is wished, and tells and returns why it did not go as it should; nothing when it did. */
export async function play(display: Display, after: "leave" | "keep", columns: number): Promise<readonly string[]> {
  const beganAt = Date.now();
  const { stage, controller } = await whileShowing(display, startingView(beganAt), setUp);
  const onlooker = new Onlooker(stage.plane.api, appName, beganAt);
  try {
    const opening = () => onlooker.frame(`0 of 2: ${appName} 1.0.0 gets its Canary`);
    const app = await whileShowing(display, opening, () =>
      stage.app(appName, { deployment: { env: manners }, canary }),
    );
    onlooker.attend(app.traffic);
    const results = await playActs(display, onlooker, controller, app);
    const { sent, lost, lostBecause } = app.traffic.all();
    const reasons = shortcomings(results, lostBecause);
    const table = summary(results, { tookMillis: Date.now() - beganAt, sent, lost }, columns);
    display.keep(["", ...table, "", ...closing(reasons, results)]);
    if (after === "keep") await stayUp(display, onlooker, stage);
    await controller.stop();
    return reasons;
  } finally {
    display.end();
    await onlooker.stop();
    await stage.stop();
  }
}

async function setUp(): Promise<{ readonly stage: Stage; readonly controller: Controller }> {
  const stage = await setStage();
  try {
    return { stage, controller: await stage.controller({ logLevel: "info" }) };
  } catch (error) {
    await stage.stop();
    throw error;
  }
}

async function playActs(display: Display, onlooker: Onlooker, controller: Controller, app: App): Promise<ActResult[]> {
  const results: ActResult[] = [];
  for (const act of acts) {
    const show = () => onlooker.frame(act.title);
    const result = await whileShowing(display, show, async () => {
      const played = await playAct(act, onlooker, controller, app);
      await sleep(act.restMillis);
      return played;
    });
    results.push(result);
    if (result.outcome === undefined) break;
  }
  return results;
}

async function playAct(act: Act, onlooker: Onlooker, controller: Controller, app: App): Promise<ActResult> {
  const began = Date.now();
  await app.release(act.version, act.env);
  const ended = await waitFor(
    act.title,
    () => (controller.isRunning ? onlooker.ended(began) : ("without controller" as const)),
    longestActMillis,
  ).catch((error: unknown) => {
    if (error instanceof NeverHappenedError) return undefined;
    throw error;
  });
  if (ended === "without controller")
    throw new Error(`the controller ended:\n${(await controller.log()).slice(-2000)}`);
  const tookMillis = Date.now() - began;
  const { sent, lost } = app.traffic.since(began);
  const { message } = onlooker.frame(act.title).rollout;
  const weights = onlooker.weights(began).map((seen) => seen.canary);
  const { version, wanted } = act;
  return {
    version,
    wanted,
    outcome: ended?.outcome,
    weights,
    tookMillis,
    sent,
    lost,
    sentence: ended?.sentence ?? message,
  };
}

/** Until somebody ends it with Ctrl-C. */
async function stayUp(display: Display, onlooker: Onlooker, stage: Stage): Promise<never> {
  display.keep(["", ...(await invitation(stage)), ""]);
  for (;;) {
    display.show(onlooker.frame("yours: what you change is shown here; Ctrl-C ends it all"));
    await sleep(frameMillis);
  }
}

/** Shows what `view` says, several times a second, for as long as the work takes. */
async function whileShowing<T>(display: Display, view: () => View, work: () => Promise<T>): Promise<T> {
  display.show(view());
  const timer = setInterval(() => display.show(view()), frameMillis);
  try {
    return await work();
  } finally {
    clearInterval(timer);
    display.show(view());
  }
}

/** A part that is started begins its log, which can be seen from here while the plane is not yet there to be asked. */
function startingView(beganAt: number): () => View {
  const parts: string[] = [];
  const look = async () => {
    const files = await readdir(roomDirectory(), { recursive: true });
    const names = files.flatMap((file) => /^plane-\w+\/([\w-]+)\.log$/.exec(file)?.[1] ?? []);
    parts.push(...names.filter((name) => !parts.includes(name)).toSorted());
  };
  return () => {
    // A look that fails, because a folder went meanwhile, is made again with the next frame.
    look().catch(() => undefined);
    return { kind: "starting", now: Date.now(), beganAt, where, parts: [...parts] };
  };
}

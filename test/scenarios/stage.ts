/** A world with the controller on it, as scenarios see it: the real plane is one, the playground another. */
import type { Behaviour } from "../plane/behaviour.ts";
import type { Objects } from "../plane/objects.ts";
import type { App, AppOptions } from "./app.ts";

export interface Stage {
  readonly objects: Objects;
  readonly pace: Pace;
  /** While paused, connections are refused. */
  readonly prometheus: { readonly url: string; pause(): Promise<void>; resume(): Promise<void> };
  /** As if the API server were killed and started again on what it had stored. */
  restartApiServer(): Promise<void>;
  /** All of a workload's pods, of now and later, behave so from now on. */
  behave(workload: `${string}/${string}`, changes: Partial<Behaviour>): Promise<void>;
  /** Resolves when it is ready. */
  controller(wishes?: ControllerWishes): Promise<Controller>;
  /** An application with its Canary, initialised and under traffic. */
  app(name: string, options?: AppOptions): Promise<App>;
  /** Ends all controllers that it started. */
  stopControllers(): Promise<void>;
  stop(): Promise<void>;
}

export interface ControllerWishes {
  /** Tells the logs of two that run at once apart. */
  readonly name?: string;
  readonly args?: readonly string[];
}

/** The product itself, as a process. */
export interface Controller {
  readonly isRunning: boolean;
  kill9(): Promise<void>;
  /** SIGTERM, and the wait for its end. */
  stop(): Promise<void>;
  /** The same command again, after `stop` or `kill9`. Resolves when it is ready. */
  start(): Promise<void>;
}

/** How fast a world is. What scenarios expect of it does not depend on that. */
export interface Pace {
  /** The interval of an analysis that takes so many seconds on the plane. */
  step(seconds: number): string;
  /** Requests a second of which a tenth is enough to judge by within a step of six seconds on the plane. */
  readonly enoughPerSecond: number;
  /** From a weight being written until every proxy has surely followed. */
  readonly settleMillis: number;
  /** What pods take to start where a scenario wants to see them start. */
  readonly startSeconds: number;
  /** A deadline of the progress that a scenario lets pass, in seconds. */
  readonly deadlineSeconds: number;
  /** Longer than a step of three seconds on the plane, with what surrounds it. */
  readonly heldMillis: number;
  /** How long Prometheus stays away. */
  readonly blindMillis: number;
}

export type Scenario = (stage: Stage) => Promise<void>;

/** What holds, in words, and how that is seen. */
export type Scenarios = Readonly<Record<string, Scenario>>;

import type { PrometheusClient } from "../adapters/metrics/prometheus.ts";
import { Engine, type EngineOptions } from "../engine.ts";
import type { Cancel, Clock } from "../runtime/clock.ts";
import type { Log } from "../runtime/log.ts";
import { type Random, seededRandom } from "../runtime/random.ts";
import type { Transport, TransportRequest } from "../runtime/transport.ts";
import { CountingMeters } from "./countingMeters.ts";
import { Process } from "./process.ts";
import { type Strike, Strikes } from "./strikes.ts";

export interface ReplicaOptions {
  /** The pod's name, for the lease; also the user that its writes are told under. */
  readonly name: string;
  readonly config: EngineOptions["config"];
  readonly clock: Clock;
  /** Of all that its processes draw. */
  readonly seed: number;
  /** To the API server, with all that may go wrong on the way. */
  readonly transport: Transport;
  readonly prometheus: PrometheusClient;
  readonly log: Log;
  /** How much its wall clock is ahead of the world's, in milliseconds, besides what it was set to. */
  readonly skewMillis?: () => number;
  /** Asked once for each request: what hits the process at it, besides what is expected of `strikes`. */
  readonly strikeAt?: (request: TransportRequest) => Strike | undefined;
  /** From the end of a process that was killed to the start of the next. */
  readonly restartMillis?: number;
}

const RESTART_MILLIS = 1_000;

/** From SIGTERM to SIGKILL, as Kubernetes has it. */
const GRACE_MILLIS = 30_000;

/** Passes over a rollout: the dispatcher's queue measures each. */
const TICKS = "serin_queue_work_seconds";

interface Running {
  readonly process: Process;
  readonly engine: Engine;
  /** In the order of their start. */
  readonly parts: (() => Promise<void> | void)[];
}

/** One replica of the controller: the unchanged engine, in one process after the other. */
export class Replica {
  readonly name: string;
  readonly strikes = new Strikes();
  readonly #options: ReplicaOptions;
  readonly #random: Random;
  readonly #meters = new CountingMeters();
  #skewMillis = 0;
  #running: Running | undefined;
  #cancelRestart: Cancel = () => {};
  #pastRequests = 0;
  #starts = 0;

  constructor(options: ReplicaOptions) {
    this.name = options.name;
    this.#options = options;
    this.#random = seededRandom(options.seed);
  }

  get isAlive(): boolean {
    return this.#running !== undefined;
  }

  /** Whether it would say of itself that it leads. */
  get isLeading(): boolean {
    return this.#running?.engine.readiness().role === "leader";
  }

  /** Passes over rollouts, of all its processes. */
  get ticks(): number {
    return this.#meters.count(TICKS);
  }

  /** Requests to the API server, watches not counted, of all its processes. */
  get requests(): number {
    return this.#pastRequests + (this.#running?.process.requests ?? 0);
  }

  /** How many processes there have been. */
  get starts(): number {
    return this.#starts;
  }

  /** Start a process, unless one runs. */
  start(): void {
    this.#cancelRestart();
    if (this.#running !== undefined) return;
    this.#starts += 1;
    const { clock, transport, prometheus, config, log, name, skewMillis, strikeAt } = this.#options;
    const process = new Process({
      clock,
      skewMillis: () => this.#skewMillis + (skewMillis?.() ?? 0),
      strikeAt: (request) => this.strikes.next(request) ?? strikeAt?.(request),
      onStruckDead: ({ downMillis }) => this.#restartIn(downMillis),
    });
    const engine = new Engine({
      config: { ...config, identity: name },
      transport: process.transport(transport),
      prometheus: process.prometheus(prometheus),
      clock: process.clock,
      random: seededRandom(Math.floor(this.#random.next() * 2 ** 32)),
      log,
      meters: this.#meters,
    });
    const parts: Running["parts"] = [];
    this.#running = { process, engine, parts };
    engine
      .start((_, stop) => void parts.push(stop))
      .catch((error: unknown) => log.error({ error, replica: name }, "a replica did not start"));
  }

  /** SIGKILL, now. It is started again after so long; as after any death, unless told otherwise. */
  kill(downMillis?: number): void {
    if (this.#running === undefined) return;
    this.#running.process.kill();
    this.#restartIn(downMillis);
  }

  /** SIGTERM: let it end in its own way, and kill it where that takes too long. Resolves when it ended well; is not started again. */
  async stop(): Promise<void> {
    this.#cancelRestart();
    const running = this.#running;
    if (running === undefined) return;
    const cancel = this.#options.clock.setTimer(GRACE_MILLIS, () => this.#leave(running));
    for (const stop of running.parts.toReversed()) await stop();
    cancel();
    this.#leave(running);
  }

  /** End for good, without a word. */
  end(): void {
    this.#cancelRestart();
    if (this.#running !== undefined) this.#leave(this.#running);
  }

  /** Stand still for so long: see `Process`. */
  stall(millis: number): void {
    this.#running?.process.stall(millis);
  }

  /** Be suspended, its machine's monotonic clock included: see `Process`. */
  suspend(millis: number): void {
    this.#running?.process.suspend(millis);
  }

  /** Set its wall clock to be so much ahead of the world's, or behind it. */
  setSkew(millis: number): void {
    this.#skewMillis = millis;
  }

  #restartIn(millis = this.#options.restartMillis ?? RESTART_MILLIS): void {
    if (this.#running !== undefined) this.#leave(this.#running);
    this.#cancelRestart();
    this.#cancelRestart = this.#options.clock.setTimer(millis, () => this.start());
  }

  #leave(running: Running): void {
    if (this.#running !== running) return;
    running.process.kill();
    this.#pastRequests += running.process.requests;
    this.#running = undefined;
  }
}

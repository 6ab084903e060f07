/** A client as users are: sends at a fixed rate whatever the answers, and counts every request that got none from a pod. */
import { Agent, request as httpRequest } from "node:http";
import type { Clock } from "../runtime/clock.ts";

export interface TrafficOptions {
  /** The gateway's address, such as http://127.0.0.1:8080. */
  readonly url: string;
  readonly host: string;
  readonly clock: Clock;
  readonly ratePerSecond?: number;
  readonly path?: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly timeoutMillis?: number;
  /** How many answers to remember one by one; 20,000 unless told otherwise. `all()` counts the forgotten as well. */
  readonly remember?: number;
}

export interface Answer {
  /** When it was sent, as the clock's `now` counts. */
  readonly sentAt: number;
  readonly millis: number;
  /** Undefined when there was no response at all. */
  readonly status: number | undefined;
  /** Which version answered; undefined when no pod did. */
  readonly version: string | undefined;
  readonly pod: string | undefined;
  /** Why it is lost: a connection error, a time-out, or the gateway's own refusal. */
  readonly lost: string | undefined;
}

export interface Summary {
  readonly sent: number;
  /** Answered by a pod, with success. */
  readonly ok: number;
  /** Answered by no pod: what a rollout must never cause. */
  readonly lost: number;
  readonly byVersion: Readonly<Record<string, number>>;
  /** Responses of 500 and above that a pod made itself. */
  readonly errorsByVersion: Readonly<Record<string, number>>;
  readonly lostBecause: Readonly<Record<string, number>>;
}

const LONGEST_TICK_MILLIS = 20;
const WORDS_KEPT = 80;

export class Traffic {
  readonly #options: TrafficOptions;
  readonly #agent: Agent;
  readonly #answers: Answer[] = [];
  readonly #total = new Tally();
  readonly #flying = new Set<Promise<void>>();
  #rate: number;
  #dueFrom = 0;
  #due = 0;
  #stop: (() => void) | undefined;

  constructor(options: TrafficOptions) {
    this.#options = options;
    this.#rate = options.ratePerSecond ?? 50;
    // Kept-alive connections, as browsers and load balancers hold them.
    this.#agent = new Agent({ keepAlive: true, maxFreeSockets: 64 });
  }

  /** Begin, or do nothing if begun already. */
  start(): void {
    if (this.#stop !== undefined) return;
    this.#dueFrom = this.#options.clock.monotonic();
    this.#due = 0;
    const tick = () => {
      this.#sendDue();
      this.#stop = this.#options.clock.setTimer(Math.min(LONGEST_TICK_MILLIS, 1000 / this.#rate), tick);
    };
    tick();
  }

  /** From now on so many a second. */
  setRate(perSecond: number): void {
    this.#rate = perSecond;
    this.#dueFrom = this.#options.clock.monotonic();
    this.#due = 0;
  }

  get ratePerSecond(): number {
    return this.#rate;
  }

  /** The latest ones, oldest first. */
  get answers(): readonly Answer[] {
    return this.#answers;
  }

  /** Of the requests sent from then on, as far as they are remembered; times as the clock's `now` counts. */
  since(from: number): Summary {
    return this.between(from, Number.POSITIVE_INFINITY);
  }

  between(from: number, to: number): Summary {
    const tally = new Tally();
    for (const answer of this.#answers) if (answer.sentAt >= from && answer.sentAt < to) tally.add(answer);
    return tally.summary();
  }

  all(): Summary {
    return this.#total.summary();
  }

  /** Sends no more, and resolves when the last one is answered. */
  async stop(): Promise<Summary> {
    this.#stop?.();
    this.#stop = undefined;
    await Promise.all(this.#flying);
    this.#agent.destroy();
    return this.all();
  }

  /** The open loop: whatever is due by the clock, so that a slow machine lowers no rate. */
  #sendDue(): void {
    const due = Math.floor(((this.#options.clock.monotonic() - this.#dueFrom) * this.#rate) / 1000);
    for (; this.#due < due; this.#due += 1) {
      const flight: Promise<void> = this.#send().then((answer) => {
        this.#flying.delete(flight);
        this.#record(answer);
      });
      this.#flying.add(flight);
    }
  }

  #record(answer: Answer): void {
    this.#total.add(answer);
    this.#answers.push(answer);
    const most = this.#options.remember ?? 20_000;
    // In large steps, since each moves all that stay.
    if (this.#answers.length > most * 1.25) this.#answers.splice(0, this.#answers.length - most);
  }

  #send(): Promise<Answer> {
    const { url, host, clock, path = "/", method = "GET", headers = {}, timeoutMillis = 5000 } = this.#options;
    const sentAt = clock.now();
    const began = clock.monotonic();
    const { promise, resolve } = Promise.withResolvers<Answer>();
    const finish = (rest: Omit<Answer, "sentAt" | "millis">) => {
      cancel();
      resolve({ sentAt, millis: clock.monotonic() - began, ...rest });
    };
    const lose = (lost: string) => finish({ status: undefined, version: undefined, pod: undefined, lost });
    const request = httpRequest(new URL(path, url), { agent: this.#agent, method, headers: { ...headers, host } });
    const cancel = clock.setTimer(timeoutMillis, () => request.destroy(new Error("timed out")));
    request.on("error", (error) => lose(error.message));
    request.once("response", (response) => {
      let body = "";
      response.setEncoding("utf8");
      response.on("data", (text: string) => {
        if (body.length < WORDS_KEPT) body += text;
      });
      response.on("error", (error) => lose(error.message));
      response.once("end", () => {
        const status = response.statusCode ?? 0;
        const version = headerOf(response.headers["x-version"]);
        const lost = version === undefined ? `${status} from the gateway: ${body.slice(0, WORDS_KEPT)}` : undefined;
        finish({ status, version, pod: headerOf(response.headers["x-pod"]), lost });
      });
    });
    request.end();
    return promise;
  }
}

class Tally {
  #sent = 0;
  #ok = 0;
  #lost = 0;
  readonly #byVersion: Record<string, number> = {};
  readonly #errorsByVersion: Record<string, number> = {};
  readonly #lostBecause: Record<string, number> = {};

  add({ lost, version, status }: Answer): void {
    this.#sent += 1;
    if (lost !== undefined) {
      this.#lost += 1;
      count(this.#lostBecause, lost);
    } else if (version !== undefined) {
      count(this.#byVersion, version);
      if ((status ?? 0) >= 500) count(this.#errorsByVersion, version);
      else this.#ok += 1;
    }
  }

  summary(): Summary {
    return {
      sent: this.#sent,
      ok: this.#ok,
      lost: this.#lost,
      byVersion: { ...this.#byVersion },
      errorsByVersion: { ...this.#errorsByVersion },
      lostBecause: { ...this.#lostBecause },
    };
  }
}

function count(table: Record<string, number>, key: string): void {
  table[key] = (table[key] ?? 0) + 1;
}

const headerOf = (value: string | string[] | undefined): string | undefined =>
  Array.isArray(value) ? value[0] : value;

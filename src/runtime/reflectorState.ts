import { type BackoffPolicy, backoffMillis } from "./backoff.ts";
import type { Log } from "./log.ts";
import type { Counter, Meters } from "./meters.ts";
import type { Random } from "./random.ts";

/** Where a reflector stands. Every failure names the state it falls back to. */
export type ReflectorState =
  | { readonly name: "empty" }
  | Listing
  | { readonly name: "listed" }
  | { readonly name: "watching" }
  | { readonly name: "backoff"; readonly reason: string; readonly waitMillis: number; readonly next: ReflectorState }
  | { readonly name: "stopped" };

/** A list under way: the next page to ask for and what the pages so far have told. */
export interface Listing {
  readonly name: "listing";
  readonly page: number;
  readonly listed: Set<string>;
  readonly token: string | undefined;
  readonly version: string | undefined;
  /** The newest version known before the list began; a list that is older shows a server restored from a backup. */
  readonly known: string | undefined;
}

/** What is known of a fault besides its name. */
export interface Fault {
  readonly retryAfterSeconds?: number | undefined;
  readonly error?: unknown;
}

/** A watch that ends sooner than this did not end because its time was up. */
export const HASTY_MILLIS = 800;
/** A watch that held this long shows a server that is well. */
export const HEALTHY_MILLIS = 60_000;

const PATIENCE: BackoffPolicy = { baseMillis: 800, capMillis: 30_000 };
/** Waiting for a kind that is not installed: nobody installs one every second. */
const MISSING_MILLIS = 30_000;
/** A server that asks for more patience than this is not believed. */
const LONGEST_RETRY_AFTER_MILLIS = 300_000;
/** After so many failures in a row to resume, the version to resume from is under suspicion: list again. */
const RESUME_ATTEMPTS = 5;

/** Counts the faults of one reflector and says, for each, how long to wait and where to go on. */
export class Faults {
  readonly #kind: string;
  readonly #random: Random;
  readonly #log: Log;
  readonly #count: Counter;
  #failures = 0;

  constructor({ kind, random, log, meters }: { kind: string; random: Random; log: Log; meters: Meters }) {
    this.#kind = kind;
    this.#random = random;
    this.#log = log;
    const help = "Lists and watches that failed, by reason";
    this.#count = meters.counter({ name: "serin_reflector_faults_total", help, labels: ["kind", "reason"] });
  }

  /** The server answers as it should: the next failure is the first. */
  healthy(): void {
    this.#failures = 0;
  }

  /** Wait and go on from `next`. `reason` is a label of a meter and comes from a small set. */
  failed(reason: string, next: ReflectorState, { retryAfterSeconds, error }: Fault): ReflectorState {
    this.#failures++;
    this.#count.add({ kind: this.#kind, reason });
    const asked = Math.min(LONGEST_RETRY_AFTER_MILLIS, (retryAfterSeconds ?? 0) * 1000);
    const waitMillis = asked + backoffMillis(PATIENCE, this.#failures, this.#random);
    const fields = { reason, failures: this.#failures, waitMillis, ...(error === undefined ? {} : { error }) };
    // One stumble is an API server that restarts; say it loudly only when it lasts.
    if (this.#failures < 3) this.#log.debug(fields, "watch broke");
    else this.#log.warn(fields, "watch keeps breaking");
    return { name: "backoff", reason, waitMillis, next };
  }

  /** Wait and watch from where we were. */
  resume(reason: string, fault: Fault): ReflectorState {
    return this.failed(reason, { name: this.#failures + 1 < RESUME_ATTEMPTS ? "listed" : "empty" }, fault);
  }

  /** Our version is too old to go on from: list again, at once the first time. */
  gone(): ReflectorState {
    if (this.#failures > 0) return this.failed("gone", { name: "empty" }, {});
    this.#failures = 1;
    this.#count.add({ kind: this.#kind, reason: "gone" });
    return { name: "empty" };
  }

  /** The server does not know the kind. No failure, only a long wait. */
  missing(): ReflectorState {
    const waitMillis = MISSING_MILLIS * (1 + this.#random.next() / 2);
    return { name: "backoff", reason: "kind is not installed", waitMillis, next: { name: "empty" } };
  }

  /** Whoever listens to changes threw. */
  handlerFailed(error: unknown): void {
    this.#count.add({ kind: this.#kind, reason: "handler" });
    this.#log.error({ error }, "handler of a change failed");
  }
}

import type { Cancel, Clock } from "./clock.ts";
import { type Due, pop, push } from "./dueHeap.ts";

export interface TimersOptions {
  readonly clock: Clock;
  /** Called once for each key whose time has come, earliest first. */
  readonly onDue: (key: string) => void;
  /** Which scale due times are on: instants on the wall (the default), or the monotonic scale, which never jumps. */
  readonly scale?: "wall" | "monotonic";
  /** Told of what `onDue` throws. */
  readonly report?: (error: unknown) => void;
}

interface Entry extends Due {
  readonly key: string;
}

/** A wall clock may leap (suspend, NTP) without our timer noticing, so look at it at least this often. */
const LONGEST_SLEEP_MILLIS = 10_000;

/** One timer for each key, and one timer of the system for all of them. */
export class Timers {
  readonly #clock: Clock;
  readonly #onDue: (key: string) => void;
  readonly #report: ((error: unknown) => void) | undefined;
  readonly #scale: "wall" | "monotonic";
  readonly #entries = new Map<string, Entry>();
  /** Entries that were replaced or cancelled stay until they surface. */
  #heap: Entry[] = [];
  #count = 0;
  #cancelTimer: Cancel | undefined;
  #armedFor = Number.POSITIVE_INFINITY;

  constructor({ clock, onDue, scale = "wall", report }: TimersOptions) {
    this.#clock = clock;
    this.#onDue = onDue;
    this.#scale = scale;
    this.#report = report;
  }

  /** How many keys wait. */
  get size(): number {
    return this.#entries.size;
  }

  /** When the key is due, if it waits at all. */
  dueAt(key: string): number | undefined {
    return this.#entries.get(key)?.due;
  }

  /** Wake `key` at `due` (milliseconds on our scale) and not before. Replaces what was set for the key. */
  at(key: string, due: number): void {
    if (Number.isNaN(due)) throw new RangeError(`no time to wake ${key} at`);
    const entry: Entry = { key, due, order: this.#count++ };
    this.#entries.set(key, entry);
    if (this.#heap.length > 64 + 2 * this.#entries.size) this.#rebuild();
    else push(this.#heap, entry);
    this.#arm();
  }

  /** Forget the key. */
  cancel(key: string): void {
    this.#entries.delete(key);
  }

  /** Forget all keys. */
  stop(): void {
    this.#entries.clear();
    this.#heap = [];
    this.#disarm();
  }

  #now(): number {
    return this.#scale === "wall" ? this.#clock.now() : this.#clock.monotonic();
  }

  #fire(): void {
    const now = this.#now();
    // Collect first: a key that sets itself anew while it is handled must not run again in the same turn.
    const due: string[] = [];
    for (let first = this.#first(); first !== undefined && first.due <= now; first = this.#first()) {
      pop(this.#heap);
      this.#entries.delete(first.key);
      due.push(first.key);
    }
    for (const key of due) this.#handle(key);
    this.#arm();
  }

  #handle(key: string): void {
    try {
      this.#onDue(key);
    } catch (error) {
      if (this.#report === undefined) throw error;
      this.#report(error);
    }
  }

  #first(): Entry | undefined {
    while (this.#heap[0] !== undefined && this.#entries.get(this.#heap[0].key) !== this.#heap[0]) pop(this.#heap);
    return this.#heap[0];
  }

  #arm(): void {
    const first = this.#first();
    if (first === undefined) {
      this.#disarm();
      return;
    }
    if (this.#cancelTimer !== undefined && this.#armedFor <= first.due) return;
    this.#disarm();
    this.#armedFor = first.due;
    const sleep = Math.min(LONGEST_SLEEP_MILLIS, Math.max(0, first.due - this.#now()));
    this.#cancelTimer = this.#clock.setTimer(sleep, () => {
      this.#disarm();
      this.#fire();
    });
  }

  #disarm(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    this.#armedFor = Number.POSITIVE_INFINITY;
  }

  #rebuild(): void {
    this.#heap = [];
    for (const entry of this.#entries.values()) push(this.#heap, entry);
  }
}

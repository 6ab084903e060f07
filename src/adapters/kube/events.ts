import { backoffMillis } from "../../runtime/backoff.ts";
import type { Clock } from "../../runtime/clock.ts";
import type { Log } from "../../runtime/log.ts";
import { type Counter, type Meters, noMeters } from "../../runtime/meters.ts";
import type { Random } from "../../runtime/random.ts";
import { Timers } from "../../runtime/timers.ts";
import type { KubeObject, Transport, TransportRequest } from "../../runtime/transport.ts";
import {
  type EventType,
  eventNamespace,
  eventObject,
  messagesOf,
  type ObjectReference,
  type Reporter,
  timestamp,
} from "./eventObject.ts";

export interface EventRecorderOptions {
  readonly transport: Transport;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly reporter: Reporter;
  readonly meters?: Meters;
  /**
   * What is recorded for one object and type within this time becomes one Event. Normal ones are a chronicle and can wait,
   * 5 s unless told otherwise; a warning is told after 1 s, and whatever was said before it as well.
   */
  readonly gatherMillis?: Readonly<Record<EventType, number>>;
  /** Sentences that may wait to be sent; 4,000 unless told otherwise. */
  readonly limit?: number;
}

/** One sentence about one object. */
export interface EventNote {
  readonly about: ObjectReference;
  readonly type: EventType;
  readonly message: string;
}

interface Batch {
  readonly key: string;
  readonly about: ObjectReference;
  readonly type: EventType;
  readonly sentences: string[];
  /** When the first and the last of them were said, in milliseconds since the epoch: sending comes later. */
  readonly firstAt: number;
  lastAt: number;
}

/** An Event that the API server has, to be counted up when the same is said again. */
interface Sent {
  readonly path: string;
  count: number;
}

const TIMEOUT_MILLIS = 5_000;
const ATTEMPTS = 3;
const PATIENCE = { baseMillis: 500, capMillis: 10_000 };
/** On shutdown, news is worth waiting for, but not for long. */
const FLUSH_MILLIS = 5_000;
/** How many sent Events are remembered. */
const REMEMBERED = 1_000;

/** Tells the world through Kubernetes Events: in the background, at most once, and never at the cost of the work itself. */
export class EventRecorder {
  readonly #transport: Transport;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #log: Log;
  readonly #reporter: Reporter;
  readonly #gatherMillis: Readonly<Record<EventType, number>>;
  readonly #limit: number;
  readonly #dropped: Counter;
  readonly #gathering = new Map<string, Batch>();
  readonly #windows: Timers;
  readonly #outbox: Batch[] = [];
  readonly #sent = new Map<string, Sent>();
  readonly #quit = new AbortController();
  #waiting = 0;
  #count = 0;
  #sender: Promise<void> | undefined;

  constructor(options: EventRecorderOptions) {
    const {
      transport,
      clock,
      random,
      log,
      reporter,
      meters = noMeters(),
      gatherMillis = { Normal: 5_000, Warning: 1_000 },
      limit = 4_000,
    } = options;
    this.#transport = transport;
    this.#clock = clock;
    this.#random = random;
    this.#log = log;
    this.#reporter = reporter;
    this.#gatherMillis = gatherMillis;
    this.#limit = limit;
    const help = "Sentences that never became an Event, by why";
    this.#dropped = meters.counter({ name: "serin_events_dropped_total", help, labels: ["reason"] });
    this.#windows = new Timers({ clock, scale: "monotonic", onDue: (key) => this.#close(key) });
  }

  /** Say something about an object. Returns at once and never throws; when too much waits, it is dropped and counted. */
  record({ about, type, message }: EventNote): void {
    if (this.#waiting >= this.#limit || this.#quit.signal.aborted) {
      this.#dropped.add({ reason: "full" });
      return;
    }
    this.#waiting++;
    const key = keyOf(type, about);
    const due = this.#clock.monotonic() + this.#gatherMillis[type];
    // Or Kubernetes would have the warning before what led to it.
    if (type === "Warning") this.#hurry(keyOf("Normal", about), due);
    const batch = this.#gathering.get(key);
    if (batch !== undefined) {
      batch.sentences.push(message);
      batch.lastAt = this.#clock.now();
      return;
    }
    const now = this.#clock.now();
    this.#gathering.set(key, { key, about, type, sentences: [message], firstAt: now, lastAt: now });
    this.#windows.at(key, due);
  }

  /** Send what waits, for at most five seconds, and accept nothing more. Never rejects. */
  async flush(): Promise<void> {
    for (const key of [...this.#gathering.keys()]) this.#close(key);
    this.#windows.stop();
    const late = Promise.withResolvers<void>();
    const cancel = this.#clock.setTimer(FLUSH_MILLIS, late.resolve);
    await Promise.race([this.#sender, late.promise]);
    cancel();
    this.#quit.abort();
  }

  #hurry(key: string, due: number): void {
    if ((this.#windows.dueAt(key) ?? due) > due) this.#windows.at(key, due);
  }

  #close(key: string): void {
    const batch = this.#gathering.get(key);
    if (batch === undefined) return;
    this.#gathering.delete(key);
    this.#windows.cancel(key);
    this.#outbox.push(batch);
    this.#sender ??= this.#send().finally(() => {
      this.#sender = undefined;
    });
  }

  async #send(): Promise<void> {
    for (let batch = this.#outbox.shift(); batch !== undefined; batch = this.#outbox.shift()) {
      for (const message of messagesOf(batch.sentences)) await this.#tell(batch, message);
      this.#waiting -= batch.sentences.length;
    }
  }

  /** One message out. Whatever goes wrong ends here. */
  async #tell(batch: Batch, message: string): Promise<void> {
    try {
      const memory = `${batch.key}\n${message}`;
      const sent = this.#sent.get(memory);
      if (sent !== undefined && (await this.#countUp(sent, batch.lastAt))) return;
      const event = this.#eventOf(batch, message);
      const collection = `/api/v1/namespaces/${encodeURIComponent(eventNamespace(batch.about))}/events`;
      const status = await this.#request({ method: "POST", path: collection, body: event });
      // 409: an attempt whose answer was lost had been heard.
      if (status < 300 || status === 409)
        this.#remember(memory, `${collection}/${encodeURIComponent(event.metadata.name)}`);
      else this.#drop(`http ${status}`, batch, message);
    } catch (error) {
      this.#drop("connection", batch, message, error);
    }
  }

  #eventOf({ about, type, firstAt, lastAt }: Batch, message: string): KubeObject {
    const now = this.#clock.now();
    // Two within a millisecond, and two instances within one, still need two names.
    const salt = Math.floor(this.#random.next() * 0xffff).toString(16);
    const suffix = `${Math.floor(now).toString(16)}${(this.#count++ % 0x1000).toString(16).padStart(3, "0")}${salt}`;
    return eventObject({ about, type, message, reporter: this.#reporter, firstAt, lastAt, suffix });
  }

  /** Answers false where the earlier Event is gone, which happens after an hour. */
  async #countUp(sent: Sent, lastAt: number): Promise<boolean> {
    const body = { count: sent.count + 1, lastTimestamp: timestamp(lastAt) };
    const contentType = "application/merge-patch+json";
    const status = await this.#request({ method: "PATCH", path: sent.path, body, contentType });
    if (status >= 300) return false;
    sent.count++;
    return true;
  }

  async #request(request: Pick<TransportRequest, "method" | "path" | "body" | "contentType">): Promise<number> {
    for (let attempt = 1; ; attempt++) {
      const call = { ...request, timeoutMillis: TIMEOUT_MILLIS, signal: this.#quit.signal };
      let waitMillis = backoffMillis(PATIENCE, attempt, this.#random);
      try {
        const { status, retryAfterSeconds = 0 } = await this.#transport.request(call);
        if ((status < 500 && status !== 429) || attempt === ATTEMPTS) return status;
        waitMillis += Math.min(retryAfterSeconds * 1000, PATIENCE.capMillis);
      } catch (error) {
        if (attempt === ATTEMPTS || this.#quit.signal.aborted) throw error;
      }
      await new Promise<void>((resolve) => void this.#clock.setTimer(waitMillis, resolve));
    }
  }

  #remember(memory: string, path: string): void {
    this.#sent.delete(memory);
    this.#sent.set(memory, { path, count: 1 });
    const [oldest] = this.#sent.keys();
    if (oldest !== undefined && this.#sent.size > REMEMBERED) this.#sent.delete(oldest);
  }

  #drop(reason: string, { about }: Batch, message: string, error?: unknown): void {
    this.#dropped.add({ reason });
    const object = `${about.kind} ${eventNamespace(about)}/${about.name}`;
    this.#log.warn({ reason, object, message, ...(error === undefined ? {} : { error }) }, "an event was not recorded");
  }
}

function keyOf(type: EventType, about: ObjectReference): string {
  return `${type} ${about.kind} ${eventNamespace(about)}/${about.name} ${about.uid ?? ""}`;
}

import type { Cancel, Clock } from "../../runtime/clock.ts";
import {
  beginStandby,
  checkDurations,
  DEFAULT_DURATIONS,
  expire,
  intentOf,
  type LeaderState,
  type LeaseDurations,
  mayAct,
  observe,
  written,
} from "../../runtime/leader.ts";
import type { Log } from "../../runtime/log.ts";
import type { Random } from "../../runtime/random.ts";
import type { KubeObject, Transport, TransportRequest, TransportResponse } from "../../runtime/transport.ts";
import { heldLease, readLease, releasedLease } from "./leaseObject.ts";

export interface LeaderElectionOptions {
  readonly transport: Transport;
  readonly clock: Clock;
  readonly random: Random;
  readonly namespace: string;
  readonly name: string;
  /** The pod's name. Made unique here: a restarted container must not take the lease of its former self for its own. */
  readonly identity: string;
  readonly log: Log;
  readonly durations?: LeaseDurations;
}

/** Contends for one Lease. Ask `mayAct` before every write: it is the fence, `onChange` only the news. */
export class LeaderElection {
  readonly #transport: Transport;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #log: Log;
  readonly #place: { readonly namespace: string; readonly name: string };
  readonly #durations: LeaseDurations;
  readonly #path: string;
  /** What this process is called on the Lease. */
  readonly identity: string;
  #state: LeaderState = beginStandby();
  /** The Lease as last read or written. */
  #lease: KubeObject | undefined;
  /** The wall clock when the last accepted write was sent. */
  #provenAtWall = 0;
  #onChange: (leading: boolean) => void = () => {};
  #wasLeading = false;
  /** Whether anybody was told that it must not act since the last accepted write. */
  #wasDenied = false;
  /** Whether we ever asked to be written on the Lease; the answer may have been lost. */
  #wasAttempted = false;
  #stopped: AbortController | undefined;
  #loop: Promise<void> = Promise.resolve();
  #cancelExpiry: Cancel = () => {};

  /** Throws RangeError where the durations could let two act at once. */
  constructor(options: LeaderElectionOptions) {
    const { transport, clock, random, namespace, name, identity, log, durations = DEFAULT_DURATIONS } = options;
    checkDurations(durations);
    this.#transport = transport;
    this.#clock = clock;
    this.#random = random;
    this.#log = log.child({ lease: `${name}.${namespace}` });
    this.#place = { namespace, name };
    this.#durations = durations;
    this.#path = `/apis/coordination.k8s.io/v1/namespaces/${encodeURIComponent(namespace)}/leases`;
    this.identity = `${identity}_${Math.floor(random.next() * 2 ** 32)
      .toString(16)
      .padStart(8, "0")}`;
  }

  /** Contend until `stop`. `onChange` hears of each gain and loss; it must not throw. */
  start(onChange: (leading: boolean) => void): void {
    if (this.#stopped !== undefined) return;
    this.#stopped = new AbortController();
    this.#onChange = onChange;
    this.#loop = this.#contend(this.#stopped.signal);
  }

  /** Whether this instance is certain, at this moment, that no other acts. */
  mayAct(): boolean {
    // The monotonic clock stands still while a machine is suspended, and the wall clock can be set back: trust neither
    // alone. Both are our own; nobody else's time is looked at.
    const wallMillis = this.#clock.now() - this.#provenAtWall;
    const isProven = mayAct(this.#state, this.#clock.monotonic()) && wallMillis < this.#durations.renewDeadlineMillis;
    // No stays no until it is proven anew, whatever the clocks say meanwhile: whoever was told so has left something
    // undone, and must hear when it may go on.
    if (!isProven) this.#wasDenied = true;
    return !this.#wasDenied;
  }

  /** Who holds the lease, as far as we know. */
  get holder(): string | undefined {
    return this.#state.seen?.record.holder;
  }

  /** Stop acting at once, then let go of the lease. End your own work first. Never rejects. */
  async stop(): Promise<void> {
    if (this.#stopped === undefined || this.#stopped.signal.aborted) return this.#loop;
    this.#stopped.abort();
    this.#become(beginStandby());
    await this.#loop;
    // Not only as a leader: a write that was cut short may have been stored. The record itself will tell.
    if (this.#wasAttempted) this.#loop = this.#release();
    return this.#loop;
  }

  async #contend(stopped: AbortSignal): Promise<void> {
    while (!stopped.aborted) {
      const startedAt = this.#clock.monotonic();
      const isWell = await this.#attempt(stopped);
      if (stopped.aborted) return;
      this.#become(expire(this.#state, this.#clock.monotonic()));
      const { renewDeadlineMillis, retryMillis } = this.#durations;
      // A third of the deadline: the first renewal may fail by its timeout, and there is time for another one.
      const isRenewed = isWell && this.#state.name === "leading";
      const period = isRenewed ? Math.max(retryMillis, renewDeadlineMillis / 3) : retryMillis;
      const jitter = isRenewed ? 1 : 1 + this.#random.next() * 0.2;
      await this.#sleep(startedAt + period * jitter - this.#clock.monotonic(), stopped);
    }
  }

  /** One look and, where it is called for, one write. Answers false when the server could not be asked. */
  async #attempt(stopped: AbortSignal): Promise<boolean> {
    try {
      // The holder need not look: its write fails where somebody else wrote.
      if (this.#state.name === "leading" && (await this.#write(stopped))) return true;
      if (!(await this.#look(stopped))) return false;
      const intent = intentOf(this.#state, this.identity, this.#clock.monotonic());
      if (intent !== "wait") await this.#write(stopped);
      return true;
    } catch (error) {
      if (!stopped.aborted) this.#log.warn({ error }, "lease could not be asked for");
      return false;
    }
  }

  async #look(stopped: AbortSignal): Promise<boolean> {
    const response = await this.#request({ method: "GET", path: `${this.#path}/${this.#place.name}` }, stopped);
    if (stopped.aborted) return false;
    if (response.status !== 200 && response.status !== 404) {
      this.#log.warn({ status: response.status, body: response.body }, "lease could not be read");
      return false;
    }
    this.#lease = response.status === 200 ? (response.body as KubeObject) : undefined;
    const record = this.#lease && readLease(this.#lease, this.#durations.leaseMillis);
    this.#become(observe(this.#state, record, this.#clock.monotonic()));
    return true;
  }

  /** Write us on the lease, if it is still as we know it. Answers whether that was accepted. */
  async #write(stopped: AbortSignal): Promise<boolean> {
    const [sentAt, sentAtWall] = [this.#clock.monotonic(), this.#clock.now()];
    const { leaseMillis } = this.#durations;
    const body = heldLease(this.#place, this.#lease, { identity: this.identity, leaseMillis, now: sentAtWall });
    this.#wasAttempted = true;
    const response = await this.#request(this.#writeOf(body), stopped);
    if (stopped.aborted) return false;
    if (response.status !== 200 && response.status !== 201) {
      // 409 is how competitors meet, not trouble.
      if (response.status === 409) return false;
      throw new Error(`the API server answered ${response.status}: ${JSON.stringify(response.body)}`);
    }
    this.#lease = response.body as KubeObject;
    if (this.#wasDenied) this.#tell(false);
    this.#wasDenied = false;
    this.#provenAtWall = sentAtWall;
    this.#become(
      expire(written(readLease(this.#lease, leaseMillis), sentAt, this.#durations), this.#clock.monotonic()),
    );
    return true;
  }

  #writeOf(body: KubeObject): Pick<TransportRequest, "method" | "path" | "body"> {
    if (this.#lease === undefined) return { method: "POST", path: this.#path, body };
    // The body carries the resourceVersion that we know, so this is compare-and-swap.
    return { method: "PUT", path: `${this.#path}/${this.#place.name}`, body };
  }

  async #release(): Promise<void> {
    const signal = new AbortController().signal;
    const path = `${this.#path}/${this.#place.name}`;
    try {
      // Twice: our last renewal may still be on its way, and get in between.
      for (let attempt = 0; attempt < 2; attempt++) {
        const { status, body } = await this.#request({ method: "GET", path }, signal);
        const lease = body as KubeObject;
        if (status !== 200 || readLease(lease, 0).holder !== this.identity) return;
        const released = { method: "PUT", path, body: releasedLease(lease, this.#clock.now()) } as const;
        if ((await this.#request(released, signal)).status === 200) {
          this.#log.info({}, "lease released");
          return;
        }
      }
    } catch (error) {
      // It runs out by itself; only the next instance has to wait.
      this.#log.warn({ error }, "lease could not be released");
    }
  }

  #request(
    request: Pick<TransportRequest, "method" | "path" | "body">,
    signal: AbortSignal,
  ): Promise<TransportResponse> {
    return this.#transport.request({ ...request, timeoutMillis: this.#durations.renewDeadlineMillis / 3, signal });
  }

  #become(state: LeaderState): void {
    this.#state = state;
    this.#cancelExpiry();
    const now = this.#clock.monotonic();
    if (state.name === "leading") {
      this.#cancelExpiry = this.#clock.setTimer(state.provenUntil - now, () => {
        this.#become(expire(this.#state, this.#clock.monotonic()));
      });
    }
    this.#tell(mayAct(state, now));
  }

  #tell(isLeading: boolean): void {
    if (isLeading === this.#wasLeading) return;
    this.#wasLeading = isLeading;
    const { name: state } = this.#state;
    this.#log.info({ identity: this.identity, state }, isLeading ? "became leader" : "no longer leader");
    this.#onChange(isLeading);
  }

  #sleep(millis: number, stopped: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        cancel();
        stopped.removeEventListener("abort", wake);
        resolve();
      };
      const cancel = this.#clock.setTimer(Math.max(0, millis), wake);
      stopped.addEventListener("abort", wake, { once: true });
    });
  }
}

import assert from "node:assert/strict";
import { UnavailableError } from "../../src/control/errors.ts";
import { Inbox } from "../../src/control/inbox.ts";
import { pass } from "../../src/control/line.ts";
import type { Desk } from "../../src/control/observe.ts";
import { Reach } from "../../src/control/reach.ts";
import { Rejections } from "../../src/control/rejections.ts";
import { after, type Duration, earliest, type Instant, seconds } from "../../src/domain/time.ts";
import { CrashError, TIMING, type World } from "./world.ts";

const KEY = "test/podinfo";
const RESTART = seconds(2);

/** So many passes without any time going by are a controller that spins. */
const SPIN = 50;

/** A controller that works for one world, and is started again whenever it is killed. */
export class Life {
  readonly world: World;
  passes = 0;
  #desk: Desk;
  #isDirty = true;
  #wakeAt: Instant | undefined;

  constructor(world: World) {
    this.world = world;
    this.#desk = this.#boot();
  }

  /** Let so much time go by. */
  async pass(length: Duration): Promise<void> {
    const end = after(this.world.now, length);
    let turns = 0;
    this.#isDirty = true;
    for (;;) {
      this.world.settle();
      if (this.#isDirty || (this.#wakeAt !== undefined && this.#wakeAt <= this.world.now)) {
        assert.ok(turns++ < SPIN, `spins in ${JSON.stringify(this.world.status.phase)}`);
        await this.#once();
        continue;
      }
      const eventAt = this.world.nextAt;
      const next = earliest(this.#wakeAt, eventAt);
      if (next === undefined || next > end) break;
      this.world.now = next;
      this.#isDirty ||= next === eventAt;
      turns = 0;
    }
    this.world.now = end;
  }

  /** Let time go by until it is so. */
  async until(holds: (world: World) => boolean, limit: Duration = seconds(1000)): Promise<void> {
    const end = after(this.world.now, limit);
    while (!holds(this.world)) {
      assert.ok(this.world.now < end, `still not so: ${holds}`);
      await this.pass(seconds(1));
    }
  }

  async #once(): Promise<void> {
    const { world } = this;
    const writes = world.writes;
    this.#isDirty = false;
    this.passes++;
    const outcome = await pass(KEY, this.#desk);
    if (outcome.kind === "done") this.#wakeAt = outcome.wakeAt;
    else this.#failed(outcome.error, outcome.retry.kind);
    // Its own writes come back to it as changes.
    this.#isDirty ||= world.writes > writes;
  }

  #failed(error: unknown, retry: string): void {
    if (error instanceof CrashError) {
      this.world.crashed = false;
      this.#desk = this.#boot();
      this.#wakeAt = after(this.world.now, RESTART);
      return;
    }
    if (retry === "now") this.#isDirty = true;
    else if (retry === "backoff" && error instanceof UnavailableError) this.#wakeAt = after(this.world.now, RESTART);
    else throw error;
  }

  #boot(): Desk {
    const inbox = new Inbox(() => {
      this.#isDirty = true;
    });
    const ports = this.world.ports(
      (result) => inbox.deliver(KEY, result),
      () => inbox.drop(KEY),
    );
    return { ports, inbox, rejections: new Rejections(), reach: new Reach(), timing: TIMING };
  }
}

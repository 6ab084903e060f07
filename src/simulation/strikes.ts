import type { TransportRequest } from "../runtime/transport.ts";

/** When a process is struck: with a request decided and not yet sent, or with its effect there and its answer not yet. */
export type Moment = "before it is sent" | "before its answer";

export type Strike =
  /** `downMillis` is until it is started again; as after any death, unless told otherwise. */
  | { readonly kind: "kill"; readonly moment: Moment; readonly downMillis?: number }
  | { readonly kind: "stall"; readonly moment: Moment; readonly millis: number };

/** Which requests are counted until a strike. `lease` is those of the leader election, `writes` all others that change something. */
export type Struck = "lease" | "writes" | "reads";

interface Waiting {
  readonly strike: Strike;
  readonly of: Struck;
  left: number;
}

/** What will hit the requests of one replica, whichever of its processes sends them. */
export class Strikes {
  #waiting: Waiting[] = [];

  /** Have the `nth` request of its sort from now on struck, 1 being the next one. Throws RangeError below that. */
  expect(strike: Strike, { of, nth }: { readonly of: Struck; readonly nth: number }): void {
    if (!(nth >= 1)) throw new RangeError(`there is no request number ${nth}`);
    this.#waiting.push({ strike, of, left: nth });
  }

  /** Nothing more is to hit. */
  clear(): void {
    this.#waiting = [];
  }

  /** Count this request. Answers what hits it; of several, the one that was expected first. */
  next(request: TransportRequest): Strike | undefined {
    if (this.#waiting.length === 0) return undefined;
    const sort = sortOf(request);
    let hit: Waiting | undefined;
    for (const waiting of this.#waiting) {
      if (waiting.of !== sort) continue;
      waiting.left -= 1;
      if (waiting.left <= 0) hit ??= waiting;
    }
    if (hit !== undefined) this.#waiting = this.#waiting.filter((waiting) => waiting !== hit);
    return hit?.strike;
  }
}

function sortOf({ method, path }: TransportRequest): Struck {
  if (path.includes("/leases")) return "lease";
  return method === "GET" ? "reads" : "writes";
}

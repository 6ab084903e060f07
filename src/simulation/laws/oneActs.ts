import { textAt } from "../../simulator/api/json.ts";
import type { WriteSeen } from "../../simulator/happening.ts";
import type { Bench, Law, Tell } from "./law.ts";

/** Kinds that replicas write whether they lead or not. */
const ALWAYS = new Set(["Lease", "Event"]);

/** Two replicas never both act: once a successor has begun, nothing of the one before it takes effect. */
export class OneActs implements Law {
  readonly #bench: Bench;
  readonly #tell: Tell;
  #holder: string | undefined;
  #hasBegun = false;

  constructor(bench: Bench, tell: Tell) {
    this.#bench = bench;
    this.#tell = tell;
  }

  wrote({ kind, user, after, namespace, name, atMillis }: WriteSeen): void {
    if (this.#bench.roleOf(user) !== "controller") return;
    if (kind === "Lease") {
      const isHeld = after !== undefined && (textAt(after, "spec", "holderIdentity") ?? "") !== "";
      const holder = isHeld ? user : undefined;
      if (holder !== this.#holder && holder !== undefined) this.#hasBegun = false;
      // Who let go has stopped; until somebody takes over, nobody else may have begun.
      this.#holder = holder ?? this.#holder;
    }
    if (ALWAYS.has(kind) || this.#holder === undefined) return;
    if (user === this.#holder) this.#hasBegun = true;
    else if (this.#hasBegun) {
      this.#tell(`${user} writes ${kind} ${namespace}/${name} after its successor ${this.#holder} began`, atMillis);
    }
  }
}

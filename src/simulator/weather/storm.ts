import type { Clock } from "../../runtime/clock.ts";
import { Dice, waitOf } from "./dice.ts";
import type { Fault, FaultKind, Strike } from "./faults.ts";
import { type SpellShape, Spells } from "./spells.ts";
import type { Temper } from "./temper.ts";

export interface StormOptions {
  readonly clock: Clock;
  readonly seed: number;
  readonly temper: Temper;
  readonly stormEndsAtMillis: number;
  readonly without: ReadonlySet<string>;
  readonly onFault: (fault: Fault) => void;
}

/** Says whether something strikes, and tells of it when it has. All times are milliseconds since the epoch. */
export class Storm {
  readonly clock: Clock;
  readonly temper: Temper;
  readonly endsAtMillis: number;
  readonly #beganAtMillis: number;
  readonly #dice: Dice;
  readonly #kinds: ReadonlySet<FaultKind>;
  readonly #without: ReadonlySet<string>;
  readonly #onFault: (fault: Fault) => void;
  readonly #counts = new Map<string, number>();
  readonly #spells = new Map<string, Spells>();
  readonly #told = new Set<string>();

  constructor({ clock, seed, temper, stormEndsAtMillis, without, onFault }: StormOptions) {
    this.clock = clock;
    this.temper = temper;
    this.endsAtMillis = stormEndsAtMillis;
    this.#beganAtMillis = clock.now();
    this.#dice = new Dice(seed);
    this.#kinds = new Set(temper.intensity > 0 ? temper.kinds : []);
    this.#without = without;
    this.#onFault = onFault;
  }

  get isOver(): boolean {
    return this.#kinds.size === 0 || this.clock.now() >= this.endsAtMillis;
  }

  /** Milliseconds that are left of it, or 0. */
  get leftMillis(): number {
    return Math.max(0, this.endsAtMillis - this.clock.now());
  }

  isOn(kind: FaultKind): boolean {
    return this.#kinds.has(kind);
  }

  /** Whether it strikes this time, at a chance that is the one given at full intensity. */
  roll(kind: FaultKind, user: string, chance: number, place = user): Strike | undefined {
    if (this.isOver || !this.isOn(kind)) return undefined;
    if (this.#dice.stream(`${kind} ${place}`).next() >= chance * this.temper.intensity) return undefined;
    return this.#strike(kind, user, place);
  }

  /** When it strikes next, where it does so every `meanMillis` on average at full intensity. Undefined: not in this storm. */
  next(kind: FaultKind, user: string, meanMillis: number, place = user): (Strike & { at: number }) | undefined {
    if (this.isOver || !this.isOn(kind)) return undefined;
    const wait = waitOf(this.#dice.stream(`${kind} ${place}`), meanMillis / this.temper.intensity);
    const at = this.clock.now() + Math.round(wait);
    if (at >= this.endsAtMillis) return undefined;
    const strike = this.#strike(kind, user, place);
    return strike && { ...strike, at };
  }

  /** The stretches of time in which it holds. None outlasts the storm. */
  spells(kind: FaultKind, user: string, shape: SpellShape): Spells {
    const key = `${kind} ${user}`;
    const known = this.#spells.get(key);
    if (known !== undefined) return known;
    const made = new Spells(this.isOn(kind) ? this.#drawSpells(kind, user, shape) : []);
    this.#spells.set(key, made);
    return made;
  }

  /** What does not change while the storm lasts, such as how far a clock is off. Undefined where the kind is off. */
  constant(kind: FaultKind, user: string): Strike | undefined {
    return this.isOn(kind) ? this.#named(kind, user, `${kind} ${user}`) : undefined;
  }

  /** The same fault with its dice at their beginning. */
  again(strike: Strike): Strike {
    return { ...strike, random: this.#dice.fresh(strike.id) };
  }

  tell({ id, kind, user }: Omit<Strike, "random">, what: string): void {
    this.#onFault({ id, atMillis: this.clock.now(), kind, user, what });
  }

  /** For what is met many times: only the first is told. */
  tellOnce(strike: Omit<Strike, "random">, what: () => string): void {
    if (this.#told.has(strike.id)) return;
    this.#told.add(strike.id);
    this.tell(strike, what());
  }

  #drawSpells(kind: FaultKind, user: string, shape: SpellShape) {
    const random = this.#dice.fresh(`${kind} ${user}`);
    const meanMillis = shape.everyMillis / this.temper.intensity;
    const drawn = Spells.draw(random, { ...shape, everyMillis: meanMillis }, this.#beganAtMillis, this.endsAtMillis);
    return drawn.flatMap((stretch, place) => {
      const strike = this.#named(kind, user, `${kind} ${user} ${place + 1}`);
      return strike === undefined ? [] : [{ ...stretch, ...strike }];
    });
  }

  #strike(kind: FaultKind, user: string, place: string): Strike | undefined {
    const key = `${kind} ${place}`;
    const count = (this.#counts.get(key) ?? 0) + 1;
    this.#counts.set(key, count);
    return this.#named(kind, user, `${key} ${count}`);
  }

  #named(kind: FaultKind, user: string, id: string): Strike | undefined {
    return this.#without.has(id) ? undefined : { id, kind, user, random: this.#dice.fresh(id) };
  }
}

/** What people will do and when, drawn. */
import type { Random } from "../runtime/random.ts";
import { between, pick, spreadBetween } from "../simulator/weather/dice.ts";
import type { AppPlan, Fate, Release } from "./app.ts";
import type { Act, Deed } from "./deeds.ts";

/** The version that every app begins with. */
export const FIRST: Release = { tag: "1.0.0", fate: "good" };

/** When the first deed may be done: mostly there is a primary by then. */
const FIRST_DEED_MILLIS = 60_000;

export const chance = (random: Random, share: number): boolean => random.next() < share;

/** How often each kind of deed is drawn, of so many. */
const ODDS: readonly (readonly [kind: Kind, odds: number])[] = [
  ["release", 30],
  ["revert", 8],
  ["edit settings", 6],
  ["edit canary", 8],
  ["suspend", 6],
  ["scale", 8],
  ["delete canary", 5],
  ["delete target", 4],
  ["delete primary", 4],
  ["delete route", 4],
  ["set weights", 5],
  ["label the route", 3],
  ["lose pods", 9],
];

type Kind =
  | "revert"
  | `delete ${"canary" | "target" | "primary" | "route"}`
  | Exclude<Act["kind"], "delete" | "resume" | "apply canary" | "apply target">;

/** Draws one app's deeds, and keeps in mind what they lead to. */
class Author {
  readonly #app: AppPlan;
  readonly #random: Random;
  readonly #deeds: Deed[] = [];
  #releases = 0;
  #settings = 1;
  #before = FIRST;
  #current = FIRST;
  #isSuspended = false;
  readonly #missing = new Set<"canary" | "target">();

  constructor(app: AppPlan, random: Random) {
    this.#app = app;
    this.#random = random;
  }

  get deeds(): readonly Deed[] {
    return this.#deeds;
  }

  add(atMillis: number): void {
    // A life without a release would show nothing.
    const kind = this.#releases === 0 ? "release" : this.#drawKind();
    // Nobody edits what is not there: it comes back first.
    const comesBack = this.#missing.size > 0 && chance(this.#random, 0.7);
    this.#note(atMillis, comesBack ? this.#comeBack() : this.#actsOf(kind));
  }

  /**
   * What people do at the latest when the storm is over. A good release among it: with a target that cannot start there may
   * be no rest.
   */
  conclude(atMillis: number): void {
    this.#note(atMillis, this.#comeBack());
    if (this.#isSuspended) this.#note(atMillis, [{ kind: "resume" }]);
    this.#note(atMillis, this.#release("good"));
  }

  /** One release more, and a good one. */
  last(atMillis: number): readonly Deed[] {
    const begin = this.#deeds.length;
    this.#note(atMillis, this.#release("good"));
    return this.#deeds.splice(begin);
  }

  #actsOf(kind: Kind): readonly Act[] {
    const random = this.#random;
    switch (kind) {
      case "release":
        return this.#release(drawFate(random));
      case "revert":
        return this.#take(this.#before);
      case "edit settings":
        if (!this.#app.hasConfig) return this.#release("good");
        this.#settings += 1;
        return [{ kind, value: String(this.#settings) }];
      case "edit canary":
        return [{ kind, spec: this.#drawEdit() }];
      case "suspend":
        this.#isSuspended = !this.#isSuspended;
        return [{ kind: this.#isSuspended ? "suspend" : "resume" }];
      case "scale":
        return [{ kind, replicas: 1 + Math.floor(random.next() * 5) }];
      case "set weights":
        return [{ kind, canary: pick(random, [0, 30, 100]) }];
      case "label the route":
        return [{ kind }];
      case "lose pods":
        return [{ kind, of: pick(random, ["target", "primary"]), count: pick(random, [1, 1, 2, 9]) }];
      case "delete canary":
      case "delete target":
        return this.#delete(kind === "delete canary" ? "canary" : "target");
      case "delete primary":
        return [{ kind: "delete", what: "primary" }];
      case "delete route":
        return [{ kind: "delete", what: "route" }];
    }
  }

  #drawKind(): Kind {
    const total = ODDS.reduce((sum, [, odds]) => sum + odds, 0);
    let left = this.#random.next() * total;
    for (const [kind, odds] of ODDS) {
      left -= odds;
      if (left < 0) return kind;
    }
    return "release";
  }

  #drawEdit(): Readonly<Record<string, unknown>> {
    const { intervalSeconds, threshold } = this.#app.canary;
    return pick<Readonly<Record<string, unknown>>>(this.#random, [
      { analysis: { stepWeights: [25, 75] } },
      { analysis: { interval: `${intervalSeconds * 2}s` } },
      { analysis: { threshold: threshold + 1 } },
      { skipAnalysis: true },
      { service: { timeout: "15s" } },
      { progressDeadlineSeconds: 90 },
    ]);
  }

  #release(fate: Fate): readonly Act[] {
    this.#releases += 1;
    return this.#take({ tag: `1.${this.#releases}.0`, fate });
  }

  #take(release: Release): readonly Act[] {
    this.#before = this.#current;
    this.#current = release;
    return [{ kind: "release", ...release }];
  }

  #delete(what: "canary" | "target"): readonly Act[] {
    this.#missing.add(what);
    return [{ kind: "delete", what }];
  }

  #comeBack(): readonly Act[] {
    const acts: Act[] = [];
    if (this.#missing.has("target")) acts.push({ kind: "apply target", ...this.#current });
    if (this.#missing.has("canary")) {
      acts.push({ kind: "apply canary" });
      this.#isSuspended = false;
    }
    this.#missing.clear();
    return acts;
  }

  #note(atMillis: number, acts: readonly Act[]): void {
    const app = this.#app;
    for (const act of acts) this.#deeds.push({ id: `${app.name} ${this.#deeds.length + 1}`, atMillis, app, act });
  }
}

function drawFate(random: Random): Fate {
  return pick<Fate>(random, ["good", "good", "good", "good", "bad", "bad", "crashes", "image missing"]);
}

/** What is done while the storm lasts, and what when it is over and all is at rest. */
export interface Doings {
  readonly deeds: readonly Deed[];
  readonly last: readonly Deed[];
}

export function drawDeeds(app: AppPlan, random: Random, stormMillis: number): Doings {
  const author = new Author(app, random);
  const count = 1 + Math.floor(spreadBetween(random, 1, 7));
  const times = Array.from({ length: count }, () => Math.round(between(random, FIRST_DEED_MILLIS, stormMillis)));
  for (const atMillis of times.sort((one, other) => one - other)) author.add(atMillis);
  author.conclude(stormMillis);
  const last = author.last(stormMillis);
  return { deeds: author.deeds, last };
}

/** What many lives come to. */
import type { Breach } from "../../src/simulation/laws/court.ts";
import type { Report } from "./worker.ts";

/** So many breaches of one law are told one by one. */
const TOLD = 3;

export class Tally {
  lives = 0;
  #ticks = 0;
  #writes = 0;
  #cpuMillis = 0;
  #errors = 0;
  readonly #broken = new Map<string, number>();
  /** Of the lowest seed that broke a law, since lives end in no order. */
  first: { readonly seed: number; readonly breach: Breach } | undefined;

  get isClean(): boolean {
    return this.#broken.size === 0 && this.#errors === 0;
  }

  /** Answers lines that should be told at once. */
  add({ seed, breaches, ticks, writes, cpuMillis, error }: Report): readonly string[] {
    this.lives++;
    this.#ticks += ticks;
    this.#writes += writes;
    this.#cpuMillis += cpuMillis;
    if (error !== undefined) {
      this.#errors++;
      return [`seed ${seed} could not be lived: ${error}`];
    }
    const [breach] = breaches;
    if (breach !== undefined && seed < (this.first?.seed ?? Number.POSITIVE_INFINITY)) this.first = { seed, breach };
    return breaches.flatMap(({ law, sentence, write }) => {
      const count = (this.#broken.get(law) ?? 0) + 1;
      this.#broken.set(law, count);
      return count > TOLD ? [] : [`seed ${seed} breaks ${law} at write ${write}: ${sentence}`];
    });
  }

  summary(seconds: number): string {
    const perLife = (sum: number): string => (sum / Math.max(1, this.lives)).toFixed(1);
    const broken = [...this.#broken].map(([law, count]) => `${law} in ${count}`).join(", ");
    return [
      `${this.lives} lives in ${seconds.toFixed(1)} s`,
      `${this.#ticks} ticks, ${this.#writes} writes; per life ${perLife(this.#ticks)} ticks, ${perLife(this.#writes)} writes, ${perLife(this.#cpuMillis)} ms of CPU`,
      `laws broken: ${broken === "" ? "none" : broken}`,
      ...(this.#errors === 0 ? [] : [`lives that could not be lived: ${this.#errors}`]),
    ].join("\n");
  }
}

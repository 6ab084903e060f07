/** What many lives come to. */
import type { Breach } from "../../src/simulation/laws/court.ts";
import type { Report } from "./worker.ts";

/** So many breaches of one law are told one by one. */
const TOLD = 3;

export class Tally {
  lives = 0;
  #ticks = 0;
  #writes = 0;
  #errors = 0;
  /** By law, the seeds that broke it. */
  readonly #broken = new Map<string, number[]>();
  readonly #cpu: number[] = [];
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
    this.#cpu.push(cpuMillis);
    if (error !== undefined) {
      this.#errors++;
      return [`seed ${seed} could not be lived: ${error}`];
    }
    const [breach] = breaches;
    if (breach !== undefined && seed < (this.first?.seed ?? Number.POSITIVE_INFINITY)) this.first = { seed, breach };
    return breaches.flatMap(({ law, sentence, write }) => {
      const seeds = this.#broken.get(law) ?? [];
      this.#broken.set(law, seeds);
      return seeds.push(seed) > TOLD ? [] : [`seed ${seed} breaks ${law} at write ${write}: ${sentence}`];
    });
  }

  summary(seconds: number): string {
    const perLife = (sum: number): string => (sum / Math.max(1, this.lives)).toFixed(1);
    const broken = [...this.#broken].map(([law, seeds]) => `${law} in ${seeds.length} (${some(seeds)})`).join(", ");
    const cpu = this.#cpu.toSorted((one, other) => one - other);
    const median = cpu[Math.floor(cpu.length / 2)] ?? 0;
    return [
      `${this.lives} lives in ${seconds.toFixed(1)} s`,
      `${this.#ticks} ticks, ${this.#writes} writes; per life ${perLife(this.#ticks)} ticks, ${perLife(this.#writes)} writes, ${perLife(cpu.reduce((sum, millis) => sum + millis, 0))} ms of CPU (median ${median.toFixed(1)})`,
      `laws broken: ${broken === "" ? "none" : broken}`,
      ...(this.#errors === 0 ? [] : [`lives that could not be lived: ${this.#errors}`]),
    ].join("\n");
  }
}

/** Seeds in their order, the first ten of them. */
function some(seeds: readonly number[]): string {
  const all = seeds.toSorted((one, other) => one - other);
  return `seeds ${all.slice(0, 10).join(", ")}${all.length > 10 ? ", …" : ""}`;
}

/** Look for a mistake with the laws. */
import { liveAll } from "../pool.ts";
import type { Mutant } from "./mutant.ts";

export interface Hunted {
  /** Lives until its law was broken; undefined where it never was. */
  readonly lives: number | undefined;
  /** In which it was. */
  readonly seed: number | undefined;
  /** Other laws that were broken in the same lives. */
  readonly others: readonly string[];
  /** Files of it that no life ever loaded, and lives that could not be lived. */
  readonly troubles: readonly string[];
  /** Found by its law, and by no other where it says so. */
  readonly isWell: boolean;
}

export interface HuntOptions {
  /** At most so many. */
  readonly lives: number;
  readonly firstSeed: number;
  /** Of the mutant's own seed before all others. */
  readonly ownSeedFirst?: boolean;
  readonly threads?: number;
}

/** Live until its law is broken. One after the other on each thread, so that little is lived in vain. */
export async function hunt(mutant: Mutant, options: HuntOptions): Promise<Hunted> {
  const { lives: most, firstSeed, ownSeedFirst = false, threads = 1 } = options;
  const following = Array.from({ length: most }, (_, number) => firstSeed + number);
  const others = new Set<string>();
  const troubles = new Set<string>();
  let lives = 0;
  let seed: number | undefined;
  await liveAll({
    mutant,
    ...(mutant.life === undefined ? {} : { life: mutant.life }),
    ends: mutant.law === "storm-forgotten" ? "all" : "none",
    threads,
    seeds: ownSeedFirst ? [mutant.seed, ...following] : following,
    onReport: (report) => {
      if (seed !== undefined) return true;
      lives++;
      for (const file of report.unused) troubles.add(`${file} is not loaded`);
      if (report.error !== undefined) troubles.add(`seed ${report.seed}: ${report.error}`);
      for (const { law } of report.breaches) if (law !== mutant.law) others.add(law);
      if (report.breaches.some(({ law }) => law === mutant.law)) seed = report.seed;
      return seed !== undefined || report.unused.length > 0;
    },
  });
  const isFound = seed !== undefined && troubles.size === 0;
  return {
    lives: seed === undefined ? undefined : lives,
    seed,
    others: [...others],
    troubles: [...troubles],
    isWell: isFound && !(mutant.only === true && others.size > 0),
  };
}

export function wordsOf({ name, law, only }: Mutant, { lives, seed, others, troubles, isWell }: Hunted): string {
  const found = lives === undefined ? `SURVIVES ${law}` : `found by ${law} after ${lives} lives, in seed ${seed}`;
  const also = others.length === 0 ? "" : `; ${only ? "and NOT ONLY by it, but" : "also"} by ${others.join(", ")}`;
  const trouble = troubles.length === 0 ? "" : `; ${troubles.join("; ")}`;
  return `${isWell ? "ok  " : "FAIL"} ${name}: ${found}${also}${trouble}`;
}

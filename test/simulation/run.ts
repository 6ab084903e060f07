/** `npm run simulate`: lives under all laws, on demand. */
import { parseArgs } from "node:util";
import { type Breach, LAW_NAMES } from "../../src/simulation/laws/court.ts";
import { LAWS, type LawName } from "../../src/simulation/laws/laws.ts";
import { LIFE_NAMES, type LifeName } from "./lives.ts";
import { hunt, wordsOf } from "./mutants/hunt.ts";
import { MUTANTS } from "./mutants/mutants.ts";
import { liveAll } from "./pool.ts";
import { shortestStory } from "./shortest.ts";
import { Tally } from "./tally.ts";
import type { Ends } from "./worker.ts";

const ENDS: readonly Ends[] = ["all", "one of four", "none"];

const help = `Usage: npm run simulate -- [OPTIONS]

Rollouts' lives in a world in memory: storm, then calm, and what users were promised is checked after every write and on
every request. Everything in a life follows from its seed.

  --lives N        how many (default 1000)
  --seed N         the seed of the first; the others follow (default 1)
  --only LAW       judge by this law alone; may be given several times
  --life KIND      the kind of lives: as drawn, or bent to one situation (default: as drawn); with --mutants, each has its own
  --story          where a law is broken, look for the shortest story of the first life that breaks it
  --mutants        for each mistake that is kept in test/simulation/mutants, after how many lives it is found
  --mutant WORDS   only mutants whose name has these words
  --ends WHICH     of which lives the end is compared with that of the same life in fine weather, at the price of a second
                   life: all, none, or one of four (default: one of four; all of fewer than ten)
  --threads N      how many at once (default: one a core)
  --help           this text

Laws:
${Object.entries(LAWS)
  .map(([name, { promise }]) => `  ${name.padEnd(24)}${promise}`)
  .join("\n")}

Kinds of lives: ${LIFE_NAMES.join(", ")}

Exit codes: 0 no law broken, every mutant found; 1 a law broken or a mutant not found; 2 wrong usage
`;

interface Options {
  readonly lives: number;
  readonly seed: number;
  readonly laws: readonly LawName[];
  readonly life: LifeName;
  readonly story: boolean;
  readonly mutants: boolean;
  readonly words: string | undefined;
  readonly ends: Ends;
  readonly threads: number | undefined;
}

class WrongUsage extends Error {
  override readonly name = "WrongUsage";
}

function optionsOf(args: readonly string[]): Options | "help" {
  const text = { type: "string" } as const;
  const flag = { type: "boolean", default: false } as const;
  const { values } = parseArgs({
    args: [...args],
    options: {
      ...{ lives: text, life: text, seed: text, threads: text, mutant: text, only: { ...text, multiple: true } },
      ...{ story: flag, mutants: flag, ends: text, help: flag },
    },
  });
  if (values.help) return "help";
  const only = values.only ?? LAW_NAMES;
  const lives = whole("lives", values.lives) ?? 1000;
  return {
    lives,
    seed: whole("seed", values.seed) ?? 1,
    laws: only.map(lawOf),
    life: lifeOf(values.life ?? "as drawn"),
    story: values.story,
    mutants: values.mutants || values.mutant !== undefined,
    words: values.mutant,
    ends: endsOf(values.ends ?? (lives < 10 ? "all" : "one of four")),
    threads: whole("threads", values.threads),
  };
}

function whole(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const number = Number(text);
  if (Number.isSafeInteger(number) && number >= 0 && text !== "") return number;
  throw new WrongUsage(`--${name} ${text}: is no whole number`);
}

function lawOf(name: string): LawName {
  const law = LAW_NAMES.find((known) => known === name);
  if (law === undefined) throw new WrongUsage(`there is no law ${name}; see --help`);
  return law;
}

function endsOf(which: string): Ends {
  const ends = ENDS.find((known) => known === which);
  if (ends === undefined) throw new WrongUsage(`--ends ${which}: write ${ENDS.join(", ")}`);
  return ends;
}

function lifeOf(name: string): LifeName {
  const life = LIFE_NAMES.find((known) => known === name);
  if (life === undefined) throw new WrongUsage(`there is no kind of lives ${name}; see --help`);
  return life;
}

async function main(args: readonly string[]): Promise<number> {
  let options: ReturnType<typeof optionsOf>;
  try {
    options = optionsOf(args);
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${help}`);
    return 2;
  }
  if (options === "help") {
    console.log(help);
    return 0;
  }
  return options.mutants ? findMutants(options) : live(options);
}

async function live({ lives, seed, laws, life, story, ends, threads }: Options): Promise<number> {
  console.log(`${lives} lives from seed ${seed}`);
  const tally = new Tally();
  const start = performance.now();
  let told = start;
  await liveAll({
    seeds: Array.from({ length: lives }, (_, number) => seed + number),
    laws,
    life,
    ends,
    ...(threads === undefined ? {} : { threads }),
    onReport: (report) => {
      for (const line of tally.add(report)) console.log(line);
      if (performance.now() - told > 10_000) {
        told = performance.now();
        console.log(`${tally.lives} of ${lives} lives after ${Math.round((told - start) / 1000)} s`);
      }
      return false;
    },
  });
  console.log(tally.summary((performance.now() - start) / 1000));
  if (story && tally.first !== undefined) await tellShortest(tally.first, { laws, life });
  return tally.isClean ? 0 : 1;
}

async function tellShortest(
  { seed, breach }: { readonly seed: number; readonly breach: Breach },
  of: Pick<Options, "laws" | "life">,
): Promise<void> {
  console.log(`\nLooking for the shortest story of seed ${seed} …`);
  console.log(await shortestStory(seed, breach.law, of));
}

async function findMutants({ lives, seed, words, threads }: Options): Promise<number> {
  const chosen = MUTANTS.filter(({ name }) => words === undefined || name.includes(words));
  let isClean = chosen.length > 0;
  for (const mutant of chosen) {
    const found = await hunt(mutant, { lives, firstSeed: seed, ...(threads === undefined ? {} : { threads }) });
    isClean &&= found.isWell;
    console.log(wordsOf(mutant, found));
  }
  return isClean ? 0 : 1;
}

if (import.meta.main) process.exitCode = await main(process.argv.slice(2));

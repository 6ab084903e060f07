/** The shortest story of a life that breaks a law. */
import type { LawName } from "../../src/simulation/laws/laws.ts";
import { shrink } from "../../src/simulation/story.ts";
import { type Judged, type JudgeOptions, judge, storyOf } from "./judge.ts";

/** Lives that may be lived to find it. */
const TRIES = 150;

/** Answers it as text, or says that the law is not broken in this life. */
export async function shortestStory(
  seed: number,
  law: LawName,
  of: Pick<JudgeOptions, "laws" | "life">,
): Promise<string> {
  const compareEnds = law === "storm-forgotten";
  const live = (without: ReadonlySet<string>): Promise<Judged> => judge({ seed, ...of, without, compareEnds });
  const breachIn = ({ breaches }: Judged) => breaches.find((breach) => breach.law === law);
  const whole = await live(new Set());
  const first = breachIn(whole);
  if (first === undefined) return `seed ${seed} does not break ${law}`;
  const all = [...new Set(whole.parts)];
  const withoutAllBut = (kept: readonly string[]): ReadonlySet<string> => new Set(all).difference(new Set(kept));
  const kept = await shrink(all, async (parts) => breachIn(await live(withoutAllBut(parts))) !== undefined, TRIES);
  const shortest = await live(withoutAllBut(kept));
  const breach = breachIn(shortest);
  const head = `Of ${all.length} deeds and faults it takes ${kept.length}: ${kept.join("; ") || "none"}`;
  return breach === undefined ? storyOf(whole, first) : `${head}\n${storyOf(shortest, breach)}`;
}

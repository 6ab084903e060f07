import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { judge, storyOf } from "../judge.ts";
import { LIFE_NAMES, type LifeName } from "../lives.ts";
import { liveAll } from "../pool.ts";
import { Tally } from "../tally.ts";

/** Always the same, so that what passes today passes tomorrow. More of them with SERIN_LIVES=2000, or `npm run simulate`. */
const FIRST_SEED = 1;
const LIVES = Number(process.env["SERIN_LIVES"] ?? 500);
/** Of each kind that is bent to one situation. */
const BENT = Math.ceil(LIVES / 50);

test("no law is broken in any of the lives", async (context) => {
  await liveWell(context, { life: "as drawn", lives: LIVES });
});

for (const life of LIFE_NAMES.filter((each) => each !== "as drawn")) {
  test(`no law is broken in lives with ${life}`, async (context) => {
    await liveWell(context, { life, lives: BENT });
  });
}

interface Lot {
  readonly life: LifeName;
  readonly lives: number;
}

async function liveWell(context: TestContext, { life, lives }: Lot): Promise<void> {
  const tally = new Tally();
  const troubles: string[] = [];
  const onReport = (report: Parameters<Tally["add"]>[0]): boolean => {
    troubles.push(...tally.add(report));
    return false;
  };
  const seeds = Array.from({ length: lives }, (_, number) => FIRST_SEED + number);
  const start = performance.now();
  await liveAll({ life, seeds, ends: "one of four", onReport });
  context.diagnostic(tally.summary((performance.now() - start) / 1000));
  assert.equal(tally.lives, lives);
  if (tally.isClean) return;
  const { first } = tally;
  const story = first && storyOf(await judge({ seed: first.seed, life, compareEnds: true }), first.breach);
  const again = `npm run simulate -- --life "${life}" --seed ${first?.seed} --lives 1 --story`;
  assert.fail(`${troubles.join("\n")}\n\n${story ?? ""}\n\n${again}`);
}

test("a seed lives the same life again", async () => {
  const [one, other] = [await judge({ seed: 11 }), await judge({ seed: 11 })];
  assert.equal(one.digest, other.digest);
  assert.deepEqual(one.chronicle.lines, other.chronicle.lines);
  assert.notEqual((await judge({ seed: 12 })).digest, one.digest);
});

import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { hunt, wordsOf } from "./hunt.ts";
import { MUTANTS } from "./mutants.ts";

/** Lives after a mutant's own seed, which is found anew with `npm run simulate -- --mutants` when the world changes. */
const MORE_LIVES = 10;

suite("every mistake is found by its law", { concurrency: 2 }, () => {
  for (const mutant of MUTANTS) {
    test(mutant.name, async (context) => {
      const found = await hunt(mutant, { lives: MORE_LIVES, firstSeed: 1, ownSeedFirst: true });
      context.diagnostic(wordsOf(mutant, found));
      assert.ok(found.isWell, wordsOf(mutant, found));
    });
  }
});

test("what is no mistake is not found", async () => {
  const [mutant] = MUTANTS;
  assert.ok(mutant !== undefined);
  const harmless = mutant.edits.map((edit) => ({ ...edit, put: `${edit.find} // as it was` }));
  const found = await hunt({ ...mutant, edits: harmless }, { lives: 1, firstSeed: mutant.seed });
  assert.equal(found.lives, undefined);
  assert.equal(found.isWell, false);
});

test("a mistake in a file that no life loads is told, and not taken for one that survived", async () => {
  const edits = [{ file: "src/cli/crds.ts", find: "export function", put: "export function" }];
  const stray = { name: "elsewhere", law: "nothing-lost", seed: 1, edits } as const;
  const { troubles } = await hunt(stray, { lives: 1, firstSeed: 1 });
  assert.deepEqual(troubles, ["src/cli/crds.ts is not loaded"]);
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { LAW_NAMES } from "../../../src/simulation/laws/court.ts";
import { check, edited } from "./mutant.ts";
import { MUTANTS } from "./mutants.ts";

test("a mutant fits exactly one place of its file", () => {
  const edit = { file: "a.ts", find: "x = 1", put: "x = $&" };
  assert.equal(edited("let x = 1;", edit), "let x = $&;");
  assert.throws(() => edited("let y;", edit), /a\.ts has 0 times, not once: x = 1/);
  assert.throws(() => edited("x = 1; x = 1;", edit), /a\.ts has 2 times/);
});

for (const mutant of MUTANTS) {
  test(`the code has the place for "${mutant.name}"`, () => check(mutant));
}

test("every law has a mutant that only it finds", () => {
  const found = new Set(MUTANTS.filter(({ only }) => only).map(({ law }) => law));
  assert.deepEqual(
    LAW_NAMES.filter((law) => !found.has(law)),
    [],
  );
});

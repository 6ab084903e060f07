/** What a controller saw on the real plane, put to today's `decide`. */
import assert from "node:assert/strict";
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { decide } from "../../src/domain/decide.ts";
import type { PhaseName } from "../../src/domain/phase.ts";
import { stages } from "../../src/resources/statusSchema.ts";
import { faults } from "../scenarios/faults.ts";
import { rollouts } from "../scenarios/rollouts.ts";
import { variations } from "../scenarios/variations.ts";
import { CATALOGUE } from "./catalogue.ts";
import { judge, tell } from "./explain.ts";
import { EXPLAINED } from "./explained.ts";
import type { History } from "./history.ts";
import { replay } from "./replay.ts";
import { namesOnShelf, take } from "./shelf.ts";

const root = join(import.meta.dirname, "../..");
const histories = namesOnShelf().map(take);

describe("histories from the real plane", () => {
  test("what was decided then is decided now, or a decision record says why not", () => {
    const differences = histories.flatMap((history) => replay(history, decide));
    const judgement = judge(differences, EXPLAINED, readdirSync(join(root, "docs/decisions")));
    assert.ok(judgement.unexplained.length === 0 && judgement.faults.length === 0, tell(judgement));
  });

  test("each scenario of the catalogue is there, has a history, and no other has", () => {
    assert.deepEqual(namesOnShelf(), Object.keys(CATALOGUE).toSorted());
    const played = { faults, rollouts, variations };
    for (const [name, { file, scenario }] of Object.entries(CATALOGUE)) {
      assert.ok(scenario in played[file], `${name}: test/scenarios/${file}.ts has no "${scenario}"`);
      assert.equal(take(name).scenario, scenario, `${name} is of another scenario: record it again`);
    }
  });

  test("every phase is gone into and left, apart from those that end a scenario", () => {
    const [from, into] = [new Set<PhaseName>(), new Set<PhaseName>()];
    for (const [one, other] of histories.flatMap(transitions)) {
      from.add(one);
      into.add(other);
    }
    assert.deepEqual(
      stages.filter((name) => name !== "New" && !into.has(name)),
      [],
    );
    assert.deepEqual(
      stages.filter((name) => name !== "Failed" && name !== "GivingBack" && !from.has(name)),
      [],
    );
  });

  test("what was played can be told from them", () => {
    const ends = (name: string) => take(name).steps.map(({ decided }) => decided.status.phase.name);
    const weights = (name: string) => take(name).steps.map(({ decided }) => decided.status.canaryWeight);
    assert.deepEqual(distinct(weights("good")), [0, 10, 50, 100, 0]);
    assert.deepEqual(distinct(weights("bad")), [0, 10, 0]);
    assert.deepEqual(distinct(weights("homeward")), [0, 50, 100, 60, 20, 0]);
    assert.deepEqual(distinct(weights("again")), [0, 10, 50, 0, 10, 50, 100, 0]);
    assert.ok(ends("stuck").includes("Stranded"));
    assert.ok(take("held").steps.some(({ seen }) => seen.spec.suspend && seen.status.suspendedSince !== undefined));
    assert.ok(take("blind").steps.some(({ seen }) => seen.round?.measurements.some(isUnmeasurable)));
    assert.ok(take("deleted").steps.some(({ seen }) => seen.target === undefined));
    assert.equal(lives("killed"), 9, "killed eight times");
    assert.equal(lives("handed"), 2, "one led after the other");
  });

  test("they are small enough to be kept with the code", () => {
    const folder = join(import.meta.dirname, "recorded");
    const bytes = readdirSync(folder).reduce((sum, file) => sum + statSync(join(folder, file)).size, 0);
    assert.ok(bytes < 1_000_000, `${bytes} bytes`);
  });
});

const isUnmeasurable = ({ sample }: { readonly sample: { readonly kind: string } }) => sample.kind === "unmeasurable";

const lives = (name: string): number => new Set(take(name).steps.map(({ process }) => process)).size;

const distinct = (numbers: readonly number[]) => numbers.filter((number, at) => number !== numbers[at - 1]);

function transitions({ steps }: History): readonly (readonly [PhaseName, PhaseName])[] {
  return steps
    .map(({ seen, decided }) => [seen.status.phase.name, decided.status.phase.name] as const)
    .filter(([one, other]) => one !== other);
}

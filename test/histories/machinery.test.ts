/** That the replay finds what changed, that explanations are held to account, and that files are read as they were written. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import fc from "fast-check";
import { decide } from "../../src/domain/decide.ts";
import type { Observation } from "../../src/domain/observation.ts";
import { anyObservation } from "../domain/anyObservation.ts";
import { apply, deltaOf } from "./delta.ts";
import { judge, tell } from "./explain.ts";
import type { Explanation } from "./explained.ts";
import { type History, print, read } from "./history.ts";
import { decode, encode, plain } from "./json.ts";
import type { Migration, RecordedStep } from "./migrations.ts";
import { pack } from "./recording/pack.ts";
import { resultOf } from "./recording/play.ts";
import { FOLDER_VARIABLE } from "./recording/raw.ts";
import { answer, type Decide, replay } from "./replay.ts";
import { take } from "./shelf.ts";
import { reworded } from "./words.ts";

const RECORDS = ["0008-a-step-is-judged-over-its-own-time.md"];

/** As if one more failed check were forgiven. */
const patient: Decide = (seen) => {
  const { analysis } = seen.spec;
  return decide({ ...seen, spec: { ...seen.spec, analysis: { ...analysis, threshold: analysis.threshold + 1 } } });
};

describe("a replay", () => {
  test("finds another transition, and tells what was decided then and now in a few lines", () => {
    const found = replay(take("bad"), patient);
    const turned = found.find(({ change }) => change === "Baking → Baking, not Retreating");
    assert.ok(turned !== undefined, found.map(({ change }) => change).join("; "));
    const lines = turned.report.split("\n");
    assert.match(lines[0] ?? "", /^bad, step \d+ of \d+, [\d.]+ s in, seen in Baking at 10 %: "Baking → Baking, not/);
    assert.match(
      lines[1] ?? "",
      /^ {2}decided then: Retreating, .*says "Rolling back bad\.test failed checks threshold/,
    );
    assert.match(lines[2] ?? "", /^ {2}decided now: {2}Baking at 10 %/);
    assert.match(lines[3] ?? "", /status\.phase\.name: was "Retreating", is "Baking"/);
    assert.equal(lines.length, 4);
  });

  test("finds a millisecond, a word, a level, and a write too many", () => {
    const late: Decide = (seen) => {
      const decision = decide(seen);
      return { ...decision, wakeAt: decision.wakeAt && ((decision.wakeAt + 1) as typeof decision.wakeAt) };
    };
    const loud: Decide = (seen) => {
      const decision = decide(seen);
      return {
        ...decision,
        announcements: decision.announcements.map((one) => ({ ...one, message: `${one.message}!` })),
      };
    };
    const greedy: Decide = (seen) => {
      const decision = decide(seen);
      return { ...decision, levels: { ...decision.levels, target: "up" } };
    };
    const busy: Decide = (seen) => ({ ...decide(seen), status: { ...decide(seen).status } });
    const changesOf = (other: Decide) => replay(take("good"), other).map(({ change }) => change);
    assert.ok(changesOf(late).includes("Warming → Warming: wakeAt"));
    assert.ok(changesOf(loud).includes("Warming → Baking: announcements"));
    assert.ok(changesOf(greedy).includes("Copying → Copying: levels"));
    assert.ok(changesOf(busy).includes("Baking → Baking: isWritten"));
  });
});

describe("an explanation", () => {
  const differences = replay(take("bad"), patient);
  const all = [...new Set(differences.map(({ change }) => change))];
  const adr = RECORDS[0] ?? "";
  const explained = all.map((change): Explanation => ({ history: "bad", change, adr }));

  test("lets what it names pass, in its history and its step", () => {
    assert.deepEqual(judge(differences, explained, RECORDS), { unexplained: [], faults: [] });
    const elsewhere = explained.map((one) => ({ ...one, history: "good" }));
    assert.equal(judge(differences, elsewhere, RECORDS).unexplained.length, differences.length);
    const [first] = differences;
    const once = explained.map((one) => ({ ...one, history: "any", step: first?.step ?? -1 }));
    const { unexplained } = judge(differences, once, RECORDS);
    assert.equal(unexplained.length, differences.length - 1);
  });

  test("must be needed and must name a record that is there", () => {
    const idle: Explanation = { history: "bad", change: "New → Failed, not Copying", adr };
    assert.deepEqual(judge(differences, [...explained, idle], RECORDS).faults, [
      'test/histories/explained.ts: bad, "New → Failed, not Copying" explains nothing (any more): take it out',
    ]);
    const [fault] = judge(differences, explained, []).faults;
    assert.match(fault ?? "", /there is no docs\/decisions\/0008/);
  });

  test("is asked for in words that fit a screen", () => {
    const many = replay(take("good"), (seen) => ({ ...decide(seen), wakeAt: undefined }));
    const text = tell(judge(many, [], RECORDS));
    assert.ok(many.length > 20 && text.split("\n").length < 60);
    assert.match(text, /and \d+ more: .*"Baking → Baking: wakeAt" \d+ times/);
    assert.match(text, /name that file, with what stands between quotes above, in\s+test\/histories\/explained\.ts/);
  });
});

describe("new words", () => {
  test("take the place of old ones where all else is the same, and only there", () => {
    const louder: Decide = (seen) => {
      const decision = patient(seen);
      return {
        ...decision,
        announcements: decision.announcements.map((one) => ({ ...one, message: `${one.message}!` })),
      };
    };
    const { history, count } = reworded(take("bad"), louder);
    assert.ok(count > 0);
    const left = replay(history, louder).map(({ change }) => change);
    assert.deepEqual(
      left,
      replay(take("bad"), patient).map(({ change }) => change),
    );
    assert.equal(reworded(take("bad"), decide).count, 0);
  });
});

describe("the file of a history", () => {
  const text = print(take("skipping"));

  test("holds any observation and any decision", () => {
    fc.assert(
      fc.property(fc.array(anyObservation, { minLength: 1, maxLength: 4 }), (observations) => {
        const history = ofObservations(observations);
        assert.deepEqual(read(print(history), "any"), plain(history));
        assert.deepEqual(replay(read(print(history), "any"), decide), []);
      }),
      { numRuns: 100 },
    );
  });

  test("holds what JSON does not", () => {
    const value = {
      nan: Number.NaN,
      most: Number.POSITIVE_INFINITY,
      least: [Number.NEGATIVE_INFINITY],
      none: undefined,
    };
    const { none, ...rest } = value;
    assert.equal(none, undefined);
    assert.deepEqual(decode(encode(value)), rest);
  });

  test("with a field that is not known, or without one that is, says so and what to do", () => {
    const unknown = text.replace('"seen":{"now":', '"seen":{"moon":1,"now":');
    assert.throws(() => read(unknown, "skipping"), {
      message:
        /^skipping, step 0 is not of the domain as it is now: seen\.moon is not known any more[\s\S]*npm run histories:record -- skipping[\s\S]*migrations\.ts/,
    });
    const deep = text.replace('"heard":', '"overheard":');
    assert.throws(
      () => read(deep, "skipping"),
      /overheard is not known any more; seen\.endpoints\.\w+\.heard is missing/,
    );
    const undecided = text.replace('"scaffold":', '"scaffolds":');
    assert.throws(() => read(undecided, "skipping"), /decided\.levels\.scaffolds is not known any more/);
  });

  test("of another schema, another name or another length says so", () => {
    assert.throws(
      () => read(text.replace('"schema":1', '"schema":9'), "skipping"),
      /is of schema 9, and 1 is the newest/,
    );
    assert.throws(() => read(text, "skipped"), /skipped does not begin as a history does/);
    const cut = text.trimEnd().split("\n").slice(0, -1).join("\n");
    assert.throws(() => read(cut, "skipping"), /has \d+ steps, not \d+/);
  });

  test("of an older schema is led to the newest, one migration after the other", () => {
    const older = text.replaceAll('"heard":', '"overheard":');
    const migrations = [renaming("overheard", "told"), renaming("told", "heard")];
    // As it was in the first of three schemas.
    assert.deepEqual(read(older, "skipping", migrations), take("skipping"));
    assert.throws(() => read(older, "skipping", []), /overheard is not known any more/);
  });
});

describe("a delta", () => {
  const values = fc
    .jsonValue({ maxDepth: 3 })
    .map((value) => plain(value))
    .filter((value) => !/"[-=]":/.test(encode(value)));

  test("leads from any value to any other", () => {
    fc.assert(
      fc.property(values, values, (before, after) => {
        assert.deepEqual(apply(before, deltaOf(before, after)), after);
      }),
      { numRuns: 1000 },
    );
  });

  test("refuses the names that it uses itself", () => {
    assert.throws(() => deltaOf({}, { labels: { "-": "x" } }), /a field is called -/);
    assert.throws(() => deltaOf(undefined, [{ "=": "x" }]), /a field is called =/);
  });
});

describe("a witness", () => {
  test("writes what the line of another process saw and decided, and changes nothing", () => {
    const folder = mkdtempSync(join(tmpdir(), "serin-witness-"));
    try {
      const preload = new URL("recording/preload.ts", import.meta.url).href;
      const test = join(import.meta.dirname, "../control/tick.test.ts");
      const { status, stdout } = spawnSync(process.execPath, ["--import", preload, test], {
        env: { ...process.env, [FOLDER_VARIABLE]: folder, NODE_TEST_CONTEXT: undefined },
        encoding: "utf8",
      });
      assert.equal(status, 0, stdout);
      const history = pack(folder, "podinfo", "the tests of the line");
      assert.ok(history.steps.length > 10);
      assert.deepEqual(replay(history, decide), []);
      assert.deepEqual(read(print({ ...history, name: "podinfo" }), "podinfo"), plain(history));
      assert.ok(readFileSync(join(folder, "podinfo.jsonl"), "utf8").endsWith("\n"));
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  test("of scenarios that passed is told from others by their report", () => {
    assert.deepEqual(resultOf("    ok 2 - fails 30 % \\#2, says why"), {
      isOk: true,
      title: "fails 30 % #2, says why",
    });
    assert.deepEqual(resultOf("not ok 3 - held"), { isOk: false, title: "held" });
    assert.equal(resultOf("ok 4 - held # SKIP"), undefined);
    assert.equal(resultOf("  duration_ms: 3"), undefined);
  });
});

/** A migration that gives a field another name, wherever it is. */
const renaming =
  (from: string, to: string): Migration =>
  (step) =>
    decode(encode(step).replaceAll(`"${from}":`, `"${to}":`)) as unknown as RecordedStep;

function ofObservations(observations: readonly Observation[]): History {
  const steps = observations.map((seen, at) => ({ process: at, seen, decided: answer(decide, seen) }));
  return { name: "any", scenario: "anything", steps };
}

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { draw } from "../../src/playground/show/frame.ts";
import { type Frame, nextDecision } from "../../src/playground/show/view.ts";
import { frameOf, rolloutOf } from "./frames.ts";

const text = (frame: Frame, columns: number, rows: number) => draw(frame, { columns, rows }, "without colour");

describe("the demo's frame", () => {
  const said = Array.from({ length: 40 }, (_, index) => ({
    at: 1000 * index,
    text: `sentence ${index} ${"of many words ".repeat(8)}`,
    isWarning: false,
  }));

  for (const [columns, rows] of [
    [60, 23],
    [80, 23],
    [100, 39],
    [200, 60],
  ] as const) {
    test(`fits ${columns} by ${rows}, and is as high whatever it holds`, () => {
      const empty = frameOf({ said: [], clients: undefined, rollout: rolloutOf({ metrics: [] }) });
      const full = frameOf({ said });
      for (const lines of [text(empty, columns, rows), text(full, columns, rows)]) {
        assert.equal(lines.length, Math.min(rows, 32));
        for (const line of lines) assert.ok(line.length <= columns, line);
      }
    });
  }

  test("is cut where the terminal is smaller than it can be drawn", () => {
    const lines = text(frameOf({ said }), 30, 5);
    assert.equal(lines.length, 5);
    for (const line of lines) assert.ok(line.length <= 30, line);
  });

  test("shows the weights as bars whose lengths are the shares", () => {
    const lines = text(frameOf({}), 100, 39);
    const bars = lines.filter((line) => /^(primary|canary) /.test(line));
    const lengths = bars.map((bar) => bar.split("").filter((mark) => mark === "█").length);
    const whole = bars.map((bar) => bar.split("").filter((mark) => mark === "█" || mark === "░").length);
    assert.deepEqual(
      lengths.map((length, at) => Math.round((100 * length) / (whole[at] ?? 1))),
      [89, 11],
    );
    assert.match(bars[0] ?? "", / 90 %$/);
    assert.match(bars[1] ?? "", / 10 %$/);
  });

  test("shows what clients see, what was measured with its bound, why, and what is next", () => {
    const lines = text(frameOf({}), 100, 39).join("\n");
    assert.match(lines, /1\.0\.0 +45\.0 \/s +100\.0 %/);
    assert.match(lines, /2\.0\.0 +5\.0 \/s +70\.0 %/);
    assert.match(lines, /lost 0 of 1,234 requests/);
    assert.match(lines, /✗ request-success-rate 70\.12% \(>= 99%\) {2}2 s ago/);
    assert.match(lines, /Progressing, Baking, step 1 of 3, failed 1 of 2/);
    assert.match(lines, /next +judged again in 3 s/);
    assert.match(lines, /why +success rate 70\.12% < 99%/);
  });

  test("has colours only where they are wished", () => {
    const start = "\u001b";
    assert.ok(!text(frameOf({}), 80, 23).join("").includes(start));
    assert.ok(draw(frameOf({}), { columns: 80, rows: 23 }, "in colour").join("").includes(`${start}[1;31m`));
  });

  test("names the parts that are being started", () => {
    const view = { kind: "starting", where: "here", now: 5000, beganAt: 0, parts: ["etcd", "kube-apiserver"] } as const;
    const lines = draw(view, { columns: 80, rows: 23 }, "without colour");
    assert.match(lines[0] ?? "", / 0:05$/);
    assert.equal(lines[1], "starting etcd, kube-apiserver");
  });
});

describe("the next decision", () => {
  const cases: readonly (readonly [string, Partial<Frame["rollout"]>, RegExp])[] = [
    ["before a step's first measurement", { metrics: [] }, /^judged in 3 s$/],
    ["after a failed check", {}, /^judged again in 3 s$/],
    ["when the time is over", { checkAt: 0 }, /^judged again any moment now$/],
    ["while pods start", { stage: "Warming" }, /: 1 of 2 pods$/],
    ["while the primary is replaced", { stage: "Replacing" }, /: 2 of 2 pods$/],
    ["at rest", { stage: "Steady" }, /^at rest/],
    ["when it is suspended", { isSuspended: true }, /^held/],
  ];
  for (const [when, rollout, expected] of cases) {
    test(when, () => {
      const next = nextDecision(frameOf({ rollout: rolloutOf(rollout) }));
      assert.match(next, expected);
      assert.ok(next.length <= 51, "it fits beside its label into 60 columns");
    });
  }
});

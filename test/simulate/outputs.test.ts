import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Writable } from "node:stream";
import { describe, it } from "node:test";
import { markup } from "../../src/cli/simulate/html/markup.ts";
import { printHtml } from "../../src/cli/simulate/html/page.ts";
import { progressOn } from "../../src/cli/simulate/progress.ts";
import { FORMAT, type Report } from "../../src/cli/simulate/report.ts";
import { printText } from "../../src/cli/simulate/text.ts";
import { canaryYaml, reportOn, run, withFolder } from "./run.ts";

const words = ["--runs", "1", "--errors", "30"];
const ESCAPE = "\u001b";

const withoutColours = (text: string): string =>
  ["0", "1", "2", "31", "32"].reduce((left, code) => left.replaceAll(`${ESCAPE}[${code}m`, ""), text);

/** Each control character of a text, once. */
const controlsIn = (text: string): readonly string[] => [...new Set(text.match(/\p{Cc}/gu) ?? [])];

const HOSTILE = `</td></style><script>alert("1")</script><img src=x onerror=alert(2)>&amp;'`;

const TAG = /^<(?<close>\/?)(?<name>[a-z0-9]+)(?:\s+[\w-]+="[^"<>]*")*(?<alone>\/?)>$/i;
const NEVER_CLOSED = new Set(["meta"]);

/** Every element closed in its turn, every name there, and nothing asked of anybody. */
function inspect(page: string): void {
  assert.match(page, /^<!doctype html>\n<html lang="en">/);
  const body = page.replace(/^<!doctype html>/, "").replace(/<style>[\s\S]*?<\/style>/, "");
  const open: string[] = [];
  const tags = body.match(/<[^>]*>?/g) ?? [];
  for (const tag of tags) {
    const { close = "", name = "", alone = "" } = TAG.exec(tag)?.groups ?? {};
    assert.notEqual(name, "", tag);
    if (close === "/") assert.equal(open.pop(), name);
    else if (alone === "" && !NEVER_CLOSED.has(name)) open.push(name);
    assert.doesNotMatch(tag, /^<(script|link|img|iframe|object|embed|base)\b|\s(src|href|style|on\w+)=/i);
  }
  assert.deepEqual(open, []);
  assert.doesNotMatch(body.replaceAll(/<[^>]*>/g, ""), /[<>]/);
  assert.doesNotMatch(page, /url\(|@import/);
  const ids = [...body.matchAll(/\sid="([^"]+)"/g)].map((match) => match[1]);
  assert.equal(new Set(ids).size, ids.length);
  for (const [, named = ""] of body.matchAll(/aria-labelledby="([^"]+)"/g))
    for (const id of named.split(" ")) assert.ok(ids.includes(id), id);
}

describe("the HTML page", async () => {
  const report = await reportOn(canaryYaml(), ...words);
  const page = printHtml(report);

  it("is well formed, needs nothing, and names what it draws", () => inspect(page));

  it("draws each story, and says the same in a table", () => {
    assert.equal(page.match(/<svg /g)?.length, report.stories.length);
    for (const { timeline, scenario } of report.stories) {
      assert.match(page, new RegExp(`<title id="story-${scenario}-title">`));
      assert.ok(timeline.length > 5);
    }
    const lines = report.stories.reduce((sum, { timeline }) => sum + timeline.length, 0);
    assert.equal(page.match(/<tr><td/g)?.length, lines);
  });

  it("knows light and dark", () => {
    assert.match(page, /color-scheme: light dark/);
    assert.match(page, /prefers-color-scheme: dark/);
  });

  it("escapes whatever a manifest says, wherever it is told", () => {
    const [story] = report.stories;
    assert.ok(story);
    const hostile: Report = {
      ...report,
      canary: HOSTILE,
      assumptions: [HOSTILE],
      warnings: [HOSTILE],
      stories: [
        {
          ...story,
          about: HOSTILE,
          reason: HOSTILE,
          timeline: story.timeline.map((line) => ({ ...line, sentence: HOSTILE })),
        },
      ],
      causes: report.causes.map((cause) => ({ ...cause, sentence: HOSTILE })),
    };
    const spoilt = printHtml(hostile);
    inspect(spoilt);
    assert.match(spoilt, /&lt;script&gt;alert\(&quot;1&quot;\)&lt;\/script&gt;/);
    assert.match(spoilt, /&amp;amp;/);
  });

  it("escapes a metric's name on its way through the controller", async () => {
    const manifest = canaryYaml({
      "- name: request-success-rate": `- name: '${HOSTILE.replaceAll("'", "''")}'\n  query: sum(rate(istio_requests_total{destination_workload="podinfo"}[{{ interval }}]))`,
      "thresholdRange:": "thresholdRange: { min: 0 }",
    });
    const { code, stdout } = await run(manifest, ...words, "--scenario", "good", "--output", "html");
    assert.equal(code, 0);
    inspect(stdout);
    assert.match(stdout, /&lt;script&gt;/);
  });

  it("keeps out what no page may hold", () => {
    assert.equal(markup`<p>${"a\u0000\u001b[31m\ud800b"}</p>`.html, "<p>a\ufffd\ufffd[31m\ufffdb</p>");
    assert.equal(markup`${["<", markup`<br>`, undefined, 1.5]}`.html, "&lt;<br>1.5");
  });
});

describe("the text", async () => {
  const report = await reportOn(canaryYaml(), ...words);

  it("fits eighty columns", () => {
    for (const line of printText(report, "without colour").split("\n")) assert.ok(line.length <= 80, line);
  });

  it("keeps a figure and its sign together", () => {
    for (let runs = 1; runs < 60; runs += 1) {
      const { healthy } = report.chances;
      const told = { ...report, chances: { ...report.chances, healthy: { ...healthy, runs } } };
      assert.doesNotMatch(printText(told, "without colour"), /^ +%/m);
    }
  });

  it("says what so few runs leave open, in HTML as well, and not of many", () => {
    const many = { ...report, settings: { ...report.settings, runs: 40 } };
    for (const print of [(told: Report) => printText(told, "without colour"), printHtml]) {
      assert.match(print(report), /So few runs say little: with --runs 40 they say more\./);
      assert.doesNotMatch(print(many), /So few runs/);
    }
  });

  it("is plain without a terminal; colours are all that a terminal adds", () => {
    const plain = printText(report, "without colour");
    const coloured = printText(report, "in colour");
    assert.ok(!plain.includes(ESCAPE));
    assert.ok(coloured.includes(`${ESCAPE}[1m`));
    assert.equal(withoutColours(coloured), plain);
  });

  it("lets nothing from a manifest steer the terminal", () => {
    const hostile = { ...report, canary: "a\u001b]0;x\u0007/b", warnings: ["\u001b[2Jx\r\ny\u009b1m"] };
    assert.deepEqual(controlsIn(printText(hostile, "without colour")), ["\n"]);
  });
});

describe("JSON", () => {
  it("has a stable shape", async () => {
    const report = await reportOn(canaryYaml(), "--runs", "1", "--scenario", "bad");
    assert.equal(report.format, FORMAT);
    assert.deepEqual(shapeOf(report), SHAPE);
  });
});

describe("--out", () => {
  it("writes there, and nothing elsewhere", async () => {
    await withFolder({}, async (folder) => {
      const file = join(folder, "report.html");
      const { code, stdout, stderr } = await run(canaryYaml(), ...words, "--scenario", "good", "--out", file);
      assert.deepEqual({ code, stdout, stderr }, { code: 0, stdout: "", stderr: "" });
      inspect(await readFile(file, "utf8"));
    });
  });
  it("says where it cannot", async () => {
    const { code, stderr } = await run(canaryYaml(), ...words, "--scenario", "good", "--out", "/nowhere/at/all.txt");
    assert.equal(code, 1);
    assert.match(stderr, /^\/nowhere\/at\/all\.txt cannot be written: /);
  });
});

describe("progress", () => {
  const shown = (isTTY: boolean, seconds: readonly number[]): string => {
    let now = 0;
    let written = "";
    const stream = new Writable({
      write: (chunk, _, done) => {
        written += String(chunk);
        done();
      },
    });
    const progress = progressOn(Object.assign(stream, { isTTY }), () => now);
    for (const [index, at] of seconds.entries()) {
      now = at * 1000;
      progress.tell(index + 1, 9);
    }
    progress.end();
    return written;
  };
  it("is told on a terminal, once it takes longer than two seconds, and not too often, and is gone in the end", () => {
    assert.equal(shown(true, [0.5, 1.9]), "");
    assert.equal(
      shown(true, [1, 2.5, 2.55, 3]),
      "\r\u001b[Ksimulating: 2 of 9 rollouts\r\u001b[Ksimulating: 4 of 9 rollouts\r\u001b[K",
    );
    assert.equal(shown(false, [1, 5]), "");
  });
});

/** Names and kinds; of a list, its first item. */
function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.length === 0 ? [] : [shapeOf(value[0])];
  if (value === null || typeof value !== "object") return value === null ? "null" : typeof value;
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, shapeOf(field)]));
}

const COUNTS = { sent: "number", byNew: "number", failed: "number", failedByNew: "number", lost: "number" };
const SHARE = { count: "number", percent: "number", lowPercent: "number", highPercent: "number" };
const SPREAD = { median: "number", worst: "number" };
const ENSEMBLE = {
  scenario: "string",
  about: "string",
  runs: "number",
  promoted: SHARE,
  rolledBack: SHARE,
  otherwise: "number",
};
const SHAPE = {
  format: "string",
  canary: "string",
  settings: {
    seed: "number",
    runs: "number",
    requestsPerSecond: "number",
    baseErrorPercent: "number",
    baseLatencyMillis: "number",
    scrapeSeconds: "number",
    weather: "string",
  },
  assumptions: ["string"],
  notSimulated: [],
  warnings: [],
  stories: [
    {
      scenario: "string",
      about: "string",
      end: "string",
      reason: "string",
      lastedSeconds: "number",
      requests: { ...COUNTS, hurt: "number", hurtPercent: "number" },
      mostExposed: { fromSeconds: "number", toSeconds: "number", weightPercent: "number", hurtPercent: "number" },
      timeline: [
        {
          atSeconds: "number",
          untilSeconds: "number",
          times: "number",
          kind: "string",
          tone: "string",
          weightPercent: "number",
          failedChecks: "number",
          sentence: "string",
        },
      ],
      weights: [{ atSeconds: "number", weightPercent: "number" }],
      series: { sliceSeconds: "number", slices: [COUNTS] },
    },
  ],
  chances: {
    healthy: { ...ENSEMBLE, secondsToRollback: "null", hurt: SPREAD },
    bad: { ...ENSEMBLE, secondsToRollback: SPREAD, hurt: SPREAD },
    marginal: { ...ENSEMBLE, secondsToRollback: SPREAD, hurt: SPREAD },
  },
  causes: [{ id: "string", path: "string", tone: "string", sentence: "string" }],
};

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { printHtml } from "../../src/cli/simulate/html/page.ts";
import type { Report, StoryTold } from "../../src/cli/simulate/report.ts";
import { printText } from "../../src/cli/simulate/text.ts";
import { SCENARIOS } from "../../src/simulator/traffic/scenarios.ts";
import { canaryYaml, reportOn, run } from "./run.ts";

/** Without errors of its own, and scraped often: what is seen is what the scenario does. */
const ALL = [...SCENARIOS.flatMap((name) => ["--scenario", name]), "--base-errors", "0", "--scrape", "5"];

describe("serin simulate: each scenario from the release to its end", async () => {
  const report = await reportOn(canaryYaml(), ...ALL, "--runs", "2");
  const story = (name: string): StoryTold => {
    const found = report.stories.find(({ scenario }) => scenario === name);
    assert.ok(found);
    return found;
  };
  const weights = (name: string): readonly number[] => story(name).weights.map(({ weightPercent }) => weightPercent);

  it("good: each weight in its turn, a verdict on each, and promotion", () => {
    const { end, timeline, requests, mostExposed } = story("good");
    assert.equal(end, "promoted");
    assert.deepEqual(weights("good"), [0, 10, 50, 100, 0]);
    assert.deepEqual(
      timeline.filter(({ kind }) => kind === "verdict").map(({ tone }) => tone),
      ["good", "good", "good"],
    );
    assert.match(timeline.at(-1)?.sentence ?? "", /^Promotion completed!/);
    const measuredAt = timeline.filter(({ kind }) => kind === "verdict").map(({ weightPercent }) => weightPercent);
    assert.deepEqual(measuredAt, [10, 50, 100]);
    assert.deepEqual([requests.hurt, mostExposed], [0, null]);
  });

  it("bad: taken away at the second failed check, having hurt what its share is", () => {
    const { end, timeline, requests, mostExposed, reason } = story("bad");
    assert.equal(end, "rolled back");
    assert.deepEqual(weights("bad"), [0, 10, 0]);
    assert.deepEqual(
      timeline.filter(({ kind }) => kind === "verdict").map(({ failedChecks, tone }) => [failedChecks, tone]),
      [
        [1, "bad"],
        [2, "bad"],
      ],
    );
    assert.match(reason, /success rate/);
    assert.ok(requests.failedByNew > 0 && requests.failedByNew < requests.byNew);
    assert.equal(mostExposed?.weightPercent, 10);
  });

  it("slow-leak: hurts nobody in its first minute, and more and more later", () => {
    const { series, timeline } = story("slow-leak");
    const failedIn = (from: number, to: number): number =>
      series.slices
        .slice(from / series.sliceSeconds, to / series.sliceSeconds)
        .reduce((sum, { failedByNew }) => sum + failedByNew, 0);
    assert.equal(timeline.find(({ kind }) => kind === "verdict")?.tone, "good");
    assert.equal(failedIn(0, 60), 0);
    assert.ok(failedIn(60, 600) > 0);
  });

  it("no-traffic: nothing can be measured, which is said once, and ends by the deadline", () => {
    const { end, timeline, requests } = story("no-traffic");
    assert.deepEqual([end, requests.sent], ["rolled back", 0]);
    const [verdict, ...others] = timeline.filter(({ kind }) => kind === "verdict");
    assert.deepEqual([verdict?.tone, others.length], ["neutral", 0]);
    assert.ok((verdict?.times ?? 0) > 3);
  });

  it("crash: pods that end take requests with them, and the rollout back", () => {
    const { end, requests, mostExposed } = story("crash");
    assert.equal(end, "rolled back");
    assert.ok(requests.lost > 0);
    assert.ok((mostExposed?.weightPercent ?? 0) > 0, "nobody is exposed to a version without traffic");
  });

  it("spike and flapping end one way or the other", () => {
    for (const name of ["spike", "flapping"]) assert.match(story(name).end, /^(promoted|rolled back)$/);
  });

  it("counts the same requests in the whole and in slices", () => {
    for (const { requests, series, lastedSeconds } of report.stories) {
      const sum = (of: "sent" | "failed" | "lost" | "byNew"): number =>
        series.slices.reduce((total, slice) => total + slice[of], 0);
      assert.ok(series.slices.length * series.sliceSeconds >= lastedSeconds);
      // What ended after the last decision is in the whole alone.
      assert.ok(sum("sent") <= requests.sent && sum("sent") >= requests.sent * 0.9);
      assert.ok(sum("failed") <= requests.failed && sum("lost") <= requests.lost && sum("byNew") <= requests.byNew);
    }
  });

  it("says the chances, with the interval that so few runs allow", () => {
    const { healthy, bad, marginal } = report.chances;
    assert.deepEqual([healthy.scenario, bad.scenario, marginal?.scenario], ["good", "bad", "marginal"]);
    for (const ensemble of [healthy, bad, marginal]) {
      assert.equal(ensemble?.runs, 2);
      assert.equal((ensemble?.promoted.count ?? 0) + (ensemble?.rolledBack.count ?? 0) + (ensemble?.otherwise ?? 0), 2);
    }
    assert.deepEqual([healthy.rolledBack.lowPercent, healthy.rolledBack.highPercent], [0, 65.8]);
    assert.ok((bad.secondsToRollback?.worst ?? 0) >= (bad.secondsToRollback?.median ?? Number.POSITIVE_INFINITY));
  });
});

describe("serin simulate: the same again", () => {
  const words = ["--runs", "1", "--scenario", "bad", "--errors", "30"];

  it("the same seed, the same bytes; another seed, others", async () => {
    const outputs = async (seed: string): Promise<readonly string[]> => {
      const report = await reportOn(canaryYaml(), ...words, "--seed", seed);
      return [JSON.stringify(report), printText(report, "without colour"), printHtml(report)];
    };
    const [one, again, other] = [await outputs("7"), await outputs("7"), await outputs("8")];
    assert.deepEqual(one, again);
    for (const [index, output] of one.entries()) assert.notEqual(output, other[index]);
  });

  it("a story is one of the lives that chances are counted from", async () => {
    const { stories, chances }: Report = await reportOn(canaryYaml(), ...words);
    assert.equal(stories[0]?.requests.hurt, chances.bad.hurt.worst);
  });

  it("however many live at once: the same bytes", async () => {
    const many = ["--runs", "2", "--scenario", "bad", "--weather", "storm", "--output", "json"];
    const one = await run(canaryYaml(), ...many, "--workers", "1");
    assert.equal(one.code, 0);
    assert.deepEqual(await run(canaryYaml(), ...many, "--workers", "3"), one);
  });

  it("a storm changes what happens, and not that it is the same again", async () => {
    const storm = ["--weather", "storm", "--scenario", "good", "--runs", "1"];
    const one = await run(canaryYaml(), ...storm);
    assert.equal(one.code, 0);
    assert.match(one.stdout, /storm weather/);
    assert.equal(one.stdout, (await run(canaryYaml(), ...storm)).stdout);
  });
});

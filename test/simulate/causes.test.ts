import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Cause } from "../../src/cli/simulate/cause.ts";
import type { Report } from "../../src/cli/simulate/report.ts";
import { canaryYaml, reportOn } from "./run.ts";

const words = ["--scenario", "good", "--runs", "1", "--errors", "20"];

const said = ({ causes }: Report, id: string): Cause => {
  const found = causes.find((cause) => cause.id === id);
  assert.ok(found, `${id} is not among ${causes.map((cause) => cause.id).join(", ")}`);
  return found;
};

const ids = ({ causes }: Report): readonly string[] => causes.map(({ id }) => id);

describe("causes", async () => {
  const usual = await reportOn(canaryYaml(), ...words, "--scrape", "5");

  it("threshold and interval: how long a failing version serves, and whom", () => {
    const { path, tone, sentence } = said(usual, "failing-version");
    assert.deepEqual([path, tone], ["spec.analysis.threshold", "bad"]);
    assert.match(
      sentence,
      /^spec\.analysis\.threshold 2 × spec\.analysis\.interval 30s: .* serves 10 % of users for 1m\d?s? before it is taken away \(\d+ failed requests at 10 requests\/s\)$/,
    );
  });

  it("a version without any success has a success rate of nothing: it is seen like one that mostly fails", () => {
    assert.ok(!ids(usual).includes("dead-version"), ids(usual).join(", "));
  });

  it("with a query of one's own that divides what is not there, the deadline ends it", async () => {
    const rate = (more: string) =>
      `sum(rate(istio_requests_total{destination_workload="{{ target }}"${more}}[{{ interval }}]))`;
    const query = `query: '${rate(',response_code!~"5.*"')} / ${rate("")} * 100'`;
    const own = { "- name: request-success-rate": `- name: own\n  ${query}` };
    const report = await reportOn(canaryYaml(own), ...words, "--scrape", "5");
    const { path, sentence } = said(report, "dead-version");
    assert.equal(path, "spec.progressDeadlineSeconds");
    assert.match(
      sentence,
      /^spec\.progressDeadlineSeconds 60 \+ spec\.analysis\.interval 30s: .*serves 10 % of users for 1m30s/,
    );
  });

  it("the deadline: when a missing image is noticed, which no user meets", () => {
    const { path, sentence } = said(usual, "image-missing");
    assert.equal(path, "spec.progressDeadlineSeconds");
    assert.match(sentence, /^spec\.progressDeadlineSeconds 60: .* noticed after 1m\d?s?; no user meets it$/);
  });

  it("few requests: what a rate rests on, and what gets by", async () => {
    const report = await reportOn(canaryYaml(), "--scenario", "good", "--runs", "3", "--rps", "0.5");
    const { path, tone, sentence } = said(report, "evidence");
    assert.deepEqual([path, tone], ["spec.analysis.metrics[0]", "bad"]);
    assert.match(
      sentence,
      /at 0\.5 requests\/s request-success-rate rests on 1\.5 requests at the step of 10 % \(30s\)/,
    );
    const { marginal } = report.chances;
    assert.match(sentence, new RegExp(`promotes 3 % errors in ${marginal?.promoted.count} of 3 runs$`));
  });

  it("enough requests: no warning of it", async () => {
    const report = await reportOn(canaryYaml({ "stepWeights:": "stepWeights: [50]" }), "--rps", "100", ...words);
    assert.equal(said(report, "evidence").tone, "neutral");
    const { path, sentence } = said(report, "unjudged-leap");
    assert.deepEqual(
      [path, /the last judged step is 50 %; then the canary takes all traffic for \d+s/.test(sentence)],
      ["spec.analysis.stepWeights", true],
    );
  });

  it("no metrics: nothing can fail, and a failing version is promoted", async () => {
    const manifest = canaryYaml({ "metrics:": "metrics: []", "- name:": "", "thresholdRange:": "" });
    const report = await reportOn(manifest, ...words);
    assert.match(said(report, "no-metrics").sentence, /^spec\.analysis\.metrics is empty: nothing can fail/);
    assert.match(said(report, "failing-promoted").sentence, /is promoted after/);
    assert.equal(report.chances.bad.promoted.percent, 100);
  });

  it("no metric of latency: a version that is slow is promoted, where one that fails is not", async () => {
    const { path, tone, sentence } = said(usual, "slow-promoted");
    assert.deepEqual([path, tone], ["spec.analysis.metrics", "bad"]);
    assert.match(
      sentence,
      /^spec\.analysis\.metrics \(request-success-rate\): a version that answers 2s slower is promoted after 1m\d+s$/,
    );
    const both = canaryYaml({
      "metrics:": "metrics:\n  - name: request-duration\n    thresholdRange: { max: 500 }",
    });
    const report = await reportOn(both, ...words);
    assert.ok(!ids(report).includes("slow-promoted"), ids(report).join(", "));
  });

  it("no traffic, where that is asked: how long nothing comes of it, or that it is promoted unseen", async () => {
    const unseen = ["--scenario", "no-traffic", "--runs", "1", "--errors", "20"];
    const waiting = said(await reportOn(canaryYaml(), ...unseen), "unused");
    assert.match(
      waiting.sentence,
      /^spec\.progressDeadlineSeconds 60 \+ spec\.analysis\.interval 30s: a version that nobody uses stays at 10 % for 1m\d+s, and is then taken back/,
    );
    const manifest = canaryYaml({ "metrics:": "metrics: []", "- name:": "", "thresholdRange:": "" });
    assert.match(
      said(await reportOn(manifest, ...unseen), "unused-promoted").sentence,
      /^spec\.analysis\.metrics: a version that nobody has used is promoted after/,
    );
    assert.ok(!ids(usual).includes("unused"));
  });

  it("metrics that are not simulated come first, and nothing is said as if they were not there", async () => {
    const own = { "- name: request-success-rate": "- name: own\n  query: sum(queue_length)" };
    const report = await reportOn(canaryYaml(own), ...words);
    assert.equal(report.causes[0]?.id, "not-simulated");
    assert.deepEqual(report.notSimulated, ["spec.analysis.metrics[0] (own)"]);
    assert.match(said(report, "failing-promoted").sentence, /, unless what is not simulated stops it$/);
    const verdicts = report.stories.flatMap(({ timeline }) => timeline.filter(({ kind }) => kind === "verdict"));
    for (const { sentence } of verdicts) assert.equal(sentence, "own (not simulated)");
  });

  it("skipped analysis", async () => {
    const report = await reportOn(canaryYaml({ "progressDeadlineSeconds:": "skipAnalysis: true" }), ...words);
    assert.equal(said(report, "skips-analysis").path, "spec.skipAnalysis");
    assert.ok(!ids(report).includes("steps") && !ids(report).includes("evidence"));
    assert.match(said(report, "image-missing").sentence, /^spec\.progressDeadlineSeconds is not set, which means 600/);
  });

  it("a threshold that is not set, steps by weight, and windows that are too long", async () => {
    const manifest = canaryYaml({
      "threshold:": "maxWeight: 40",
      "stepWeights:": "stepWeight: 20",
      "thresholdRange:": "thresholdRange: { min: 99 }\ninterval: 5m",
    });
    const report = await reportOn(manifest, ...words);
    assert.match(said(report, "default-threshold").sentence, /is not set, which means 1/);
    assert.match(
      said(report, "steps").sentence,
      /^spec\.analysis\.stepWeight 20 to spec\.analysis\.maxWeight 40 × spec\.analysis\.interval 30s: 2 steps, at least 1m; a healthy version is promoted after/,
    );
    assert.match(said(report, "long-window").sentence, /^spec\.analysis\.metrics\[0\]\.interval 5m is longer than/);
    assert.equal(said(report, "long-window").path, "spec.analysis.metrics[0].interval");
  });

  it("false alarms: what takes a healthy version back", async () => {
    const report = await reportOn(canaryYaml(), ...words, "--base-errors", "10");
    assert.equal(report.chances.healthy.rolledBack.percent, 100);
    assert.match(
      said(report, "false-alarm").sentence,
      /a healthy version \(10 % errors, median 50 ms\) is rolled back in 1 of 1 run, for example because .*success rate/,
    );
  });

  it("scrapes that are too seldom for the interval", async () => {
    const report = await reportOn(canaryYaml({ "interval:": "interval: 10s" }), ...words);
    assert.match(said(report, "scrapes").sentence, /^spec\.analysis\.interval 10s: scraped every 15s/);
  });

  it("puts what is worth a thought first", () => {
    const { causes } = usual;
    const tones = causes.map(({ tone }) => tone);
    assert.deepEqual(tones, [...tones].sort());
    for (const { path, sentence } of causes) assert.ok(sentence.startsWith(path), sentence);
  });
});

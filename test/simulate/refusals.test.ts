import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { readSimulateOptions } from "../../src/cli/simulate/options.ts";
import type { Refusal } from "../../src/cli/simulate/refusal.ts";
import { FORMAT } from "../../src/cli/simulate/report.ts";
import { repository } from "../architecture/source.ts";
import { canaryYaml, run, withFolder } from "./run.ts";

const quick = ["--scenario", "good", "--runs", "1", "--errors", "20"];

describe("serin simulate refuses", () => {
  const cases: Readonly<Record<string, { readonly manifest: string; readonly says: RegExp }>> = {
    "what is no YAML": {
      manifest: "kind: Canary\nmetadata: [1\n",
      says: /^stdin:\d+: this is not YAML: /,
    },
    "two fields of one name": { manifest: "kind: A\nkind: B\n", says: /^stdin:2: this is not YAML: .*unique/i },
    "what is no object": { manifest: "---\n- 1\n", says: /^stdin:2: this is no Kubernetes object: write apiVersion/ },
    "an object without a name": {
      manifest: `${canaryYaml()}---\napiVersion: v1\nkind: Secret\nmetadata: {}\n`,
      says: /^stdin:19: this is no Kubernetes object/,
    },
    "files without a Canary": {
      manifest: "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n",
      says: /^no Canary is in these files/,
    },
    "several Canaries": {
      manifest: `${canaryYaml()}---\n${canaryYaml({ "name: podinfo": "name: other" })}`,
      says: /^which Canary\? Name one with --canary: shop\/podinfo, shop\/other$/m,
    },
    "what the API server would": {
      manifest: canaryYaml({ "interval:": "interval: 1minute" }),
      says: /^stdin:12: spec\.analysis\.interval: .*is not a duration: write for example 30s/m,
    },
    "webhooks, in the controller's words": {
      manifest: canaryYaml({ "threshold:": "threshold: 2\nwebhooks: [{ name: gate, url: http://gate }]" }),
      says: /^stdin:14: spec\.analysis\.webhooks: webhooks are not supported yet, and a gate that nobody asks/,
    },
    "blue/green, in the controller's words": {
      manifest: canaryYaml({ "stepWeights:": "iterations: 10" }),
      says: /^stdin:14: spec\.analysis\.iterations: blue\/green and A\/B runs are not supported yet/,
    },
    "another router": {
      manifest: canaryYaml({ "progressDeadlineSeconds:": "provider: nginx" }),
      says: /^stdin:8: spec\.provider: the provider "nginx" is not supported/,
    },
    "a MetricTemplate that is not in the files": {
      manifest: canaryYaml({ "- name: request-success-rate": "- name: own\n  templateRef: { name: own }" }),
      says: /^stdin:17: spec\.analysis\.metrics\[0\]\.templateRef: MetricTemplate shop\/own does not exist$/m,
    },
    "a Canary that is suspended": {
      manifest: canaryYaml({ "progressDeadlineSeconds:": "suspend: true" }),
      says: /^stdin:8: spec\.suspend: is true/,
    },
    "a Deployment that is none": {
      manifest: `${canaryYaml()}---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {name: podinfo, namespace: shop}\nspec: {}\n`,
      says: /^stdin:22: spec\.selector: Required value$/m,
    },
  };
  for (const [name, { manifest, says }] of Object.entries(cases)) {
    it(name, async () => {
      const { code, stdout, stderr } = await run(manifest, ...quick);
      assert.match(stderr, says);
      assert.deepEqual({ code, stdout }, { code: 1, stdout: "" });
    });
  }

  const unsupported = canaryYaml({ "stepWeights:": "mirror: true\niterations: 10" });

  it("as JSON, where that is what is asked for", async () => {
    const { code, stdout, stderr } = await run(unsupported, ...quick, "--output", "json");
    assert.deepEqual([code, stderr], [1, ""]);
    const { format, refusals } = JSON.parse(stdout) as { format: string; refusals: readonly Refusal[] };
    assert.equal(format, FORMAT);
    assert.deepEqual(
      refusals.map(({ file, line, path }) => [file, line, path]),
      [
        ["stdin", 15, "spec.analysis.iterations"],
        ["stdin", 14, "spec.analysis.mirror"],
      ],
    );
    for (const { path, sentence } of refusals) assert.ok(sentence.startsWith(`${path}: `), sentence);
    const invalid = await run(canaryYaml({ "interval:": "interval: 1minute" }), ...quick, "--output", "json");
    assert.equal(JSON.parse(invalid.stdout).refusals[0].path, "spec.analysis.interval");
    const none = await run("kind: A\nkind: B\n", ...quick, "--output", "json");
    const [{ sentence, ...place }] = JSON.parse(none.stdout).refusals;
    assert.deepEqual(place, { file: "stdin", line: 2, path: null });
    assert.match(sentence, /^this is not YAML: /);
  });

  it("as JSON in a file, and to whoever looks on", async () => {
    await withFolder({}, async (folder) => {
      const [json, html] = [join(folder, "report.json"), join(folder, "report.html")];
      const { code, stdout, stderr } = await run(unsupported, ...quick, "--out", json);
      assert.deepEqual([code, stdout], [1, ""]);
      assert.match(stderr, /^stdin:15: spec\.analysis\.iterations: /);
      assert.equal(JSON.parse(readFileSync(json, "utf8")).refusals.length, 2);
      const page = await run(unsupported, ...quick, "--out", html);
      assert.deepEqual(page, { code, stdout, stderr });
      assert.ok(!existsSync(html));
    });
  });

  it("files that are not there, and folders without manifests", async () => {
    await withFolder({ "notes.txt": "" }, async (folder) => {
      for (const [file, says] of [
        [join(folder, "none.yaml"), /none\.yaml: there is no such file/],
        [folder, /no file in this folder ends in \.yaml/],
      ] as const) {
        const { code, stderr } = await run(canaryYaml(), "-f", file);
        assert.equal(code, 1);
        assert.match(stderr, says);
      }
    });
  });
});

describe("serin simulate: command line", () => {
  const wrong: readonly (readonly [words: readonly string[], says: RegExp])[] = [
    [[], /wants manifests: -f canary\.yaml/],
    [["-f", "-", "-f", "-"], /standard input can be read once/],
    [["-f", "a", "--rsp", "1"], /^unknown flag --rsp; serin simulate --help lists them$/],
    [["-f", "a", "--rps", "0"], /--rps: "0" is no number .*there is --scenario no-traffic/],
    [["-f", "a", "--rps", "fast"], /--rps: "fast" is no number/],
    [["-f", "a", "--errors", "101"], /--errors: "101" is no number from 0 to 100/],
    [["-f", "a", "--seed", "1.5"], /--seed: "1\.5" is no whole number/],
    [["-f", "a", "--runs", "0"], /--runs/],
    [["-f", "a", "--runs"], /--runs.*argument missing/],
    [["-f", "a", "--workers", "0"], /--workers: "0" is no number from 1 to 64/],
    [["-f", "a", "--scenario", "worse"], /--scenario: "worse" is none of good, bad, slow-leak/],
    [["-f", "a", "--output", "pdf"], /--output: "pdf" is none of text, json, html/],
    [["a.yaml"], /a\.yaml/],
  ];
  for (const [words, says] of wrong) {
    it(`${words.join(" ") || "nothing"}: is wrong`, () => {
      const options = readSimulateOptions(words);
      assert.ok("wrong" in options);
      assert.match(options.wrong, says);
    });
  }

  it("takes the format from the file's name, unless it is told", () => {
    const output = (...words: readonly string[]): string => {
      const options = readSimulateOptions(["-f", "a", ...words]);
      return "wrong" in options ? options.wrong : options.output;
    };
    assert.deepEqual(
      [output(), output("--out", "a.html"), output("--out", "a.json"), output("--out", "a.json", "--output", "text")],
      ["text", "html", "json", "text"],
    );
  });

  const serin = (...args: readonly string[]) =>
    spawnSync(process.execPath, [join(repository, "src/serin.ts"), "simulate", ...args], {
      encoding: "utf8",
      input: canaryYaml({ "interval:": "interval: never" }),
    });

  it("ends with 2 where the flags are wrong, with 1 where the manifests are, and helps", () => {
    assert.equal(serin("--bogus").status, 2);
    const refused = serin("-f", "-");
    assert.deepEqual([refused.status, refused.stdout], [1, ""]);
    assert.match(refused.stderr, /^stdin:12: spec\.analysis\.interval/);
    const help = serin("--help");
    assert.equal(help.status, 0);
    assert.match(help.stdout, /--scenario NAME[\s\S]*slow-leak[\s\S]*Exit codes/);
  });
});

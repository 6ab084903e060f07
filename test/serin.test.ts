import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { describe, it } from "node:test";

/** The program as people start it: what it prints, and its exit code, which scripts go by. */
function serin(...args: readonly string[]) {
  const file = join(import.meta.dirname, "../src/serin.ts");
  const { status, stdout, stderr } = spawnSync(process.execPath, [file, ...args], { encoding: "utf8" });
  return { status, stdout: stdout.trim(), stderr: stderr.trim() };
}

describe("serin", () => {
  it("lists its commands when asked for nothing, or for help", () => {
    for (const args of [[], ["help"], ["--help"], ["-h"]]) {
      const { status, stdout } = serin(...args);
      assert.equal(status, 0);
      assert.match(stdout, /controller .*\n.*crds .*\n.*simulate .*\n.*version /);
    }
  });

  it("explains a command", () => {
    assert.equal(serin("help", "crds").stdout, serin("crds", "--help").stdout);
    assert.match(serin("controller", "-h").stdout, /--metrics-server/);
  });

  it("says its version", () => {
    for (const word of ["version", "--version"]) assert.match(serin(word).stdout, /^\d+\.\d+\.\d+$/);
  });

  const wrong: readonly (readonly [readonly string[], number, string])[] = [
    [["bogus"], 2, "serin: unknown command bogus; serin --help lists them"],
    [["constructor"], 2, "serin: unknown command constructor; serin --help lists them"],
    [["help", "bogus"], 2, "serin: unknown command bogus; serin --help lists them"],
    [["crds", "now"], 2, "serin: serin crds takes no arguments, got now"],
    [["controller", "--bogus"], 2, "serin: unknown flag --bogus; serin controller --help lists them"],
    [
      ["controller", "--kubeconfig=/nowhere"],
      1,
      "serin: the kubeconfig /nowhere cannot be read: ENOENT: no such file or directory, open '/nowhere'",
    ],
  ];
  for (const [args, code, words] of wrong) {
    it(`${args.join(" ")}: code ${code}`, () =>
      assert.deepEqual(serin(...args), { status: code, stdout: "", stderr: words }));
  }
});

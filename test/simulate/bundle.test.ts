import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { it } from "node:test";
import { repository } from "../architecture/source.ts";
import { canaryYaml, run, withFolder } from "./run.ts";

it("the bundle simulates as the sources do, and its controller reads nothing of the simulator", async () => {
  await withFolder({}, async (folder) => {
    const dist = join(folder, "dist");
    const node = (args: readonly string[], input = "") =>
      spawnSync(process.execPath, [...args], { encoding: "utf8", input, cwd: folder });
    const built = node([join(repository, "build.ts"), dist]);
    assert.equal(built.status, 0, built.stderr);
    await writeFile(join(dist, "package.json"), `{"type":"module"}`);
    const words = ["--scenario", "bad", "--errors", "40", "--runs", "1"];
    const ran = node([join(dist, "serin.js"), "simulate", "-f", "-", "--workers", "2", ...words], canaryYaml());
    assert.deepEqual([ran.status, ran.stderr], [0, ""]);
    assert.equal(ran.stdout, (await run(canaryYaml(), ...words)).stdout);
    const part = (beginning: string): string =>
      readdirSync(dist).find((name) => name.startsWith(beginning) && name.endsWith(".js")) ?? "";
    const holdsSimulator = (name: string): boolean =>
      partsOf(name, dist).some((one) => readFileSync(join(dist, one), "utf8").includes("kube-controller-manager"));
    assert.deepEqual([part("simulate-"), part("main-"), "serin.js"].map(holdsSimulator), [true, false, false]);
  });
});

/** A part of the bundle and all that it loads at once. */
function partsOf(name: string, folder: string, known = new Set<string>()): readonly string[] {
  if (known.has(name)) return [];
  known.add(name);
  const text = readFileSync(join(folder, name), "utf8");
  const loaded = [...text.matchAll(/(?:from|import)\s*"\.\/([\w-]+\.js)"/g)].map((match) => match[1] ?? "");
  return [name, ...loaded.flatMap((other) => partsOf(other, folder, known))];
}

import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { SCENARIOS } from "../../src/simulator/traffic/scenarios.ts";
import { repository } from "../architecture/source.ts";
import { run } from "./run.ts";

const FILE = join(repository, "docs/simulate.md");
const EXAMPLE =
  /```yaml\n(?<manifest>[\s\S]*?)```\n\n`serin simulate -f canary\.yaml (?<words>[^`]*)` says:\n\n```text\n(?<output>[\s\S]*?)```/;

describe("docs/simulate.md", () => {
  const page = readFileSync(FILE, "utf8");

  it("shows what the program says (mend with UPDATE_GOLDEN=1)", async () => {
    const { manifest = "", words = "", output = "" } = EXAMPLE.exec(page)?.groups ?? {};
    assert.notEqual(manifest, "");
    const { code, stdout } = await run(manifest, ...words.split(" "));
    assert.equal(code, 0);
    if (process.env["UPDATE_GOLDEN"] === "1") {
      writeFileSync(
        FILE,
        page.replace(`\`\`\`text\n${output}\`\`\``, () => `\`\`\`text\n${stdout}\`\`\``),
      );
    } else assert.equal(output, stdout);
  });

  it("lists every scenario", () => {
    const listed = [...page.matchAll(/^\| `([\w-]+)` \|/gm)].map((match) => match[1]);
    for (const name of SCENARIOS) assert.ok(listed.includes(name), name);
  });
});

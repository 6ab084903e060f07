import assert from "node:assert/strict";
import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, it } from "node:test";
import { stages } from "../src/resources/statusSchema.ts";
import { readSources, repository } from "./architecture/source.ts";

/** What the documents list is what the code has: a list that is written by hand is held to its source here. */

const read = (path: string): string => readFileSync(join(repository, path), "utf8");

const without = (all: Iterable<string>, known: ReadonlySet<string>): string[] =>
  [...new Set(all)].filter((one) => !known.has(one));

const matches = (text: string, pattern: RegExp): string[] => [...text.matchAll(pattern)].map((match) => match[1] ?? "");

describe("documents", async () => {
  const product = (await readSources()).filter(({ path }) => path.startsWith("src/"));

  it("list every series of the controller, and no other", () => {
    const made = new Set(product.flatMap(({ text }) => matches(text, /name: "((?:flagger|serin)_\w+)"/g)));
    const listed = new Set(matches(read("docs/metrics.md"), /^\| `((?:flagger|serin)_\w+)`/gm));
    assert.deepEqual(
      { missing: without(made, listed), invented: without(listed, made) },
      { missing: [], invented: [] },
    );
  });

  it("list every phase", () => {
    const listed = new Set(matches(read("docs/architecture.md"), /^\| (\w+) \| /gm));
    assert.deepEqual(without(stages, listed), []);
  });

  it("list every field that is not supported", () => {
    const refused = matches(read("src/resources/unsupported.ts"), /path: "spec\.(?:service\.|analysis\.)?([\w.]+)"/g);
    const page = read("docs/canary.md");
    assert.deepEqual(
      refused.filter((field) => !page.includes(`\`${field}\``)),
      ["targetRef.kind"],
    );
  });

  it("point only to what is there", () => {
    const pages = globSync(["*.md", "docs/**/*.md"], { cwd: repository });
    const broken = pages.flatMap((page) =>
      matches(read(page), /\]\(([^)#]+)(?:#[^)]*)?\)/g)
        .filter((link) => !/^https?:/.test(link) && !existsSync(join(repository, dirname(page), link)))
        .map((link) => `${page}: ${link}`),
    );
    assert.deepEqual(broken, []);
  });

  it("name only files that are there", () => {
    const page = read("docs/architecture.md");
    const named = matches(
      page,
      /`((?:domain|control|resources|adapters|runtime|server|src|charts|test)\/[\w/.]+\.(?:ts|yaml))`/g,
    );
    const broken = named.filter(
      (path) => !existsSync(join(repository, path)) && !existsSync(join(repository, "src", path)),
    );
    assert.deepEqual(broken, []);
  });

  it("say the scripts that package.json has", () => {
    const { scripts } = JSON.parse(read("package.json")) as { scripts: Readonly<Record<string, string>> };
    const pages = globSync(["*.md", "docs/**/*.md"], { cwd: repository });
    const said = pages.flatMap((page) => matches(read(page), /npm run ([\w:]+)/g));
    assert.deepEqual(without(said, new Set(Object.keys(scripts))), []);
  });
});

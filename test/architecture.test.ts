import assert from "node:assert/strict";
import { globSync } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { describe, it } from "node:test";
import { globals, moduleShape, sizes, types, words } from "./architecture/habits.ts";
import { type Finding, readSources, repository, sourceOf, withoutWords } from "./architecture/source.ts";
import { cycles, libraries, walls } from "./architecture/walls.ts";

const told = (findings: readonly Finding[]): string[] =>
  findings.map(({ path, line, message }) => `${path}:${line}: ${message}`);

const nothing = (findings: readonly Finding[]): void => assert.deepEqual(told(findings), []);

/** One finding, that says this. */
function one(findings: readonly Finding[], words: RegExp): void {
  assert.equal(findings.length, 1, `one finding, not ${JSON.stringify(told(findings))}`);
  assert.match(told(findings)[0] ?? "", words);
}

describe("the architecture of the repository", async () => {
  const sources = await readSources();

  it("reads the sources", () => assert.ok(sources.length > 50));
  it("has rooms with walls", () => nothing(walls(sources)));
  it("has no rings of imports", () => nothing(cycles(sources)));
  it("takes clock, dice and world as inputs", () => nothing(globals(sources)));
  it("has modules that say what they hold", () => nothing(moduleShape(sources)));
  it("has types that hold", () => nothing(types(sources)));
  it("has files and functions that fit a screen", () => nothing(sizes(sources)));

  it("hides every library it installs", async () => {
    const { dependencies } = JSON.parse(await readFile(join(repository, "package.json"), "utf8")) as {
      dependencies: object;
    };
    nothing(libraries(sources, Object.keys(dependencies)));
  });

  it("names no machine and no working day", async () => {
    nothing(words(await readTexts()));
  });
});

async function readTexts(): Promise<readonly { readonly path: string; readonly text: string }[]> {
  const roots = ["*", ".ci/*", ".npmrc", "{src,test,docs,charts,crds}/**/*"];
  const skipped = ["node_modules/**", "dist/**", ".cache/**", "test/plane/go/go.sum"];
  const paths = globSync(roots, { cwd: repository, exclude: skipped });
  const files = await Promise.all(
    paths.map(async (path) => ((await stat(join(repository, path))).isFile() ? [path] : [])),
  );
  return Promise.all(
    files.flat().map(async (path) => ({ path, text: await readFile(join(repository, path), "utf8") })),
  );
}

describe("walls", () => {
  const at = (path: string, text: string) => walls([sourceOf(path, text)]);

  it("finds a domain that knows the line", () => {
    one(
      at("src/domain/decide.ts", `import { tick } from "../control/tick.ts";`),
      /src\/domain may not import src\/control\/tick\.ts/,
    );
  });
  it("finds a type that crosses a wall", () => {
    one(at("src/domain/decide.ts", `import type { Key } from "../control/ports.ts";`), /may not import/);
  });
  it("finds a domain that uses Node", () => {
    one(at("src/domain/decide.ts", `import { createHash } from "node:crypto";`), /may not import node:crypto/);
  });
  it("finds an import that is made late", () => {
    one(
      at("src/control/tick.ts", `const late = await import("../adapters/kube/errors.ts");`),
      /src\/adapters\/kube\/errors\.ts/,
    );
  });
  it("finds an import that takes many lines", () => {
    one(
      at("src/runtime/store.ts", `import {\n  one,\n  other,\n} from "../domain/time.ts";`),
      /runtime\/store\.ts:4: .*src\/domain\/time\.ts/,
    );
  });
  it("finds one adapter that knows another", () => {
    one(
      at("src/adapters/traffic/services.ts", `import { x } from "../kube/json.ts";`),
      /adapters\/traffic may not import src\/adapters\/kube/,
    );
  });
  it("finds an adapter that knows more of the line than its ports", () => {
    nothing(at("src/adapters/kube/canaries.ts", `import type { Key } from "../../control/ports.ts";`));
    one(at("src/adapters/kube/canaries.ts", `import { act } from "../../control/act.ts";`), /may not import/);
  });
  it("finds a library out of its place", () => {
    nothing(at("src/server/meters.ts", `import { Gauge } from "prom-client";`));
    one(
      at("src/server/http.ts", `import { Gauge } from "prom-client";`),
      /only src\/server\/meters\.ts may use prom-client/,
    );
    one(
      at("src/control/act.ts", `import { KubeConfig } from "@kubernetes/client-node/dist/config.js";`),
      /only src\/adapters\/kube/,
    );
  });
  it("finds a library that nobody may use", () => {
    one(at("src/server/http.ts", `import express from "express";`), /express is a library that nobody may use/);
  });
  it("finds a file without a room", () => {
    one(at("src/stray.ts", ""), /stands in no room/);
  });
  it("takes an import in a string or a comment for none", () => {
    nothing(at("src/domain/decide.ts", `const text = 'import { x } from "../control/tick.ts"'; // import "pino";`));
  });
  it("finds installed libraries that are hidden nowhere or not used", () => {
    const used = [sourceOf("src/resources/fields.ts", `import * as z from "zod";`)];
    nothing(libraries(used, ["zod"]));
    one(libraries(used, ["zod", "pino"]), /pino is installed and not used/);
    one(libraries(used, []), /zod is used and not installed/);
  });
  it("finds a ring", () => {
    const ring = [
      sourceOf("src/domain/one.ts", `import { other } from "./other.ts";`),
      sourceOf("src/domain/other.ts", `import { third } from "./third.ts";`),
      sourceOf("src/domain/third.ts", `import { one } from "./one.ts";`),
    ];
    one(cycles(ring), /one\.ts → src\/domain\/other\.ts → src\/domain\/third\.ts → src\/domain\/one\.ts/);
    nothing(cycles(ring.slice(0, 2)));
  });
});

describe("habits", () => {
  const source = sourceOf;

  for (const code of [
    "Date.now()",
    "new Date()",
    "Math.random()",
    "setTimeout(f, 1)",
    "setInterval(f, 1)",
    "process.env",
    "console.log(1)",
  ]) {
    it(`finds ${code} in a pure room`, () => {
      one(globals([source("src/domain/decide.ts", `export const x = () => ${code};`)]), /is the world's/);
      nothing(globals([source("src/domain/decide.ts", `export const x = "${code}"; // ${code}`)]));
    });
  }
  it("finds a fetch, but not a method of that name", () => {
    one(globals([source("src/control/act.ts", `await fetch("http://x");`)]), /fetch/);
    nothing(
      globals([source("src/control/ports.ts", "export interface Cluster {\n  read(): void;\n}\ncluster.fetch(1);")]),
    );
  });
  it("lets a date be made from a number", () => {
    nothing(globals([source("src/resources/printStatus.ts", "export const x = new Date(at).toISOString();")]));
  });
  it("finds the time taken outside of the clock", () => {
    one(globals([source("src/adapters/kube/cluster.ts", "const now = Date.now();")]), /Date\.now/);
    nothing(globals([source("src/runtime/clock.ts", "const now = Date.now();")]));
  });
  it("finds default exports, barrels and names of shapes", () => {
    one(moduleShape([source("src/domain/x.ts", "export default 1;")]), /default export/);
    one(moduleShape([source("src/domain/x.ts", `export * from "./time.ts";`)]), /hands on \.\/time\.ts/);
    one(moduleShape([source("src/domain/utils.ts", "")]), /named for its shape/);
    one(moduleShape([source("src/domain/x.ts", `import { y } from "./time";`)]), /needs its ending/);
  });
  it("finds any and !", () => {
    one(types([source("src/x.ts", "const x: any = 1;")]), /any is not a type/);
    one(types([source("src/x.ts", "const x = new Map<string, any>();")]), /any is not a type/);
    one(types([source("src/x.ts", "const x = y as any;")]), /any is not a type/);
    one(types([source("src/x.ts", "const x = y!.z;")]), /asserts/);
    one(types([source("src/x.ts", "enum Colour { Red }")]), /erase/);
    nothing(types([source("src/x.ts", "// any! of\nconst any = a !== b && !c; const s = `any! `; list.any(1);")]));
  });
  it("finds long files, and asks for a reason", () => {
    const long = source("src/x.ts", "export {};\n".repeat(251));
    one(sizes([long]), /251 lines/);
    nothing(sizes([long], { "src/x.ts": "a table" }));
    nothing(sizes([source("test/x.test.ts", long.text)]));
    one(sizes([source("src/x.ts", "export {};\n".repeat(401))], { "src/x.ts": "a table" }), /more than 400/);
  });
  it("finds long functions of every form", () => {
    const body = "  x();\n".repeat(60);
    for (const start of [
      "function f() {",
      "const f = () => {",
      "export async function f<T>({\n  a,\n}: T): Promise<void> {",
    ]) {
      one(sizes([source("src/x.ts", `${start}\n${body}}\n`)]), /a function of 6\d lines/);
    }
    one(sizes([source("src/x.ts", `class A {\n  async #f(a: number) {\n${body}  }\n}\n`)]), /a function of 62 lines/);
    nothing(sizes([source("src/x.ts", "function f() {\n  x();\n}\n".repeat(70))]));
    nothing(sizes([source("test/x.test.ts", `it("x", () => {\n${body}});\n`)]));
  });
  it("finds words of one machine and one day", () => {
    const here = ["", "home", "someone", "x"].join("/");
    one(words([{ path: "README.md", text: `See ${here}` }]), /a path of one machine/);
    one(
      words([{ path: "x.json", text: `"resolved": "https://${"regis"}${"try"}.example.com/x.tgz"` }]),
      /package registry/,
    );
    nothing(words([{ path: "README.md", text: "in ~/.cache, in node_modules/.bin, for a work/home balance" }]));
  });
});

describe("code without its words", () => {
  const cases: Readonly<Record<string, readonly [string, string]>> = {
    "blanks comments": ["a; // b\n/* c\n d */ e", "a;     \n    \n      e"],
    "blanks strings": [`f("a'b", 'c"d', "e\\"f")`, `f("   ", '   ', "    ")`],
    "keeps the code in a template": ["`a $_{b(`c $_{d}`)} e`", "`  $_{b(`  $_{d}`)}  `"],
    "keeps braces in a template apart": ["`$_{f({ a: 1 })} b` + c", "`$_{f({ a: 1 })}  ` + c"],
    "blanks regular expressions": [`x.replace(/["'/]/g, y) / z`, "x.replace(        , y) / z"],
    "takes a division for no regular expression": ["a / b / c", "a / b / c"],
  };
  for (const [name, [given, want]] of Object.entries(cases)) {
    it(name, () => assert.equal(withoutWords(given.replaceAll("$_", "$")), want.replaceAll("$_", "$")));
  }
});

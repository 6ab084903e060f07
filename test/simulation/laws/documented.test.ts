import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { LAWS } from "../../../src/simulation/laws/laws.ts";
import { LIFE_NAMES } from "../lives.ts";

const page = readFileSync(new URL("../../../docs/simulator/laws.md", import.meta.url), "utf8");

test("the page has every law in its words, and no other", () => {
  const rows = page.matchAll(/^\| `([\w-]+)` \| (.+) \|$/gm);
  const listed = [...rows].map(([, name, promise]) => [name, promise]);
  assert.deepEqual(
    listed,
    Object.entries(LAWS).map(([name, { promise }]) => [name, promise]),
  );
});

test("the page has every kind of lives", () => {
  const missing = LIFE_NAMES.filter((name) => name !== "as drawn" && !page.includes(`\n| ${name} | `));
  assert.deepEqual(missing, []);
});

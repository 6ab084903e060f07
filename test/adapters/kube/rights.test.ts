import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { parse } from "yaml";
import { KINDS } from "../../../src/adapters/kube/kinds.ts";

interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

const rules: readonly Rule[] = parse(
  readFileSync(join(import.meta.dirname, "../../../charts/serin/files/rules.yaml"), "utf8"),
);

/** Each right as `group/resource verb`. */
const rights = rules.flatMap(({ apiGroups, resources, verbs }) =>
  apiGroups.flatMap((group) => resources.flatMap((resource) => verbs.map((verb) => `${group}/${resource} ${verb}`))),
);

/** That the controller can do all it does with them is shown on a real API server, which they are granted on. */
describe("the rights of the chart", () => {
  test("let every kind be watched that is kept in memory", () => {
    const needed = Object.values(KINDS).flatMap(({ group, plural }) =>
      ["get", "list", "watch"].map((verb) => `${group}/${plural} ${verb}`),
    );
    assert.deepEqual(
      needed.filter((right) => !rights.includes(right)),
      [],
    );
  });

  test("name no kind that nobody looks at", () => {
    const kept = Object.values(KINDS).map(({ group, plural }) => `${group}/${plural}`);
    const known = new Set([...kept, "flagger.app/canaries/status", "flagger.app/canaries/finalizers", "/events"]);
    const named = new Set(rights.map((right) => right.split(" ")[0] ?? ""));
    assert.deepEqual(
      [...named].filter((resource) => !known.has(resource)),
      [],
    );
  });

  test("let nothing be deleted or replaced, and Canaries not be made", () => {
    const strong = rights.filter((right) => / (?:delete|deletecollection|update|\*)$/.test(right));
    assert.deepEqual(strong, ["flagger.app/canaries/finalizers update"]);
    assert.ok(!rights.includes("flagger.app/canaries create"));
  });
});

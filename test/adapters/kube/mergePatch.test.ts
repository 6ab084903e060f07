import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { mergePatch } from "../../../src/adapters/kube/mergePatch.ts";
import type { JsonObject } from "../../../src/domain/spec.ts";

/** RFC 7386 as its own text has it. */
function merged(target: unknown, patch: unknown): unknown {
  if (typeof patch !== "object" || patch === null || Array.isArray(patch)) return patch;
  const isMap = typeof target === "object" && target !== null && !Array.isArray(target);
  const result: Record<string, unknown> = isMap ? { ...target } : {};
  for (const [field, value] of Object.entries(patch)) {
    if (value === null) delete result[field];
    else result[field] = merged(result[field], value);
  }
  return result;
}

const json = fc.letrec<{ readonly value: unknown; readonly object: JsonObject }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small" },
    fc.integer(),
    fc.string(),
    fc.boolean(),
    fc.array(fc.integer()),
    tie("object"),
  ),
  object: fc.dictionary(fc.constantFrom("a", "b", "c", "d"), tie("value"), { noNullPrototype: true }),
})).object;

test("a merge patch turns the one object into the other", () => {
  fc.assert(
    fc.property(json, json, (before, after) => {
      assert.deepEqual(merged(before, mergePatch(before, after) ?? {}), { ...after });
    }),
  );
});

test("equal objects need no patch", () => {
  fc.assert(fc.property(json, (object) => assert.equal(mergePatch(object, structuredClone(object)), undefined)));
});

test("removed fields become null, lists are replaced whole, undefined counts as absent", () => {
  const before = { kept: 1, gone: "x", list: [1, 2], map: { a: "1", b: "2" }, absent: undefined };
  const after = { kept: 1, list: [1], map: { a: "1" }, gone: undefined };
  assert.deepEqual(mergePatch(before, after), { gone: null, list: [1], map: { b: null } });
});

test("fields that JavaScript's objects have of themselves are fields like others", () => {
  const object = (text: string) => JSON.parse(text) as JsonObject;
  const patch = (before: string, after: string) => JSON.stringify(mergePatch(object(before), object(after)));
  assert.equal(patch("{}", '{"constructor":1}'), '{"constructor":1}');
  assert.equal(patch('{"constructor":1,"toString":2}', '{"toString":2}'), '{"constructor":null}');
  assert.equal(patch('{"__proto__":{"a":1}}', "{}"), '{"__proto__":null}');
  assert.equal(patch('{"__proto__":{"a":1}}', '{"__proto__":{"b":1}}'), '{"__proto__":{"a":null,"b":1}}');
});

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { Cel } from "../../../src/simulator/api/cel.ts";

describe("rules in CEL", () => {
  const cel = new Cel();
  const say = (rule: string, self: unknown): boolean | string =>
    cel.evaluate(rule, { self, oldSelf: undefined, schema: {} });

  for (const rule of [
    "quantity(self).isGreaterThan(quantity('1k'))",
    "url(self).getScheme() == 'https'",
    "isURL(self)",
    "ip(self).family() == 4",
  ]) {
    it(`are refused where they call what is not there: ${rule}`, () => {
      assert.match(String(say(rule, "2k")), /^found no matching overload for '\w+\(dyn\)'$/);
    });
  }

  it("say why where they cannot be reckoned", () => {
    assert.notEqual(say("self.min() > 0", []), true);
    assert.equal(say("self.all(one, one > 0)", [1n, 2n]), true);
  });
});

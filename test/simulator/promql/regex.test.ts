import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { compileRegex, RegexError, wordsOf } from "../../../src/simulator/promql/regex.ts";

const cases: readonly (readonly [pattern: string, matching: readonly string[], others: readonly string[]])[] = [
  ["a.c", ["abc", "a\rc", "a💡c"], ["a\nc", "xabc", "abcx"]],
  ["5.*", ["5", "503"], ["404"]],
  ["a|bc", ["a", "bc"], ["ac", "b"]],
  ["(?i)pod", ["POD", "Pod"], ["pods"]],
  ["x(?i)y", ["xY"], ["XY"]],
  ["(x(?i)y)z", ["xYz"], ["xYZ"]],
  ["(?i:x)y", ["Xy"], ["XY"]],
  ["((?i)a|b)c(d)", ["Acd", "Bcd"], ["aCd"]],
  ["\\d+\\.\\d+", ["1.20"], ["1x2"]],
  ["[[:upper:]][^[:digit:]]", ["Ab"], ["A1", "ab"]],
  ["[]a]+", ["]a"], ["b"]],
  ["[\\w-]+", ["a-b_1"], ["a b"]],
  ["[a\\-z]", ["-", "a"], ["b"]],
  ["a{2}", ["aa"], ["a{2}"]],
  ["a{,2}", ["a{,2}"], ["aa"]],
  ["a{b}", ["a{b}"], ["ab"]],
  ["\\Qa.b\\E+", ["a.b", "a.bb"], ["axb"]],
  ["\\x41\\x{1F4A1}\\101", ["A💡A"], ["x41"]],
  ["\\pL\\p{Greek}\\PN", ["aβc"], ["1βc"]],
  ["(?P<name>a)b", ["ab"], ["name"]],
  ["\\-\\/\\_", ["-/_"], ["--_"]],
  ["/api/v1", ["/api/v1"], ["api"]],
  ["", [""], ["a"]],
];

describe("regular expressions", () => {
  for (const [pattern, matching, others] of cases)
    it(`reads ${pattern} as RE2 does`, () => {
      const regex = compileRegex(pattern);
      for (const text of matching) assert.ok(regex.test(text), `${pattern} matches ${JSON.stringify(text)}`);
      for (const text of others) assert.ok(!regex.test(text), `${pattern} does not match ${JSON.stringify(text)}`);
    });

  for (const pattern of [
    "(",
    ")",
    "[",
    "a**",
    "*",
    "(?=a)",
    "(?!a)",
    "(?<=a)b",
    "(a)\\1",
    "\\",
    "\\y",
    "a{1001}",
    "(?s).",
  ])
    it(`refuses ${pattern}`, () => assert.throws(() => compileRegex(pattern), RegexError));

  it("knows the words that are all a pattern lets through", () => {
    assert.deepEqual(wordsOf("podinfo"), ["podinfo"]);
    assert.deepEqual(wordsOf("a|b-c|a"), ["a", "b-c"]);
    for (const pattern of ["", "a|", "a.b", "(a|b)", "a+"]) assert.equal(wordsOf(pattern), undefined, pattern);
  });
});

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { collapse, literalWindows } from "../../../src/adapters/metrics/promql.ts";
import { formatDuration } from "../../../src/domain/time.ts";

describe("a query is sent on one line", () => {
  const cases: Record<string, [query: string, want: string]> = {
    "runs of whitespace are one space": ["\n sum(\t\r\n up )\n", " sum( up ) "],
    "a comment does not swallow what follows it": ["up # all\n/ 2", "up / 2"],
    "a comment may be the last thing": ["up # all", "up "],
    "a number sign in a string is no comment": ['up{a="#1"}', 'up{a="#1"}'],
    "a quote in a comment opens no string": ["up # don't\n/ 2", "up / 2"],
    "an escaped quote closes no string": ['up{a="\\"#"} # x', 'up{a="\\"#"} '],
  };
  for (const [name, [query, want]] of Object.entries(cases)) test(name, () => assert.equal(collapse(query), want));

  test("collapsing twice changes nothing more", () => {
    const texts = fc
      .array(fc.constantFrom("up", " ", "\n", "#", '"', "'", "`", "\\", "[", "]", "(", ")", "1m"))
      .map((pieces) => pieces.join(""));
    fc.assert(fc.property(texts, (text) => assert.equal(collapse(collapse(text)), collapse(text))));
  });
});

describe("the windows of a query", () => {
  const cases: Record<string, [query: string, want: readonly string[]]> = {
    none: ["up", []],
    "a range": ["rate(x[1m])", ["1m"]],
    "several units": ["rate(x[1h30m])", ["1h30m"]],
    "all units": ["a[500ms] + b[1d] + c[1w] + d[1y]", ["500ms", "24h", "168h", "8760h"]],
    "two ranges": ["rate(a[1m]) / rate(b[5m])", ["1m", "5m"]],
    "spaces inside": ["rate(x[ 1m ])", ["1m"]],
    "a subquery reaches its own range, and what it contains so much further": [
      "max_over_time(rate(x[1m])[5m:30s])",
      ["6m", "5m"],
    ],
    "a subquery without a step": ["max_over_time(x[5m:])", ["5m"]],
    "a subquery widens only what it contains": ["rate(a[2m]) + max_over_time((rate(b[1m]))[5m:])", ["2m", "6m", "5m"]],
    "subqueries in one another": ["a_over_time(b_over_time(rate(x[1m])[5m:])[1h:])", ["1h6m", "1h5m", "1h"]],
    "strings are not read": ["x{a=\"[1m]\",b='[2m]',c=`[3m]`}[4m]", ["4m"]],
    "a string with escapes": ['x{a="\\"[1m]"}[4m]', ["4m"]],
    "comments are not read": ["x[1m] # [9m]\n + y[2m]", ["1m", "2m"]],
    "an offset moves a window": ["rate(x[1m] offset 1w)", ["1m"]],
    "what is no duration": ["x[foo] + x[] + x[5] + x[1m", []],
  };
  for (const [name, [query, want]] of Object.entries(cases))
    test(name, () => assert.deepEqual(literalWindows(query).map(formatDuration), want));
});

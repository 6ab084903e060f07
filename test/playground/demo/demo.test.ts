/** The demo as somebody would start it, to its end. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { whyNoPrometheusBinary } from "../../../src/playground/prometheus/binary.ts";
import { start, startAs } from "./running.ts";

describe("the demo", { concurrency: true }, () => {
  it("rolls a bad release back, and ends with nothing left", async () => {
    const demo = startAs({ by: "npm" }, "--once", "--scenario", "bad");
    assert.equal(await demo.end(), 0, demo.text);
    assert.match(demo.text, /^ {2}failed checks threshold reached 2; .* success rate \d/m);
    assert.match(demo.text, /3\.0\.0-errors30 was rolled back, and no request was lost\./);
    assert.match(demo.text, /^traffic flows \d+\.\d s after the start$/m);
    assert.match(demo.text, /weights {2}primary 90 %, canary 10 %/);
  });

  it("asks the real metrics server where that is wished", { skip: whyNoPrometheusBinary() ?? false }, async () => {
    const demo = start("--once", "--scenario", "bad", "--prometheus");
    assert.equal(await demo.end(), 0, demo.text);
    assert.match(demo.text, /^ {2}failed checks threshold reached 2; .* success rate \d/m);
  });

  it("refuses what it does not know", async () => {
    for (const args of [["--what"], ["--scenario", "ugly"], ["--data", ""], ["word"]]) {
      const demo = start(...args);
      assert.equal(await demo.end(), 2);
      assert.match(demo.text, /Usage: npm run demo/);
    }
    const help = start("--help");
    assert.equal(await help.end(), 0);
    assert.match(help.text, /^ {4}bad +a bad release/m);
  });
});

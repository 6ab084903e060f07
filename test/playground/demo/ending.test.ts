/** Whatever ends the demo, nothing of it stays. */
import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { whyNoPrometheusBinary } from "../../../src/playground/prometheus/binary.ts";
import { waitFor } from "../../plane/until.ts";
import { descendants, isAlive, startAs } from "./running.ts";

const isLinux = process.platform === "linux";
const metrics = whyNoPrometheusBinary() === undefined ? ["--prometheus"] : [];
const folders = metrics.length > 0 ? ["serin-playground-", "serin-prometheus-"] : ["serin-playground-"];
/** The controller and who watches over it, and the same of a metrics server. */
const processes = 2 * folders.length;

describe("the end of the demo", { concurrency: true, skip: isLinux ? false : "it looks at processes" }, () => {
  /** In a folder for temporary files which is empty at first. */
  async function inFolder(run: (temporary: string) => Promise<void>): Promise<void> {
    const temporary = mkdtempSync(join(tmpdir(), "serin-demo-test-"));
    await run(temporary);
    rmSync(temporary, { recursive: true });
  }
  const own = (temporary: string) => readdirSync(temporary).filter((name) => name.startsWith("serin-"));
  const prefixes = (temporary: string) =>
    own(temporary)
      .map((name) => name.replace(/[^-]+$/, ""))
      .toSorted();
  const gone = (pids: readonly number[]) =>
    waitFor("all its processes are gone", (saw) => {
      saw(pids.filter(isAlive));
      return !pids.some(isAlive);
    });

  it("leaves nothing while it plays, when it is told to end", async () => {
    await inFolder(async (temporary) => {
      const demo = startAs({ by: "node", temporary }, ...metrics);
      await demo.says(/traffic flows/);
      const children = descendants(demo.pid);
      assert.equal(children.length, processes, `${children}`);
      assert.deepEqual(prefixes(temporary), folders);
      assert.equal(await demo.end("SIGTERM"), 130, demo.text);
      await gone(children);
      assert.deepEqual(own(temporary), []);
    });
  });

  it("leaves no process when it is killed, and its folders go with the next start", async () => {
    await inFolder(async (temporary) => {
      const demo = startAs({ by: "node", temporary }, ...metrics);
      await demo.says(/traffic flows/);
      const children = descendants(demo.pid);
      assert.equal(children.length, processes, `${children}`);
      await demo.end("SIGKILL");
      await gone(children);
      const left = own(temporary);
      assert.equal(left.length, folders.length);
      const next = startAs({ by: "node", temporary });
      await next.says(/traffic flows/);
      const now = own(temporary);
      assert.equal(now.length, 1, `${now}`);
      assert.ok(!left.some((name) => now.includes(name)));
      assert.equal(await next.end("SIGINT"), 130, next.text);
      assert.deepEqual(own(temporary), []);
    });
  });
});

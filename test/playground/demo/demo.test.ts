/** The demo as somebody would start it, to its end; and what it invites to, word for word, in the shell of this machine. */
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { describe, it } from "node:test";
import { TRIES } from "../../../src/playground/demo/invitation.ts";
import { whyNoPrometheusBinary } from "../../../src/playground/prometheus/binary.ts";
import { waitFor } from "../../plane/until.ts";
import { type Demo, start, startAs } from "./running.ts";

const hasKubectl = spawnSync("kubectl", ["version", "--client"]).status === 0;
const VERSION = "4.0.0";

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

  it("is to be tried as it says, until Ctrl-C", { skip: hasKubectl ? false : "there is no kubectl" }, async () => {
    const demo = startAs({ by: "npm" }, "--scenario", "good");
    const [, kubeconfig = ""] = await demo.says(/export KUBECONFIG=(\S+)/);
    await demo.says(/yours: what you change/);
    assert.match(demo.text, /with \d+ MiB of memory in this process and \d+ MiB in the controller\./);
    const commands = TRIES.flatMap(({ command, undo }) => (undo === undefined ? [command] : [command, undo.command]));
    for (const command of commands) assert.ok(demo.text.includes(`\n  ${command}\n`), command);
    const [watch = "", release = "", ruin = "", mend = "", hold = "", resume = "", remove = ""] = commands;
    const environment = { ...process.env, KUBECONFIG: kubeconfig };
    const sh = (command: string): string => {
      const { stdout, stderr, status } = spawnSync("sh", ["-c", command], { encoding: "utf8", env: environment });
      assert.equal(status, 0, `${command}: ${stderr}`);
      return stdout;
    };
    const watcher = watchWith(watch, environment);
    await waitFor("it is watched", () => /^podinfo +Succeeded /m.test(watcher.seen()));
    const reaches = (phase: string) =>
      sh(`kubectl wait --for=jsonpath={.status.phase}=${phase} canary/podinfo --timeout=30s`);

    sh(release);
    await saysNext(demo, /weights {2}primary 90 %, canary 10 %/);
    sh(ruin);
    await saysNext(demo, /Rolling back podinfo\.test/);
    reaches("Failed");
    assert.match(sh("kubectl get deployment podinfo -o yaml"), /behaviour: errors=40%/);
    sh(mend);
    assert.doesNotMatch(sh("kubectl get deployment podinfo -o yaml"), /behaviour/);
    sh(hold);
    const heldFrom = demo.text.length;
    sh(release.replace(VERSION, "5.0.0"));
    await saysNext(demo, /suspended/);
    assert.doesNotMatch(demo.text.slice(heldFrom), /weights/);
    reaches("Failed");
    sh(resume);
    reaches("Progressing");
    await saysNext(demo, /metric {3}request-success-rate 100\.00%.*: pass/);
    sh(remove);
    assert.match(sh("kubectl get deployment"), /^podinfo +2\/2 /m);
    assert.match(sh("kubectl get virtualservice podinfo -o jsonpath={.spec.http}"), /"host":"podinfo"/);
    for (const phase of ["Progressing", "Failed"]) assert.match(watcher.seen(), new RegExp(`^podinfo +${phase} `, "m"));
    await watcher.end();
    assert.doesNotMatch(demo.text, /LOST/);
    await demo.end("SIGINT");
    assert.match(demo.text, /ended; nothing is left/);
    assert.ok(!existsSync(kubeconfig));
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

/** Beyond what it has said already. */
async function saysNext(demo: Demo, what: RegExp): Promise<void> {
  const from = demo.text.length;
  await demo.says(new RegExp(`^[\\s\\S]{${from}}[\\s\\S]*?(?:${what.source})`));
}

function watchWith(command: string, env: NodeJS.ProcessEnv) {
  const child = spawn("sh", ["-c", `exec ${command}`], { stdio: ["ignore", "pipe", "inherit"], env });
  let text = "";
  child.stdout.on("data", (chunk: Buffer) => {
    text += chunk.toString("utf8");
  });
  const ended = new Promise((resolve) => child.once("exit", resolve));
  return {
    seen: () => text,
    end: () => {
      child.kill();
      return ended;
    },
  };
}

/** The demo as somebody would start it, to its end; and what it invites to, tried with the kubectl of this machine. */
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { whyNoPrometheusBinary } from "../../../src/playground/prometheus/binary.ts";

const MAIN = join(import.meta.dirname, "../../../src/playground/main.ts");

interface Demo {
  readonly pid: number;
  readonly text: string;
  says(what: RegExp, timeoutMillis?: number): Promise<RegExpExecArray>;
  /** Its exit code, after a signal where one is given. */
  end(signal?: NodeJS.Signals): Promise<number | null>;
}

function start(...args: readonly string[]): Demo {
  const child = spawn(process.execPath, [MAIN, ...args], { stdio: ["ignore", "pipe", "pipe"] });
  let text = "";
  for (const stream of [child.stdout, child.stderr])
    stream.on("data", (chunk: Buffer) => {
      text += chunk.toString("utf8");
    });
  const ended = once(child, "exit").then(([code]: unknown[]) => code as number | null);
  return {
    pid: child.pid ?? 0,
    get text() {
      return text;
    },
    async says(what, timeoutMillis = 60_000) {
      for (let waited = 0; waited < timeoutMillis; waited += 50) {
        const found = what.exec(text);
        if (found !== null) return found;
        assert.equal(child.exitCode, null, text);
        await sleep(50);
      }
      throw new assert.AssertionError({ message: `never said: ${what}\n${text}` });
    },
    end(signal) {
      if (signal !== undefined) child.kill(signal);
      return ended;
    },
  };
}

const hasKubectl = spawnSync("kubectl", ["version", "--client"]).status === 0;

describe("the demo", { concurrency: true }, () => {
  it("rolls a bad release back, and ends with nothing left", async () => {
    const demo = start("--once", "--scenario", "bad");
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

  it("stays up for kubectl until it is told to end", { skip: hasKubectl ? false : "there is no kubectl" }, async () => {
    const demo = start("--scenario", "good");
    const [, kubeconfig = ""] = await demo.says(/export KUBECONFIG=(\S+)/);
    const kubectl = (...args: readonly string[]) => {
      const { stdout, stderr, status } = spawnSync("kubectl", [...args, "--kubeconfig", kubeconfig], {
        encoding: "utf8",
      });
      assert.equal(status, 0, `kubectl ${args.join(" ")}: ${stderr}`);
      return stdout;
    };
    assert.match(kubectl("get", "canary", "podinfo"), /^podinfo +Succeeded +0 /m);
    assert.match(kubectl("describe", "canary", "podinfo"), /Promotion completed!/);
    kubectl("set", "image", "deployment/podinfo", "app=podinfo:4.0.0");
    await demo.says(/weights {2}primary 100 %, canary 0 %[\s\S]*weights {2}primary 90 %, canary 10 %/);
    kubectl("annotate", "deployment", "podinfo", "playground.serin.dev/behaviour=errors=40%");
    await demo.says(/Rolling back podinfo\.test/);
    const reaches = (phase: string) =>
      kubectl("wait", `--for=jsonpath={.status.phase}=${phase}`, "canary/podinfo", "--timeout=20s");
    reaches("Failed");
    const suspend = (value: boolean) =>
      kubectl("patch", "canary", "podinfo", "--type", "merge", "-p", JSON.stringify({ spec: { suspend: value } }));
    suspend(true);
    kubectl("set", "image", "deployment/podinfo", "app=podinfo:5.0.0");
    await sleep(1000);
    reaches("Failed");
    suspend(false);
    reaches("Progressing");
    kubectl("delete", "canary", "podinfo", "--timeout=30s");
    assert.match(kubectl("get", "deployment"), /^podinfo +2\/2 /m);
    assert.match(kubectl("get", "virtualservice", "podinfo", "-o", "jsonpath={.spec.http}"), /"host":"podinfo"/);
    assert.doesNotMatch(demo.text, /LOST/);
    assert.equal(await demo.end("SIGINT"), 0, demo.text);
    assert.ok(!existsSync(kubeconfig));
  });

  it("leaves nothing when it is ended while it plays", async () => {
    const demo = start();
    await demo.says(/traffic flows/);
    const children = spawnSync("pgrep", ["-P", String(demo.pid)], { encoding: "utf8" }).stdout.trim();
    assert.equal(await demo.end("SIGTERM"), 130, demo.text);
    for (const pid of children.split("\n").filter((line) => line !== ""))
      assert.throws(() => process.kill(Number(pid), 0));
  });

  it("goes on with what a folder holds, and only one at a time does", async () => {
    const data = await mkdtemp(join(tmpdir(), "serin-demo-test-"));
    const first = start("--data", data);
    await first.says(/Initialized, Steady/);
    const second = start("--data", data);
    assert.equal(await second.end(), 2);
    assert.match(second.text, /in use/);
    await first.end("SIGINT");
    const third = start("--data", data);
    await third.says(/The cluster is as it was left/);
    assert.equal(await third.end("SIGINT"), 0, third.text);
    const again = start("--once", "--data", data);
    assert.equal(await again.end(), 1, again.text);
    assert.deepEqual(readdirSync(data), ["cluster.jsonl"]);
    await rm(data, { recursive: true });
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

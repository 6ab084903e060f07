/** A plane leaves nothing behind, however it ends. This file starts several, so it is no model for others. */
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readdir, readlink } from "node:fs/promises";
import { basename, join } from "node:path";
import { test } from "node:test";
import { roomDirectory } from "./enter.ts";
import { startPlane } from "./plane.ts";
import { waitFor } from "./until.ts";

const programs = new Set(["etcd", "apiserver", "kube-apiserver", "kcm", "pilot", "envoy", "prometheus"]);

/** The plane's programs that run here or in a namespace within; and no namespace above can be seen. */
async function running(): Promise<string[]> {
  const processes = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const executables = await Promise.all(processes.map((id) => readlink(`/proc/${id}/exe`).catch(() => "")));
  return executables.map((path) => basename(path)).filter((name) => programs.has(name));
}

function hold(...args: string[]): ChildProcess {
  return spawn(process.execPath, [join(import.meta.dirname, "hold.ts"), ...args], {
    stdio: ["ignore", "pipe", "inherit"],
  });
}

async function isUp(child: ChildProcess): Promise<void> {
  assert.ok(child.stdout);
  await once(child.stdout, "data");
}

async function nothingRuns(): Promise<void> {
  await waitFor(
    "nothing of the plane runs",
    async (saw) => {
      const left = await running();
      saw(left);
      return left.length === 0;
    },
    5000,
  );
}

test("stopped: no process, no file", async () => {
  const plane = await startPlane({ istio: false, prometheus: false });
  assert.deepEqual((await running()).length, 3);
  await plane.stop();
  assert.deepEqual(await running(), []);
  assert.deepEqual(
    (await readdir(roomDirectory())).filter((name) => name.startsWith("plane-")),
    [],
  );
});

test("its test killed with kill -9: no process", async () => {
  const child = hold();
  await isUp(child);
  child.kill("SIGKILL");
  await nothingRuns();
});

for (const signal of ["SIGKILL", "SIGTERM", "SIGINT"] as const) {
  test(`what made the namespace ended by ${signal}: no process, and so neither network nor files`, async () => {
    // Two at once on the same addresses, each in a network of its own.
    const [child, other] = [hold("--in-a-namespace"), hold("--in-a-namespace")];
    await Promise.all([isUp(child), isUp(other)]);
    assert.equal((await running()).length, 6);
    child.kill(signal);
    await waitFor("the other's processes alone run", async () => (await running()).length === 3);
    other.kill(signal);
    await nothingRuns();
  });
}

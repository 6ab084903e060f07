/** A folder of data: kept for the one who uses it, and never spoilt by who may not. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "node:test";
import { DataFolderError } from "../../src/playground/dataFolder.ts";
import { FileJournal } from "../../src/playground/fileJournal.ts";
import { printOwner, thisProcess } from "../../src/playground/processes.ts";

const entry = { version: 1, collection: "/namespaces", object: { metadata: { name: "test" } } };

describe("a folder of data", () => {
  let folder: string;
  let lock: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "serin-data-test-"));
    lock = join(folder, "in-use");
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const refuses = (directory: string, why: RegExp) =>
    assert.throws(
      () => new FileJournal(directory),
      (error: unknown) => error instanceof DataFolderError && why.test(error.message),
    );
  const opened = (): { readonly holdsCluster: boolean; readonly names: readonly unknown[] } => {
    const journal = new FileJournal(folder);
    const names = journal.load().objects.map(({ object }) => (object["metadata"] as { name?: string }).name);
    const { holdsCluster } = journal;
    journal.close();
    return { holdsCluster, names };
  };

  it("holds a cluster from when all of it was written, whatever goes afterwards", () => {
    const first = new FileJournal(folder);
    first.append(entry);
    first.close();
    assert.deepEqual(opened(), { holdsCluster: false, names: ["test"] }, "its beginning was cut off");
    const second = new FileJournal(folder);
    second.append({ ...entry, version: 2, object: { metadata: { name: "more" } } });
    second.begun();
    second.append({ version: 3, collection: "/namespaces", key: "test" });
    second.close();
    assert.deepEqual(opened(), { holdsCluster: true, names: ["more"] });
    assert.deepEqual(readdirSync(folder), ["cluster.jsonl"]);
  });

  it("is made with the folders above it", () => {
    new FileJournal(join(folder, "a/b/c")).close();
    assert.ok(existsSync(join(folder, "a/b/c/cluster.jsonl")));
  });

  it("is refused where it is a file, or in one", () => {
    const file = join(folder, "file");
    writeFileSync(file, "");
    refuses(file, /file is a file: name a folder$/);
    refuses(join(file, "in/it"), /cannot be made: ENOTDIR.*Name another folder$/);
  });

  it("is refused where none can be made", { skip: existsSync("/proc/self") ? false : "there is no /proc" }, () => {
    refuses("/proc/nope", /^\/proc\/nope cannot be made: ENOENT.*Name another folder$/);
    refuses("/proc/nope/deeper", /^\/proc\/nope\/deeper cannot be made/);
  });

  for (const damage of ["{nonsense", "5", "null", '{"version":1}', '{"version":1,"collection":"x","object":{}}'])
    it(`is refused with file and line where a line is ${damage}, and stays as it was`, () => {
      const file = join(folder, "cluster.jsonl");
      const text = `${JSON.stringify(entry)}\n${damage}\n${JSON.stringify(entry)}\n`;
      writeFileSync(file, text);
      refuses(folder, /cluster\.jsonl, line 2 is damaged: .*Remove that line.*or move the file away/);
      assert.deepEqual(readdirSync(folder), ["cluster.jsonl"]);
      assert.equal(readFileSync(file, "utf8"), text);
    });

  it("loses a last line that was cut off", () => {
    writeFileSync(join(folder, "cluster.jsonl"), `${JSON.stringify(entry)}\n{"vers`);
    assert.deepEqual(opened(), { holdsCluster: true, names: ["test"] });
  });

  it("is one process's at a time, and the lock says whose", () => {
    const journal = new FileJournal(folder);
    refuses(folder, new RegExp(`in use: process ${process.pid} uses it\\. .*delete .*in-use$`));
    journal.close();
    assert.ok(!existsSync(lock));
  });

  it("is free again where a process that was killed had it", async () => {
    const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]);
    const { started, namespace } = thisProcess();
    writeFileSync(lock, printOwner({ pid: child.pid ?? 0, namespace }));
    refuses(folder, /in use/);
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGKILL");
    await ended;
    assert.ok(!opened().holdsCluster);
    assert.ok(started !== undefined, "this system says when a process started");
  });

  it("is free again where another process got the id of the one that had it", () => {
    writeFileSync(lock, printOwner({ ...thisProcess(), pid: process.ppid, started: "12345" }));
    assert.ok(!opened().holdsCluster);
  });

  it("is not taken from a process of another container, which cannot be seen", () => {
    writeFileSync(lock, printOwner({ pid: 999_999_999, started: "1", namespace: "pid:[1]" }));
    refuses(folder, /process 999999999 of another container may use it.*delete .*in-use$/);
  });
});

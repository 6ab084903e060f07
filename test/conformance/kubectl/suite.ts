/** What users of kubectl see, word for word: the real API server's words are recorded, and the embedded one is held to them. */
import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after, before, describe, it } from "node:test";
import { parse, stringify } from "yaml";
import { normal } from "./normal.ts";
import { SCENES } from "./scenes.ts";
import type { Scene } from "./teller.ts";

/** A cluster with controllers and a node, and the kubectl of this machine. */
export interface KubectlCluster {
  /** The program, and what leads it to the cluster. */
  readonly command: readonly [program: string, ...rest: readonly string[]];
  /** For manifests; gone with the cluster. */
  readonly directory: string;
  stop(): Promise<void>;
}

interface Said {
  readonly code: number;
  readonly words: string;
}

const WORDS = join(import.meta.dirname, "words");
const LINES_MILLIS = 20_000;

export function kubectlSuite(name: string, make: () => Promise<KubectlCluster>): void {
  describe(`kubectl on ${name}`, () => {
    let cluster: KubectlCluster;
    let version = "";
    before(async () => {
      cluster = await make();
      const said = await run(cluster, ["version", "--client"]);
      version = /v(\d+\.\d+)/.exec(said.words)?.[1] ?? "";
    });
    after(() => cluster?.stop());
    for (const [title, scene] of Object.entries(SCENES)) {
      it(title, async () => {
        const told = await play(cluster, title, scene);
        hold(title, told, version);
      });
    }
  });
}

async function play(cluster: KubectlCluster, title: string, scene: Scene): Promise<Readonly<Record<string, Said>>> {
  const namespace = `kubectl-${title.replaceAll(/[^a-z]+/g, "-")}`;
  const made = await run(cluster, ["create", "namespace", namespace]);
  assert.equal(made.code, 0, made.words);
  const told: Record<string, Said> = {};
  const tell = (args: readonly string[], said: Said): void => {
    const what = `${Object.keys(told).length + 1}. ${args.join(" ")}`;
    told[what] = { code: said.code, words: normal(said.words) };
  };
  const inside = (args: readonly string[]): readonly string[] => ["-n", namespace, ...args];
  await scene({
    namespace,
    async say(...args) {
      tell(args, await run(cluster, inside(args)));
    },
    async apply(object, ...flags) {
      const file = join(cluster.directory, "object.json");
      await writeFile(file, JSON.stringify(object));
      tell(["apply", ...flags], await run(cluster, inside(["apply", "-f", file, ...flags])));
    },
    async quietly(...args) {
      const { code, words } = await run(cluster, inside(args));
      assert.equal(code, 0, `${args.join(" ")}: ${words}`);
    },
    async meanwhile(args, lines, work) {
      const child = start(cluster, inside(args));
      const heard = hear(child, lines);
      await heard.first;
      await work();
      const words = await heard.all;
      child.kill();
      tell(args, { code: 0, words: words.join("\n") });
    },
  });
  return told;
}

function start({ command: [program, ...rest] }: KubectlCluster, args: readonly string[]): ChildProcess {
  return spawn(program, [...rest, ...args], { stdio: ["ignore", "pipe", "pipe"] });
}

async function run(cluster: KubectlCluster, args: readonly string[]): Promise<Said> {
  const child = start(cluster, args);
  const texts: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding("utf8");
    stream?.on("data", (text: string) => texts.push(text));
  }
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  child.on("error", reject);
  child.on("close", (code) => resolve(code ?? 1));
  return { code: await promise, words: texts.join("") };
}

function hear(child: ChildProcess, wanted: number): { readonly first: Promise<void>; readonly all: Promise<string[]> } {
  const lines: string[] = [];
  const first = Promise.withResolvers<void>();
  const all = Promise.withResolvers<string[]>();
  const patience = setTimeout(() => {
    child.kill();
    const error = new Error(
      `after ${LINES_MILLIS} ms there are ${lines.length} lines of ${wanted}:\n${lines.join("\n")}`,
    );
    first.reject(error);
    all.reject(error);
  }, LINES_MILLIS);
  // Of the two, the one that nobody waits for yet must not end the process.
  all.promise.catch(() => {});
  if (child.stdout !== null) {
    createInterface({ input: child.stdout }).on("line", (line) => {
      lines.push(line);
      first.resolve();
      if (lines.length !== wanted) return;
      clearTimeout(patience);
      all.resolve([...lines]);
    });
  }
  return { first: first.promise, all: all.promise };
}

/** With RECORD_ANSWERS=1 the words are written down: for the real server only. */
function hold(title: string, told: Readonly<Record<string, Said>>, version: string): void {
  const file = join(WORDS, `${title.replaceAll(/[^a-z]+/g, "-")}.yaml`);
  if (process.env["RECORD_ANSWERS"] === "1") {
    mkdirSync(WORDS, { recursive: true });
    const text = stringify({ kubectl: version, told }, { lineWidth: 0 });
    writeFileSync(
      file,
      `# What kubectl says of the real API server, written down by test/plane/kubectlWords.test.ts.\n${text}`,
    );
    return;
  }
  const recorded = parse(readFileSync(file, "utf8")) as {
    readonly kubectl: string;
    readonly told: Readonly<Record<string, Said>>;
  };
  // Another kubectl has other words of its own, but the same success.
  const shown = (all: Readonly<Record<string, Said>>): unknown =>
    recorded.kubectl === version ? all : Object.entries(all).map(([what, { code }]) => [what, code]);
  assert.deepEqual(shown(told), shown(recorded.told));
}

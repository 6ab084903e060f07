/** `npm test`: the fast tests, then the same promises on a real Kubernetes where this machine can carry one. */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { globSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { planeBinaries } from "./plane/binaries.ts";

const help = `Usage: npm test [-- OPTIONS] [-- FILE…]

Without arguments, one lane after the other:
  quick        parts and rooms, each by itself
  playground   whole rollouts with traffic: the controller on a cluster in one process
  demo         npm run demo to its end, its folder of data, what it invites to, and what is left of it; its pods; kubectl
  lives        simulated lives under faults from fixed seeds, the mutants that their laws have to find, serin simulate
  plane        the same rollouts on a real Kubernetes API server, Istio, Envoy and Prometheus, where its programs are
               built and the machine allows it

  --fast         quick and playground: all that needs nothing but Node, in less than two minutes on two cores
  --playground   only playground and demo
  --plane        only the real plane; if it cannot run, that is a failure
  FILE…          only these files, each in its lane
  --help         this text

Options of node's test runner are handed on, for example --test-name-pattern="goes home".

  SERIN_REAL_PLANE=required   a real plane that cannot run is a failure, not a remark
  SERIN_PLANE_LOGS=FOLDER     keep what every part of the plane wrote

Exit codes: 0 all passed; 1 a test failed or the required plane cannot run; 2 wrong usage
`;

const repository = join(import.meta.dirname, "..");
const OWN_OPTIONS = ["--fast", "--plane", "--playground"];

type LaneName = "quick" | "playground" | "demo" | "lives" | "plane";

/** Where the files of a lane are; all others are quick. */
const FOLDERS: readonly (readonly [folder: string, lane: LaneName])[] = [
  ["test/plane/", "plane"],
  // Whole worlds with traffic: by themselves, or other tests would take the processor from under their clients.
  ["test/playground/rollouts/", "playground"],
  ["test/playground/demo/", "demo"],
  ["test/playground/pods/workloads.test.ts", "demo"],
  ["test/simulator/api/kubectlWords.test.ts", "demo"],
  // They use every core that there is.
  ["test/simulation/", "lives"],
  ["test/simulate/", "lives"],
];

/** So many files at once, or one fewer than there are cores where that is more: some of them wait, and meanwhile others get on. */
const atOnce = (files: number): string => `--test-concurrency=${Math.max(files, availableParallelism() - 1)}`;

interface Lane {
  readonly name: LaneName;
  readonly run: (files: readonly string[]) => Promise<number | "did not run">;
}

async function main(args: readonly string[]): Promise<number> {
  if (args.includes("--help") || args.includes("-h")) {
    console.log(help);
    return 0;
  }
  const options = args.filter((arg) => arg.startsWith("-") && !OWN_OPTIONS.includes(arg));
  const named = args.filter((arg) => !arg.startsWith("-")).map((file) => file.replace(/^\.\//, ""));
  const strangers = options.filter((option) => !option.startsWith("--test-"));
  const missing = named.filter((file) => globSync(file, { cwd: repository }).length === 0);
  if (strangers.length > 0 || missing.length > 0) {
    console.error(`npm test does not know ${[...strangers, ...missing].join(" ")}\n\n${help}`);
    return 2;
  }
  const files = (named.length > 0 ? named : ["test/**/*.test.ts"])
    .flatMap((name) => globSync(name, { cwd: repository }))
    .sort();
  const onNode = (concurrency: string) => (own: readonly string[]) =>
    runNode(["--test", "--test-reporter=spec", concurrency, ...options, ...own]);
  const lanes: readonly Lane[] = [
    { name: "quick", run: onNode(atOnce(3)) },
    // Clients that count lost requests: no more at once than the processor carries.
    { name: "playground", run: onNode(atOnce(2)) },
    { name: "demo", run: onNode(atOnce(2)) },
    { name: "lives", run: onNode("--test-concurrency=1") },
    {
      name: "plane",
      run: (own) => runOnPlane([...options, ...own], isRequired(args) ? "required" : "where possible"),
    },
  ];
  const asked = lanesAsked(args);
  return runLanes(
    lanes.filter(({ name }) => asked.includes(name)),
    files,
  );
}

function lanesAsked(args: readonly string[]): readonly LaneName[] {
  if (args.includes("--fast")) return ["quick", "playground"];
  if (args.includes("--playground")) return ["playground", "demo"];
  return args.includes("--plane") ? ["plane"] : ["quick", "playground", "demo", "lives", "plane"];
}

function laneOf(file: string): LaneName {
  return FOLDERS.find(([folder]) => file.startsWith(folder))?.[1] ?? "quick";
}

/** Each lane is run, whatever came of the one before; the worst of them is the answer. */
async function runLanes(lanes: readonly Lane[], files: readonly string[]): Promise<number> {
  let worst = 0;
  let count = 0;
  for (const { name, run } of lanes) {
    const own = files.filter((file) => laneOf(file) === name);
    if (own.length === 0) continue;
    count++;
    const start = performance.now();
    const end = await run(own);
    if (end === "did not run") continue;
    const took = `${((performance.now() - start) / 1000).toFixed(1)} s`;
    console.log(`${name}: ${own.length} files, ${end === 0 ? "ended well" : `ended with code ${end}`} after ${took}`);
    worst = Math.max(worst, end);
  }
  if (count === 0) console.error("there is nothing to run");
  return count === 0 ? 2 : Math.min(worst, 1);
}

async function runNode(args: readonly string[]): Promise<number> {
  const child = spawn(process.execPath, args, { cwd: repository, stdio: "inherit" });
  const [code] = (await once(child, "exit")) as [number | null];
  return code ?? 1;
}

const isRequired = (args: readonly string[]): boolean =>
  args.includes("--plane") || process.env["SERIN_REAL_PLANE"] === "required";

async function runOnPlane(
  args: readonly string[],
  need: "required" | "where possible",
): Promise<number | "did not run"> {
  const obstacles = await obstaclesToPlane();
  if (obstacles.length === 0) return runNode(["test/plane/run.ts", ...args]);
  const why = obstacles.map((obstacle) => `\n  - ${obstacle}`).join("");
  const text = `The tests on the real plane did NOT run:${why}\nTo have them: npm run plane:build, then npm test -- --plane`;
  if (need === "where possible") {
    console.log(text);
    return "did not run";
  }
  console.error(`${text}\nThey were asked for, so this is a failure.`);
  return 1;
}

/** Why the real plane cannot run here, in words; none when it can. Builds and downloads nothing. */
async function obstaclesToPlane(): Promise<readonly string[]> {
  if (process.platform !== "linux") return [`it needs Linux, this is ${process.platform}`];
  const binaries = await planeBinaries();
  return [...("missing" in binaries ? binaries.missing.map((what) => `missing: ${what}`) : []), ...obstaclesToRoom()];
}

/** The plane lives in namespaces of its own, which some containers forbid. Made and left again here, to see. */
function obstaclesToRoom(): readonly string[] {
  const asUser = process.getuid?.() === 0 ? [] : ["--user", "--map-root-user"];
  const probe = ["--net", "--mount", "--pid", "--fork", "--mount-proc", "sh", "-c", "mount -t tmpfs none /mnt"];
  const { status, error, stderr } = spawnSync("unshare", [...asUser, ...probe], { encoding: "utf8" });
  if (status === 0) return [];
  return [
    `this machine gives no network, mount and process namespaces of one's own: ${error?.message ?? stderr.trim()}`,
  ];
}

if (import.meta.main) process.exitCode = await main(process.argv.slice(2));

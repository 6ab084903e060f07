/** `npm test`: the fast tests, then the same promises on a real Kubernetes where this machine can carry one. */
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { globSync } from "node:fs";
import { join } from "node:path";
import { planeBinaries } from "./plane/binaries.ts";

const help = `Usage: npm test [-- OPTIONS] [-- FILE…]

Without arguments: every test in test/, and then, where its programs are built and the machine allows it, the tests of
test/plane on a real Kubernetes API server, Istio, Envoy and Prometheus.

  --fast    only the tests that need nothing but Node (under two minutes)
  --plane   only those on the real plane; if it cannot run, that is a failure
  --playground   only whole rollouts on the playground, with traffic: they want a machine with nothing else to do
  FILE…     only these files, each in the way it needs
  --help    this text

Options of node's test runner are handed on, for example --test-name-pattern="goes home".

  SERIN_REAL_PLANE=required   a real plane that cannot run is a failure, not a remark
  SERIN_PLANE_LOGS=FOLDER     keep what every part of the plane wrote

Exit codes: 0 all passed; 1 a test failed or the required plane cannot run; 2 wrong usage
`;

const repository = join(import.meta.dirname, "..");
const OWN_OPTIONS = ["--fast", "--plane", "--playground"];
const PLANE = "test/plane/";
/** Whole worlds with traffic: by themselves, or other tests would take the processor from under their clients. */
const PLAYGROUND: readonly string[] = ["test/playground/rollouts/", "test/playground/demo/"];

interface Lane {
  readonly name: string;
  readonly files: readonly string[];
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
  const lanes: readonly Lane[] = [
    {
      name: "fast",
      files: isElsewhere(args) ? [] : files.filter((file) => !file.startsWith(PLANE) && !isOfPlayground(file)),
      run: (own) => runNode(["--test", "--test-reporter=spec", ...options, ...own]),
    },
    {
      name: "playground",
      files: args.includes("--playground") ? files.filter((file) => isOfPlayground(file)) : [],
      run: (own) => runNode(["--test", "--test-reporter=spec", ...options, ...own]),
    },
    {
      name: "real plane",
      files:
        args.includes("--fast") || args.includes("--playground") ? [] : files.filter((file) => file.startsWith(PLANE)),
      run: (own) => runOnPlane([...options, ...own], isRequired(args) ? "required" : "where possible"),
    },
  ];
  return runLanes(lanes.filter((lane) => lane.files.length > 0));
}

/** Each lane is run, whatever came of the one before; the worst of them is the answer. */
async function runLanes(lanes: readonly Lane[]): Promise<number> {
  let worst = 0;
  for (const { name, files, run } of lanes) {
    const start = performance.now();
    const end = await run(files);
    if (end === "did not run") continue;
    const took = `${((performance.now() - start) / 1000).toFixed(1)} s`;
    console.log(`${name}: ${files.length} files, ${end === 0 ? "ended well" : `ended with code ${end}`} after ${took}`);
    worst = Math.max(worst, end);
  }
  if (lanes.length === 0) console.error("there is nothing to run");
  return lanes.length === 0 ? 2 : Math.min(worst, 1);
}

async function runNode(args: readonly string[]): Promise<number> {
  const child = spawn(process.execPath, args, { cwd: repository, stdio: "inherit" });
  const [code] = (await once(child, "exit")) as [number | null];
  return code ?? 1;
}

const isOfPlayground = (file: string): boolean => PLAYGROUND.some((folder) => file.startsWith(folder));

const isElsewhere = (args: readonly string[]): boolean => args.includes("--plane") || args.includes("--playground");

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

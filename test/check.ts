/** `npm run check`: everything that can be said about the repository without running it. */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";

const help = `Usage: npm run check [-- STEP…]

Runs each step, goes on after one that fails, and ends with the list of those. Exit code 1 when there is one.

`;

const repository = join(import.meta.dirname, "..");
const node = process.execPath;

interface Step {
  readonly what: string;
  /** Undefined: it holds. Otherwise what is wrong and what mends it. */
  readonly run: () => string | undefined;
}

const STEPS: Readonly<Record<string, Step>> = {
  format: {
    what: "format and lint (mend with `npm run format`)",
    run: () => command(bin("biome"), ["check", "--error-on-warnings", "."]),
  },
  types: { what: "types", run: () => command(bin("tsc"), ["-p", "."]) },
  architecture: {
    what: "architecture",
    run: () => command(node, ["--test", "--test-reporter=dot", "test/architecture.test.ts"]),
  },
  generated: {
    what: "generated files are fresh (mend with `npm run generate`)",
    run: () => command(node, ["test/generate.ts", "--check"]),
  },
  lock: { what: "package-lock.json fits package.json and names no hosts", run: checkLock },
};

const bin = (name: string): string => join(repository, "node_modules/.bin", name);

function command(program: string, args: readonly string[]): string | undefined {
  const { status, error } = spawnSync(program, args, { cwd: repository, stdio: "inherit" });
  if (error !== undefined) return `${program} cannot be run: ${error.message}`;
  return status === 0 ? undefined : `ended with code ${status}`;
}

type Json = Readonly<Record<string, unknown>>;

/** Where npm itself is not asked, since its answer to `npm ci` would cost an installation. */
function checkLock(): string | undefined {
  const manifest = readJson("package.json");
  const lock = readJson("package-lock.json");
  const packages = lock["packages"] as Readonly<Record<string, Json>>;
  const root = packages[""] ?? {};
  const fields = ["name", "version", "dependencies", "devDependencies", "optionalDependencies", "engines"];
  const stale = fields.filter((field) => !isDeepStrictEqual(manifest[field], root[field]));
  if (stale.length > 0) return `package-lock.json is behind in ${stale.join(", ")}: run \`npm install\``;
  const hosted = Object.entries(packages).filter(
    ([, entry]) => entry["resolved"] !== undefined && entry["link"] !== true,
  );
  if (hosted.length > 0)
    return `${hosted.length} entries name where they came from: run \`npm install\` with the .npmrc of this repository`;
  const absent = Object.entries(packages).flatMap(([path, entry]) => absentFrom(packages, path, entry));
  if (absent.length > 0) return `package-lock.json lacks ${absent.join(", ")}: run \`npm install --package-lock-only\``;
  const unsealed = Object.entries(packages).filter(([path, entry]) => path !== "" && entry["integrity"] === undefined);
  return unsealed.length > 0 ? `${unsealed.map(([path]) => path).join(", ")} without integrity` : undefined;
}

/** Packages that one entry asks for and that are nowhere from it upwards, those for other machines included: `npm ci` wants all. */
function absentFrom(packages: Readonly<Record<string, Json>>, path: string, entry: Json): readonly string[] {
  const wanted = ["dependencies", "optionalDependencies"].flatMap((field) => Object.keys(entry[field] ?? {}));
  const folders = path
    .split("/node_modules/")
    .map((_, depth, parts) => parts.slice(0, parts.length - depth).join("/node_modules/"));
  const places = [...folders.filter((folder) => folder !== "").map((folder) => `${folder}/`), ""];
  return wanted.filter((name) => places.every((place) => packages[`${place}node_modules/${name}`] === undefined));
}

function readJson(path: string): Json {
  return JSON.parse(readFileSync(join(repository, path), "utf8")) as Json;
}

const inSeconds = (since: number): string => `${((performance.now() - since) / 1000).toFixed(1)} s`;

function check(names: readonly string[]): number {
  const failures: string[] = [];
  const start = performance.now();
  for (const [name, { what, run }] of Object.entries(STEPS)) {
    if (names.length > 0 && !names.includes(name)) continue;
    const since = performance.now();
    const trouble = run();
    console.log(`${trouble === undefined ? "ok  " : "FAIL"} ${name}: ${what} (${inSeconds(since)})`);
    if (trouble !== undefined) failures.push(`${name}: ${trouble}`);
  }
  if (failures.length === 0) console.log(`all of it holds (${inSeconds(start)})`);
  else console.error(`\n${failures.length} of the checks failed:\n  ${failures.join("\n  ")}`);
  return failures.length === 0 ? 0 : 1;
}

function main(args: readonly string[]): number {
  const steps = Object.entries(STEPS).map(([name, { what }]) => `  ${name.padEnd(14)}${what}`);
  if (args.includes("--help") || args.includes("-h")) {
    console.log(`${help}${steps.join("\n")}`);
    return 0;
  }
  const unknown = args.filter((name) => STEPS[name] === undefined);
  if (unknown.length === 0) return check(args);
  console.error(`there is no step ${unknown.join(" ")}; there are:\n${steps.join("\n")}`);
  return 2;
}

if (import.meta.main) process.exitCode = main(process.argv.slice(2));

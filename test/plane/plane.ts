/** A real Kubernetes, Istio, Envoy and Prometheus in this process's network namespace. */
import { cp, mkdir, mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { Api } from "./api.ts";
import { type AuditCount, countAudit } from "./audit.ts";
import { planeBinaries } from "./binaries.ts";
import {
  readCertificateAuthority,
  serverUrl,
  tokenOf,
  type User,
  writeCredentials,
  writeKubeconfig,
} from "./credentials.ts";
import { isInNamespace, roomDirectory } from "./enter.ts";
import { type NodeOptions, PlaneNode } from "./node.ts";
import type { Part } from "./part.ts";
import {
  apiServerPart,
  controllerManagerPart,
  envoyPart,
  etcdPart,
  type Ground,
  istiodPart,
  prometheusPart,
  urls,
} from "./parts.ts";
import { applyDefinitions, ownDefinitions } from "./resources.ts";
import { sow, writeFoundations } from "./seed.ts";

export interface PlaneOptions {
  /** Keeps an audit log, for `plane.audit()`. Off by default: it costs the API server some time. */
  readonly audit?: boolean;
  /** istiod; Istio's resource definitions are there in any case. On by default. */
  readonly istio?: boolean;
  /** The gateway; needs istio. On by default. */
  readonly envoy?: boolean;
  /** On by default. */
  readonly prometheus?: boolean;
  /** `none`: pods become ready without listening. `real` by default. */
  readonly servers?: NodeOptions["servers"];
  /** How often autoscalers look; 15 as in most clusters unless told otherwise. */
  readonly autoscalerSeconds?: number;
}

export interface Plane {
  /** For files that should vanish with the plane; each part's log is here as NAME.log. */
  readonly directory: string;
  readonly kubectl: string;
  /** With all rights. */
  readonly api: Api;
  readonly node: PlaneNode;
  readonly urls: typeof urls;
  readonly envoyAdmin: string;
  /** How long it took from the call to ready, and at which second each part was. */
  readonly readyMillis: Readonly<Record<string, number>>;
  /** `stop()` and `start()` it, or `restart()`: kill -9 and start on the same etcd. */
  readonly apiServer: Part;
  readonly controllerManager: Part;
  readonly istiod: Part | undefined;
  readonly envoy: Part | undefined;
  /** While paused, connections are refused. */
  readonly prometheus: { readonly url: string; pause(): Promise<void>; resume(): Promise<void> };
  kubeconfig(user: User): Promise<string>;
  serviceAccountKubeconfig(namespace: string, name: string): Promise<string>;
  audit(): Promise<AuditCount[]>;
  stop(): Promise<void>;
}

export async function startPlane(options: PlaneOptions = {}): Promise<Plane> {
  if (!isInNamespace()) throw new Error("the plane needs a network of its own: node test/plane/run.ts FILES…");
  const binaries = await planeBinaries();
  if ("missing" in binaries) throw new Error(`the real plane lacks: ${binaries.missing.join(", ")}`);
  const {
    audit = false,
    istio = true,
    envoy = istio,
    prometheus = true,
    servers = "real",
    autoscalerSeconds = 15,
  } = options;

  const began = performance.now();
  const readyMillis: Record<string, number> = {};
  const start = async (name: string, part: Part) => {
    parts.unshift(part);
    await part.start();
    readyMillis[name] = Math.round(performance.now() - began);
    return part;
  };

  const directory = await mkdtemp(join(roomDirectory(), "plane-"));
  const parts: Part[] = []; // Latest first: the order in which they stop.
  let node: PlaneNode | undefined;
  const stop = async () => {
    await node?.stop();
    for (const part of parts) await part.kill9();
    const keep = process.env["SERIN_PLANE_LOGS"];
    if (keep) await keepLogs(directory, keep);
    await rm(directory, { recursive: true, force: true, maxRetries: 5 });
  };

  try {
    const credentials = await writeCredentials(directory);
    const ground: Ground = { directory, binaries, credentials };
    const auditLog = audit ? join(directory, "audit.log") : undefined;
    const metrics = await prometheusPart(ground);
    const isSown = await sow(binaries, join(directory, "etcd"));
    const [, apiServer] = await Promise.all([
      start("etcd", etcdPart(ground)),
      start("kube-apiserver", await apiServerPart(ground, auditLog)),
    ]);
    const certificateAuthority = await readCertificateAuthority(credentials);
    const kubeconfig = (user: User) =>
      writeKubeconfig(join(directory, `${user}.kubeconfig`), { certificateAuthority, user, token: tokenOf(user) });
    const connect = (user: User) =>
      new Api({ server: serverUrl, certificateAuthority, token: tokenOf(user), userAgent: `plane-${user}` });
    const api = connect("admin");
    node = new PlaneNode(connect("node"), { servers });

    const startMesh = async () => {
      if (!isSown) await writeFoundations(api, binaries);
      await applyDefinitions(api, await ownDefinitions());
      readyMillis["definitions"] = Math.round(performance.now() - began);
      if (!istio) return {};
      const istiod = await start("istiod", istiodPart(ground, await kubeconfig("istiod")));
      return { istiod, envoy: envoy ? await start("envoy", await envoyPart(ground)) : undefined };
    };
    const [mesh, controllerManager] = await Promise.all([
      startMesh(),
      start(
        "kube-controller-manager",
        controllerManagerPart(ground, { kubeconfig: await kubeconfig("kcm"), autoscalerSeconds }),
      ),
      node.start(),
      ...(prometheus ? [start("prometheus", metrics)] : []),
    ]);
    readyMillis["plane"] = Math.round(performance.now() - began);

    return {
      directory,
      kubectl: binaries.kubectl,
      api,
      node,
      urls,
      envoyAdmin: urls.envoyAdmin,
      readyMillis,
      apiServer,
      controllerManager,
      istiod: mesh.istiod,
      envoy: mesh.envoy,
      prometheus: { url: urls.prometheus, pause: () => metrics.stop(), resume: () => metrics.start() },
      kubeconfig,
      async serviceAccountKubeconfig(namespace, name) {
        const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${name}/token`;
        const request = {
          apiVersion: "authentication.k8s.io/v1",
          kind: "TokenRequest",
          spec: { expirationSeconds: 3600 },
        };
        const { status } = await api.request<{ status: { token: string } }>("POST", path, request);
        const file = join(directory, `${namespace}.${name}.kubeconfig`);
        return writeKubeconfig(file, { certificateAuthority, user: name, token: status.token, namespace });
      },
      async audit() {
        if (!auditLog) throw new Error("start the plane with { audit: true } to count requests");
        return countAudit(auditLog);
      },
      async stop() {
        await api.close();
        await stop();
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function keepLogs(directory: string, keep: string): Promise<void> {
  await mkdir(keep, { recursive: true });
  await cp(directory, keep, { recursive: true, filter: (file) => file === directory || /\.(log|json)$/.test(file) });
}

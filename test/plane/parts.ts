/** How each program of the plane is started, and how one sees that it is ready. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Agent, request } from "undici";
import type { Binaries } from "./binaries.ts";
import { envoyConfiguration, prometheusConfiguration } from "./configuration.ts";
import { type CredentialFiles, readCertificateAuthority, serverUrl } from "./credentials.ts";
import { nodeAddress } from "./enter.ts";
import { Part } from "./part.ts";

export interface Ground {
  readonly directory: string;
  readonly binaries: Binaries;
  readonly credentials: CredentialFiles;
}

export const urls = {
  etcd: "http://127.0.0.1:2379",
  istiod: `http://${nodeAddress}:8085`,
  envoyAdmin: `http://${nodeAddress}:15000`,
  prometheus: `http://${nodeAddress}:9090`,
} as const;

const logOf = (ground: Ground, name: string) => join(ground.directory, `${name}.log`);

async function answers(url: string, dispatcher?: Agent): Promise<boolean> {
  const { statusCode, body } = await request(url, { headersTimeout: 2000, ...(dispatcher ? { dispatcher } : {}) });
  await body.dump();
  return statusCode === 200;
}

export function etcdPart(ground: Ground): Part {
  const peer = "http://127.0.0.1:2380";
  const listen = ["--listen-client-urls", urls.etcd, "--advertise-client-urls", urls.etcd, "--listen-peer-urls", peer];
  return new Part({
    name: "etcd",
    command: ground.binaries.etcd,
    // Nothing here outlives a power cut, so nothing has to be flushed for one.
    args: ["--data-dir", join(ground.directory, "etcd"), ...listen, "--unsafe-no-fsync", "--log-level", "warn"],
    logFile: logOf(ground, "etcd"),
    ready: () => answers(`${urls.etcd}/health`),
  });
}

export async function apiServerPart(ground: Ground, auditLog: string | undefined): Promise<Part> {
  const { credentials } = ground;
  const audit: string[] = [];
  if (auditLog !== undefined) {
    const policy = join(ground.directory, "audit-policy.json");
    const rules = [{ level: "Metadata", omitStages: ["RequestReceived", "ResponseStarted", "Panic"] }];
    await writeFile(policy, JSON.stringify({ apiVersion: "audit.k8s.io/v1", kind: "Policy", rules }));
    audit.push(
      `--audit-policy-file=${policy}`,
      `--audit-log-path=${auditLog}`,
      "--audit-log-mode=batch",
      "--audit-log-batch-max-wait=200ms",
    );
  }
  return new Part({
    name: "kube-apiserver",
    command: ground.binaries.apiserver,
    args: [
      `--etcd-servers=${urls.etcd}`,
      "--secure-port=6443",
      `--bind-address=${nodeAddress}`,
      `--advertise-address=${nodeAddress}`,
      `--cert-dir=${credentials.certificates}`,
      "--service-account-issuer=https://kubernetes.default.svc",
      `--service-account-key-file=${credentials.publicKey}`,
      `--service-account-signing-key-file=${credentials.signingKey}`,
      "--service-cluster-ip-range=10.96.0.0/16",
      `--token-auth-file=${credentials.tokens}`,
      "--authorization-mode=RBAC",
      "--disable-admission-plugins=ServiceAccount",
      ...audit,
    ],
    logFile: logOf(ground, "kube-apiserver"),
    ready: async () => {
      const agent = new Agent({ connect: { ca: await readCertificateAuthority(credentials) } });
      return answers(`${serverUrl}/readyz`, agent).finally(() => agent.destroy());
    },
  });
}

export interface ControllerManagerOptions {
  readonly kubeconfig: string;
  readonly autoscalerSeconds: number;
}

export function controllerManagerPart(
  ground: Ground,
  { kubeconfig, autoscalerSeconds }: ControllerManagerOptions,
): Part {
  const controllers = [
    "deployment",
    "replicaset",
    "daemonset",
    "garbage-collector",
    "endpointslice",
    "endpoints",
    "namespace",
  ];
  controllers.push("serviceaccount", "horizontal-pod-autoscaler");
  return new Part({
    name: "kube-controller-manager",
    command: ground.binaries.kcm,
    args: [
      `--kubeconfig=${kubeconfig}`,
      "--leader-elect=false",
      "--bind-address=127.0.0.1",
      "--kube-api-qps=500",
      "--kube-api-burst=1000",
      `--service-account-private-key-file=${ground.credentials.signingKey}`,
      `--horizontal-pod-autoscaler-sync-period=${autoscalerSeconds}s`,
      `--controllers=${controllers.map((name) => `${name}-controller`).join(",")}`,
    ],
    logFile: logOf(ground, "kube-controller-manager"),
    ready: () => {
      const agent = new Agent({ connect: { rejectUnauthorized: false } }); // Its own certificate, on loopback.
      return answers("https://127.0.0.1:10257/healthz", agent).finally(() => agent.destroy());
    },
  });
}

export function istiodPart(ground: Ground, kubeconfig: string): Part {
  const mesh = join(import.meta.dirname, "mesh.yaml");
  const ports = [
    "--grpcAddr",
    `${nodeAddress}:15010`,
    "--httpAddr",
    `${nodeAddress}:8085`,
    "--httpsAddr",
    "",
    "--secureGRPCAddr",
    "",
  ];
  return new Part({
    name: "istiod",
    command: ground.binaries.pilot,
    args: [
      "discovery",
      "--kubeconfig",
      kubeconfig,
      "--meshConfig",
      mesh,
      "--registries",
      "Kubernetes",
      ...ports,
      "--monitoringAddr",
      `${nodeAddress}:15014`,
    ],
    environment: {
      POD_NAMESPACE: "istio-system",
      POD_NAME: "istiod-0",
      // The Envoy here is upstream's and has none of Istio's own filters.
      PILOT_ENABLE_METADATA_EXCHANGE: "false",
      PILOT_ENABLE_ALPN_FILTER: "false",
      INJECTION_WEBHOOK_CONFIG_NAME: "",
      VALIDATION_WEBHOOK_CONFIG_NAME: "",
    },
    logFile: logOf(ground, "istiod"),
    ready: () => answers(`${urls.istiod}/ready`),
  });
}

export async function envoyPart(ground: Ground): Promise<Part> {
  const file = join(ground.directory, "envoy.json");
  await writeFile(file, JSON.stringify(envoyConfiguration()));
  return new Part({
    name: "envoy",
    command: ground.binaries.envoy,
    // Without --disable-hot-restart two Envoys on one machine would share memory.
    args: ["-c", file, "--concurrency", "1", "--disable-hot-restart", "--log-level", "warning"],
    logFile: logOf(ground, "envoy"),
    ready: () => answers(`${urls.envoyAdmin}/ready`),
  });
}

export async function prometheusPart(ground: Ground): Promise<Part> {
  const file = join(ground.directory, "prometheus.json");
  await writeFile(file, JSON.stringify(prometheusConfiguration()));
  return new Part({
    name: "prometheus",
    command: ground.binaries.prometheus,
    args: [
      `--config.file=${file}`,
      `--storage.tsdb.path=${join(ground.directory, "prometheus")}`,
      `--web.listen-address=${nodeAddress}:9090`,
    ],
    logFile: logOf(ground, "prometheus"),
    ready: () => answers(`${urls.prometheus}/-/ready`),
  });
}

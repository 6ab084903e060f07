/** The whole world in which the unchanged controller can live, in one process and on loopback. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Clock, systemClock } from "../runtime/clock.ts";
import { type Log, silentLog } from "../runtime/log.ts";
import { systemRandom } from "../runtime/random.ts";
import type { Transport } from "../runtime/transport.ts";
import { ApiServer } from "../simulator/api/apiServer.ts";
import { transportTo } from "../simulator/api/transport.ts";
import { startWorkloads } from "../simulator/workloads/startWorkloads.ts";
import { Cluster } from "./cluster.ts";
import { FileJournal } from "./fileJournal.ts";
import { firstObjects, kinds, NAMESPACE } from "./firstObjects.ts";
import { Gateway } from "./gateway/gateway.ts";
import { kubeconfig } from "./http/kubeconfig.ts";
import { ApiFront } from "./http/server.ts";
import { PodHost } from "./pods/podHost.ts";
import { scrapePages } from "./prometheus/pages.ts";
import { temporaryFolder } from "./temporaryFolder.ts";

export interface PlaygroundOptions {
  readonly clock?: Clock;
  /** Keeps the cluster's objects over restarts; in memory only without it. Rejects with `DataFolderError` where it cannot be used. */
  readonly dataDirectory?: string | undefined;
  readonly log?: Log;
  /** 1 unless told otherwise: who had to wait for 15 s as in real clusters would wait for little else. */
  readonly scrapeSeconds?: number;
  readonly prometheus?: "embedded" | "binary";
}

export interface Playground {
  /** The path of a kubeconfig for kubectl and for a controller. */
  readonly kubeconfig: string;
  readonly apiUrl: string;
  readonly gatewayUrl: string;
  /** As a client inside of the mesh: `Host` names a Service and its port. */
  readonly meshUrl: string;
  readonly prometheusUrl: string;
  /** Past HTTP, with all rights. */
  readonly transport: Transport;
  readonly cluster: Cluster;
  readonly pods: PodHost;
  readonly gateway: Gateway;
  /** Whether the data folder held a cluster already, whatever is in it by now: it is not ours to begin anew. */
  readonly isRestored: boolean;
  /** From now on, what is there is the user's, and the next start restores it. */
  begun(): void;
  /** Ends all of it, and leaves no file but what was to be kept. Safe to repeat. */
  stop(): Promise<void>;
}

/** What was begun, and in the reverse order how it is ended. */
type Undo = () => void | Promise<void>;

export async function startPlayground(options: PlaygroundOptions = {}): Promise<Playground> {
  const undo: Undo[] = [];
  let stopping: Promise<void> | undefined;
  const stop = (): Promise<void> => {
    stopping ??= undoAll(undo);
    return stopping;
  };
  try {
    return { ...(await start(options, (step) => undo.unshift(step))), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function start(options: PlaygroundOptions, later: (undo: Undo) => void): Promise<Omit<Playground, "stop">> {
  const { clock = systemClock(), log = silentLog(), scrapeSeconds = 1 } = options;
  const shared = { clock, log, random: systemRandom() };
  const journal = openJournal(options.dataDirectory, later);
  const isRestored = journal?.holdsCluster ?? false;
  const api = new ApiServer({ ...shared, ...(journal === undefined ? {} : { journal }) });
  const as = (user: string) => ({ ...shared, transport: transportTo(api, user) });
  const front = await ApiFront.listen({ api });
  later(() => front.close());
  const { transport } = as("playground");
  const cluster = new Cluster(transport);
  // The kinds are this program's own, and may have changed since; all else may be changed by who uses it.
  await cluster.apply(...(isRestored ? kinds() : firstObjects()));

  const pods = new PodHost(as("kubelet"));
  const workloads = startWorkloads({ ...as("kube-controller-manager"), cpuOf: (pod) => pods.cpuOf(pod) });
  later(() => workloads.stop());
  later(() => pods.stop());
  await Promise.all([workloads.ready, pods.start()]);

  const resolve = (address: string, port: number): number | undefined => pods.resolve(address, port);
  const gateway = new Gateway({ ...as("istiod"), resolve });
  later(() => gateway.stop());
  await gateway.start();
  const metrics = await scrapePages({
    clock,
    log,
    server: options.prometheus ?? "embedded",
    intervalMillis: scrapeSeconds * 1000,
    pages: () => [...pods.scrapeTargets(), ...gateway.scrapeTargets()],
  });
  later(() => metrics.close());
  const apiUrl = front.url;
  const { url: gatewayUrl, meshUrl } = gateway;
  const file = await writeKubeconfig(apiUrl, later);
  return {
    kubeconfig: file,
    apiUrl,
    gatewayUrl,
    meshUrl,
    prometheusUrl: metrics.url,
    transport,
    cluster,
    pods,
    gateway,
    isRestored,
    begun: () => journal?.begun(),
  };
}

function openJournal(directory: string | undefined, later: (undo: Undo) => void): FileJournal | undefined {
  if (directory === undefined) return undefined;
  const journal = new FileJournal(directory);
  later(() => journal.close());
  return journal;
}

/** In a folder of its own, which goes with the playground: a kubeconfig that leads nowhere only confuses. */
async function writeKubeconfig(url: string, later: (undo: Undo) => void): Promise<string> {
  const folder = temporaryFolder("playground");
  later(() => folder.remove());
  const file = join(folder.path, "kubeconfig");
  await writeFile(file, kubeconfig({ url, namespace: NAMESPACE }), { mode: 0o600 });
  return file;
}

async function undoAll(steps: readonly Undo[]): Promise<void> {
  const errors: unknown[] = [];
  for (const step of steps) await Promise.try(step).catch((error: unknown) => errors.push(error));
  if (errors.length > 0) throw new AggregateError(errors, "the playground did not end well");
}

/** Keeps a route table that follows the cluster, as far behind it as istiod and the network to a proxy would be. */
import { isDeepStrictEqual } from "node:util";
import type { Clock } from "../../runtime/clock.ts";
import type { Log } from "../../runtime/log.ts";
import type { Random } from "../../runtime/random.ts";
import { Reflector } from "../../runtime/reflector.ts";
import { type ChangeListener, Store } from "../../runtime/store.ts";
import type { KubeObject, Transport } from "../../runtime/transport.ts";
import { buildTable, type MeshObjects, type RouteTable } from "../../simulator/mesh/table.ts";
import { Refusals } from "../refusals.ts";

export interface MeshWatchOptions {
  readonly transport: Transport;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** From a change in the cluster to the first request that it rules; 100 ms unless told otherwise. */
  readonly propagationMillis?: number;
  /** Who says which pods stand behind a Service: EndpointSlices, or, where nobody writes them, the pods themselves. */
  readonly endpoints?: "slices" | "pods";
}

const PROPAGATION_MILLIS = 100;
/** Changes that come together are looked at together. */
const GATHER_MILLIS = 5;

const ISTIO_VERSION = "networking.istio.io/v1";
const ISTIO = `/apis/${ISTIO_VERSION}`;
const PATHS = {
  virtualServices: `${ISTIO}/virtualservices`,
  destinationRules: `${ISTIO}/destinationrules`,
  gateways: `${ISTIO}/gateways`,
  services: "/api/v1/services",
  endpointSlices: "/apis/discovery.k8s.io/v1/endpointslices",
  pods: "/api/v1/pods",
} as const;

/** Those of which it does not obey everything. */
const REFUSABLE = {
  virtualServices: "VirtualService",
  destinationRules: "DestinationRule",
  gateways: "Gateway",
} as const;

type Kind = keyof typeof PATHS;
const KINDS = Object.keys(PATHS) as readonly Kind[];

export class MeshWatch {
  readonly #options: MeshWatchOptions;
  readonly #stores: Readonly<Record<Kind, Store>>;
  readonly #reflectors: readonly Reflector[];
  readonly #refusals: Refusals;
  #table: RouteTable;
  #isGathering = false;
  #isStopped = false;

  constructor(options: MeshWatchOptions) {
    this.#options = options;
    this.#refusals = new Refusals(options);
    const store = () => new Store();
    this.#stores = {
      virtualServices: store(),
      destinationRules: store(),
      gateways: store(),
      services: store(),
      endpointSlices: store(),
      pods: store(),
    };
    this.#reflectors = KINDS.map((kind) => {
      const [at, path] = [this.#stores[kind], PATHS[kind]];
      at.onChange(this.#listener(kind));
      return new Reflector({ ...options, store: at, kind, path });
    });
    this.#table = buildTable(this.#snapshot());
  }

  /** What proxies know now. */
  get table(): RouteTable {
    return this.#table;
  }

  /** Resolves once all that is there is known, and obeyed. */
  async start(): Promise<void> {
    this.#isStopped = false;
    for (const reflector of this.#reflectors) reflector.start();
    await Promise.all(this.#reflectors.map((reflector) => reflector.whenSynced()));
    this.#take(this.#snapshot());
  }

  stop(): void {
    this.#isStopped = true;
    for (const reflector of this.#reflectors) reflector.stop();
  }

  #listener(kind: Kind): ChangeListener {
    if (kind !== "pods" || this.#options.endpoints === "pods") return () => this.#gather();
    // With EndpointSlices only the labels of pods matter here, and pods change their status all the time.
    return (_key, before, after) => {
      if (before && after && isDeepStrictEqual(before.metadata.labels, after.metadata.labels)) return;
      this.#gather();
    };
  }

  #gather(): void {
    if (this.#isGathering) return;
    this.#isGathering = true;
    const { clock, propagationMillis = PROPAGATION_MILLIS } = this.#options;
    clock.setTimer(Math.min(GATHER_MILLIS, propagationMillis), () => {
      this.#isGathering = false;
      // What changes from now on has its own way to go.
      const objects = this.#snapshot();
      clock.setTimer(Math.max(0, propagationMillis - GATHER_MILLIS), () => this.#take(objects));
    });
  }

  #snapshot(): MeshObjects {
    const all = (kind: Kind): readonly KubeObject[] => this.#stores[kind].list();
    return {
      virtualServices: all("virtualServices"),
      destinationRules: all("destinationRules"),
      gateways: all("gateways"),
      services: all("services"),
      endpointSlices: this.#options.endpoints === "pods" ? undefined : all("endpointSlices"),
      pods: all("pods"),
    };
  }

  #take(objects: MeshObjects): void {
    if (this.#isStopped) return;
    this.#table = buildTable(objects);
    this.#refuse(objects, this.#table.problems);
  }

  /** Says on each object what of it is not obeyed. */
  #refuse(objects: MeshObjects, problems: readonly string[]): void {
    for (const [plural, kind] of Object.entries(REFUSABLE) as [keyof typeof REFUSABLE, string][]) {
      for (const object of objects[plural]) {
        const { namespace, name } = object.metadata;
        const prefix = `${kind} ${namespace}/${name}: `;
        const own = problems.filter((problem) => problem.startsWith(prefix)).map((text) => text.slice(prefix.length));
        this.#refusals.hold({ apiVersion: ISTIO_VERSION, kind }, object, own);
      }
    }
    this.#refusals.forgetAllBut([...objects.virtualServices, ...objects.destinationRules, ...objects.gateways]);
  }
}

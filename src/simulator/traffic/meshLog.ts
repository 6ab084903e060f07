/** What istiod has to tell proxies: every state that the cluster was in, so that each proxy can stand at one of its own. */
import { isDeepStrictEqual } from "node:util";
import type { KubeObject } from "../../runtime/transport.ts";
import type { ApiServer } from "../api/apiServer.ts";
import type { Change } from "../api/storage.ts";
import { buildTable, type RouteTable } from "../mesh/table.ts";
import { listOf, objectOf } from "../mesh/wire.ts";

/**
 * As ADS delivers it: where requests can go (clusters and endpoints), and which of them go there (listeners and routes).
 * A proxy that has a route knows its cluster, if that was written before.
 */
export type Part = "clusters" | "routes";

interface Kind {
  readonly part: Part;
  readonly field: keyof Snapshot;
  /** Whether the write changes anything for a proxy. */
  readonly matters: (before: KubeObject, after: KubeObject) => boolean;
}

interface Snapshot {
  readonly virtualServices: readonly KubeObject[];
  readonly gateways: readonly KubeObject[];
  readonly services: readonly KubeObject[];
  readonly destinationRules: readonly KubeObject[];
  readonly endpointSlices: readonly KubeObject[];
  readonly pods: readonly KubeObject[];
}

const differ =
  (...fields: readonly string[]) =>
  (before: KubeObject, after: KubeObject): boolean =>
    fields.some((field) => !isDeepStrictEqual(before[field], after[field]));

const KINDS: Readonly<Record<string, Kind>> = {
  "networking.istio.io/virtualservices": { part: "routes", field: "virtualServices", matters: differ("spec") },
  "networking.istio.io/gateways": { part: "routes", field: "gateways", matters: differ("spec") },
  "networking.istio.io/destinationrules": { part: "clusters", field: "destinationRules", matters: differ("spec") },
  "/services": { part: "clusters", field: "services", matters: differ("spec") },
  "discovery.k8s.io/endpointslices": {
    part: "clusters",
    field: "endpointSlices",
    matters: differ("endpoints", "ports", "addressType"),
  },
  "/pods": {
    part: "clusters",
    field: "pods",
    matters: (before, after) => !isDeepStrictEqual(before.metadata.labels, after.metadata.labels),
  },
};

/** Where a proxy stands: how many of the states of each part it has taken in. */
export interface Position {
  readonly clusters: number;
  readonly routes: number;
}

export class MeshLog {
  readonly #api: ApiServer;
  readonly #states: Record<Part, Map<number, Snapshot>> = { clusters: new Map(), routes: new Map() };
  readonly #newest: Record<Part, number> = { clusters: 0, routes: 0 };
  readonly #tables = new Map<string, RouteTable>();
  readonly #tell: (part: Part, state: number) => void;
  readonly #unobserve: () => void;

  /** `tell` hears of each new state at the moment of the write that made it. */
  constructor(api: ApiServer, tell: (part: Part, state: number) => void) {
    this.#api = api;
    this.#tell = tell;
    const first = Object.entries(KINDS).map(([collection, { field }]) => [field, api.all(collection)] as const);
    const snapshot = Object.fromEntries(first) as unknown as Snapshot;
    for (const part of ["clusters", "routes"] as const) this.#states[part].set(0, snapshot);
    this.#unobserve = api.observe((collection, change) => this.#see(collection, change));
  }

  stop(): void {
    this.#unobserve();
  }

  get newest(): Position {
    return { ...this.#newest };
  }

  /** What a proxy at this position obeys. The same table for all that stand there. */
  tableAt(position: Position): RouteTable {
    const key = keyOf(position);
    const known = this.#tables.get(key);
    if (known !== undefined) return known;
    const clusters = this.#states.clusters.get(position.clusters);
    const routes = this.#states.routes.get(position.routes);
    if (clusters === undefined || routes === undefined) throw new Error(`nobody stands at ${key} any more`);
    const { services, destinationRules, endpointSlices, pods } = clusters;
    const { virtualServices, gateways } = routes;
    const table = buildTable({ services, destinationRules, endpointSlices, pods, virtualServices, gateways });
    this.#tables.set(key, table);
    return table;
  }

  /** Forget all states that nobody stands at, nor will, once these are where proxies stand. Answers the tables that are left. */
  keep(positions: readonly Position[]): ReadonlySet<RouteTable> {
    for (const part of ["clusters", "routes"] as const) {
      const oldest = Math.min(...positions.map((position) => position[part]));
      for (const state of this.#states[part].keys()) {
        if (state >= oldest) break;
        this.#states[part].delete(state);
      }
    }
    const kept = new Set(positions.map(keyOf));
    for (const key of this.#tables.keys()) if (!kept.has(key)) this.#tables.delete(key);
    return new Set(this.#tables.values());
  }

  #see(collection: string, change: Change): void {
    const kind = KINDS[collection];
    if (kind === undefined || !isNews(kind, change)) return;
    const { part, field } = kind;
    const current = this.#states[part].get(this.#newest[part]);
    if (current === undefined) return;
    // Pods are looked at for the labels that subsets ask for, and for nothing else.
    if (field === "pods" && !current.destinationRules.some(hasSubsets)) return;
    const pods = part === "clusters" ? this.#api.all("/pods") : current.pods;
    const next = { ...current, pods, [field]: this.#api.all(collection) };
    this.#newest[part] += 1;
    this.#states[part].set(this.#newest[part], next);
    this.#tell(part, this.#newest[part]);
  }
}

function isNews({ matters }: Kind, { type, before, object }: Change): boolean {
  return type !== "MODIFIED" || before === undefined || matters(before, object);
}

const hasSubsets = (rule: KubeObject): boolean => listOf(objectOf(rule["spec"])["subsets"]).length > 0;

const keyOf = ({ clusters, routes }: Position): string => `${clusters}/${routes}`;

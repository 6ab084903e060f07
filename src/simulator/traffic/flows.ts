import type { RouteTable } from "../mesh/table.ts";
import type { Client } from "./client.ts";
import { type Flow, flowOf } from "./flow.ts";
import type { LivePods } from "./livePods.ts";
import type { MeshLog, Position } from "./meshLog.ts";

interface Known {
  readonly generation: number;
  readonly flows: Map<Client, Flow>;
}

/** Flows, each worked out once for all proxies that know the same, until a pod becomes another. */
export class Flows {
  readonly #log: MeshLog;
  readonly #pods: LivePods;
  /** Where all proxies stand. */
  readonly #positions: () => readonly Position[];
  readonly #known = new Map<RouteTable, Known>();

  constructor(log: MeshLog, pods: LivePods, positions: () => readonly Position[]) {
    this.#log = log;
    this.#pods = pods;
    this.#positions = positions;
  }

  /** Where the requests of a client go from a proxy at this position now. */
  flow(position: Position, client: Client): Flow {
    const table = this.#log.tableAt(position);
    const { generation } = this.#pods;
    let known = this.#known.get(table);
    if (known === undefined || known.generation !== generation) {
      if (known === undefined) this.#forget();
      known = { generation, flows: new Map() };
      this.#known.set(table, known);
    }
    const flow = known.flows.get(client) ?? flowOf(client, table, (address) => this.#pods.at(address));
    known.flows.set(client, flow);
    return flow;
  }

  /** What no proxy knows any more. */
  #forget(): void {
    const tables = this.#log.keep(this.#positions());
    for (const table of this.#known.keys()) if (!tables.has(table)) this.#known.delete(table);
  }
}

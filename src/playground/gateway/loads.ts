import type { Cluster, Endpoint } from "../../simulator/mesh/clusters.ts";

/** What the gateway has under way, and whose turn it is. Outlives the route tables, whose clusters are made anew. */
export class Loads {
  readonly #active = new Map<string, number>();
  readonly #turns = new Map<string, number>();

  active(endpoint: Endpoint): number {
    return this.#active.get(keyOf(endpoint)) ?? 0;
  }

  begin(endpoint: Endpoint): void {
    this.#active.set(keyOf(endpoint), this.active(endpoint) + 1);
  }

  end(endpoint: Endpoint): void {
    const left = this.active(endpoint) - 1;
    if (left > 0) this.#active.set(keyOf(endpoint), left);
    else this.#active.delete(keyOf(endpoint));
  }

  /** Counts up with each call. */
  turn({ name }: Cluster): number {
    const turn = this.#turns.get(name) ?? 0;
    this.#turns.set(name, turn + 1);
    return turn;
  }
}

const keyOf = ({ address, port }: Endpoint): string => `${address}:${port}`;

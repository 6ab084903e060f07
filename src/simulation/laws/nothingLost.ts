import type { RequestBatch, WriteSeen } from "../../simulator/happening.ts";
import type { Bench, Law, Tell } from "./law.ts";
import { Troubles } from "./troubles.ts";

/** No request is lost because of a step: whoever is sent somewhere meets somebody there. */
export class NothingLost implements Law {
  readonly #tell: Tell;
  readonly #troubles: Troubles;

  constructor(bench: Bench, tell: Tell) {
    this.#tell = tell;
    this.#troubles = new Troubles(bench);
  }

  wrote(write: WriteSeen): void {
    this.#troubles.wrote(write);
  }

  served({ outcome, service, count, proxy, why, fromMillis, toMillis }: RequestBatch): void {
    if (outcome !== "lost" || count === 0) return;
    const namespace = service.split("/")[0] ?? "";
    if (this.#troubles.within(namespace, fromMillis, toMillis)) return;
    this.#tell(
      `${count} requests to ${service} by way of proxy ${proxy} are lost: ${why ?? "nobody answered"}`,
      toMillis,
    );
  }
}

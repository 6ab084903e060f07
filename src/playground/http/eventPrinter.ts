import type { WatchEvent } from "../../runtime/transport.ts";

/** Prints each event once, however many watches are told of it. */
export class EventPrinter {
  readonly #printed = new WeakMap<WatchEvent, Buffer>();

  print(event: WatchEvent): Buffer {
    const known = this.#printed.get(event);
    if (known !== undefined) return known;
    const line = Buffer.from(`${JSON.stringify(event)}\n`);
    this.#printed.set(event, line);
    return line;
  }
}

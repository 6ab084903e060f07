import type { ServerResponse } from "node:http";
import type { WatchEvent } from "../../runtime/transport.ts";
import type { WatchSink } from "../../simulator/api/watches.ts";
import type { EventPrinter } from "./eventPrinter.ts";

/** What may wait for one slow reader; beyond it the stream ends, and the client watches anew. */
const MOST_WAITING_BYTES = 16 * 1024 * 1024;

/** One watch as a stream of lines. */
export class WatchStream implements WatchSink {
  readonly #response: ServerResponse;
  readonly #printer: EventPrinter;
  #close: () => void = () => {};
  #isOver = false;

  constructor(response: ServerResponse, printer: EventPrinter) {
    this.#response = response;
    this.#printer = printer;
  }

  /** Called once the watch is open; what it told in opening has been written by then. */
  begin(close: () => void): void {
    this.#close = close;
    this.#open();
    if (this.#isOver) close();
  }

  event(event: WatchEvent): void {
    if (this.#isOver) return;
    this.#open();
    this.#response.write(this.#printer.print(event));
    if (this.#response.writableLength > MOST_WAITING_BYTES) {
      this.#response.destroy();
      this.end();
    }
  }

  end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#close();
    this.#open();
    this.#response.end();
  }

  /** Not before it is known that the watch is not refused. */
  #open(): void {
    if (this.#response.headersSent) return;
    this.#response.writeHead(200, { "content-type": "application/json", "cache-control": "no-cache, private" });
    this.#response.flushHeaders();
  }
}

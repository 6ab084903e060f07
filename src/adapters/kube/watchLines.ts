import { StringDecoder } from "node:string_decoder";
import { TransportError, type WatchEvent, type WatchEventType } from "../../runtime/transport.ts";

const TYPES: ReadonlySet<string> = new Set<WatchEventType>(["ADDED", "MODIFIED", "DELETED", "BOOKMARK", "ERROR"]);

/**
 * Cuts the bytes of a watch into events, one JSON value a line. Throws `TransportError` on anything else: an event that
 * cannot be read is an event lost, and only a new watch brings it back.
 */
export class WatchLines {
  readonly #decoder = new StringDecoder("utf8");
  #rest = "";

  /** The events that this chunk completes. */
  *feed(chunk: Buffer): Generator<WatchEvent> {
    const text = this.#decoder.write(chunk);
    let from = 0;
    for (let end = text.indexOf("\n"); end >= 0; end = text.indexOf("\n", from)) {
      const line = this.#rest + text.slice(from, end);
      this.#rest = "";
      from = end + 1;
      if (line.trim() !== "") yield parseEvent(line);
    }
    this.#rest += text.slice(from);
  }

  /** To be called when the stream is over. */
  finish(): void {
    if (this.#rest.trim() !== "") throw new TransportError("the watch ended in the middle of an event");
  }
}

function parseEvent(line: string): WatchEvent {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (cause) {
    throw new TransportError("the watch carried a line that is not JSON", { cause });
  }
  const { type, object } = (value ?? {}) as Partial<WatchEvent>;
  if (typeof type !== "string" || !TYPES.has(type) || typeof object !== "object" || object === null) {
    throw new TransportError("the watch carried a line that is not an event");
  }
  return { type, object };
}

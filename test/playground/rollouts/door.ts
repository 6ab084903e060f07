/** A port in front of a server that can be shut: what a client sees of a server that is away, and comes back as it was. */
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";

const LOOPBACK = "127.0.0.1";

export class Door {
  readonly #target: URL;
  readonly #sockets = new Set<Socket>();
  #server: Server | undefined;
  #port = 0;

  constructor(target: string) {
    this.#target = new URL(target);
  }

  /** The same one each time it is opened. */
  get url(): string {
    return `http://${LOOPBACK}:${this.#port}`;
  }

  async open(): Promise<void> {
    const server = createServer((socket) => this.#pass(socket));
    server.listen(this.#port, LOOPBACK);
    await once(server, "listening");
    this.#port = (server.address() as AddressInfo).port;
    this.#server = server;
  }

  /** Connections break now, and are refused from now on. */
  async shut(): Promise<void> {
    const server = this.#server;
    if (server === undefined) return;
    this.#server = undefined;
    const closed = once(server, "close");
    server.close();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  #pass(client: Socket): void {
    const server = connect(Number(this.#target.port), this.#target.hostname);
    const ends = [client, server];
    for (const end of ends) {
      this.#sockets.add(end);
      end.setNoDelay();
      // Whoever breaks it off, the other end hears of it by its own "close".
      end.on("error", () => {});
      end.once("close", () => {
        this.#sockets.delete(end);
        for (const other of ends) other.destroy();
      });
    }
    client.pipe(server);
    server.pipe(client);
  }
}

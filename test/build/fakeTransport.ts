import {
  type KubeObject,
  type Transport,
  TransportError,
  type TransportRequest,
  type TransportResponse,
  type WatchEvent,
  type WatchRefusedError,
  type WatchRequest,
} from "../../src/runtime/transport.ts";

type Answer =
  | TransportResponse
  | Error
  | ((request: TransportRequest) => TransportResponse | Promise<TransportResponse>);

/** A watch that a test holds in its hand. */
export class FakeWatch {
  readonly request: WatchRequest;
  readonly #queue: (WatchEvent | Error | "end")[] = [];
  #wake: () => void = () => {};
  isClosed = false;

  constructor(request: WatchRequest) {
    this.request = request;
  }

  send(type: WatchEvent["type"], object: unknown): void {
    this.#push({ type, object: object as KubeObject });
  }

  /** The server ends the stream in good order. */
  end(): void {
    this.#push("end");
  }

  /** The connection breaks. */
  fail(error: Error = new TransportError("terminated")): void {
    this.#push(error);
  }

  #push(what: WatchEvent | Error | "end"): void {
    this.#queue.push(what);
    this.#wake();
  }

  async *events(): AsyncGenerator<WatchEvent, void> {
    try {
      for (;;) {
        const next = this.#queue.shift();
        if (next === "end") return;
        if (next instanceof Error) throw next;
        if (next !== undefined) yield next;
        else await new Promise<void>((resolve) => (this.#wake = resolve));
      }
    } finally {
      this.isClosed = true;
    }
  }
}

/** A transport that follows a script: each request takes the next answer, the last one for ever. */
export class FakeTransport implements Transport {
  readonly requests: TransportRequest[] = [];
  readonly watches: FakeWatch[] = [];
  readonly #answers: Answer[] = [];
  readonly #refusals: (Error | WatchRefusedError)[] = [];

  /** Answer the next requests so, in order. */
  answer(...answers: readonly Answer[]): this {
    this.#answers.push(...answers);
    return this;
  }

  /** Refuse the next watches so, in order. */
  refuse(...errors: readonly Error[]): this {
    this.#refusals.push(...errors);
    return this;
  }

  /** The watch opened last. */
  get watching(): FakeWatch {
    const last = this.watches.at(-1);
    if (last === undefined) throw new Error("no watch was opened");
    return last;
  }

  async request(request: TransportRequest): Promise<TransportResponse> {
    this.requests.push(request);
    const answer = this.#answers.length > 1 ? this.#answers.shift() : this.#answers[0];
    if (answer === undefined) throw new TransportError("no answer in the script");
    if (answer instanceof Error) throw answer;
    return typeof answer === "function" ? answer(request) : answer;
  }

  async *watch(request: WatchRequest): AsyncGenerator<WatchEvent, void> {
    const watch = new FakeWatch(request);
    this.watches.push(watch);
    const refusal = this.#refusals.shift();
    if (refusal !== undefined) throw refusal;
    // As the real one: an abort ends the stream with an error.
    request.signal?.addEventListener("abort", () => watch.fail(new TransportError("aborted")), { once: true });
    yield* watch.events();
  }
}

/** An object as the server sends it, at the version given. */
export function anObject(name: string, version: number, fields: Readonly<Record<string, unknown>> = {}): KubeObject {
  const { uid = `uid-${name}`, ...rest } = fields;
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name, namespace: "shop", uid: String(uid), resourceVersion: String(version) },
    ...rest,
  };
}

/** A page of a list, as the server sends it. */
export function aList(version: number, items: readonly KubeObject[], token = ""): TransportResponse {
  const metadata = { resourceVersion: String(version), continue: token };
  return { status: 200, body: { apiVersion: "apps/v1", kind: "DeploymentList", metadata, items } };
}

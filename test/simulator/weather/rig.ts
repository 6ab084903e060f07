import { seededRandom } from "../../../src/runtime/random.ts";
import type {
  KubeObject,
  Transport,
  TransportRequest,
  TransportResponse,
  WatchEvent,
  WatchRequest,
} from "../../../src/runtime/transport.ts";
import { ApiServer } from "../../../src/simulator/api/apiServer.ts";
import { transportTo } from "../../../src/simulator/api/transport.ts";
import { VirtualClock } from "../../../src/simulator/virtualClock.ts";
import type { Fault, FaultKind } from "../../../src/simulator/weather/faults.ts";
import { Weather, type WeatherOptions } from "../../../src/simulator/weather/weather.ts";

export const MAPS = "/api/v1/namespaces/default/configmaps";
export const STORM_MILLIS = 600_000;

/** An API server in memory, somebody who writes to it in fine weather, and a client in a storm. */
export class Rig {
  readonly clock = new VirtualClock();
  readonly began = this.clock.now();
  readonly api: ApiServer;
  readonly faults: Fault[] = [];
  readonly weather: Weather;
  readonly inner: Transport;
  readonly stormy: Transport;
  #writes = 0;

  constructor(kinds: readonly FaultKind[] | undefined, options: Partial<WeatherOptions> & { seed?: number } = {}) {
    const { seed = 1, ...given } = options;
    this.api = new ApiServer({ clock: this.clock, random: seededRandom(1) });
    this.weather = new Weather({
      clock: this.clock,
      random: seededRandom(seed),
      stormEndsAtMillis: this.began + STORM_MILLIS,
      bystander: transportTo(this.api, "bystander"),
      onFault: (fault) => this.faults.push(fault),
      ...(kinds === undefined ? {} : { kinds, intensity: 1 }),
      ...given,
    });
    this.inner = transportTo(this.api, "client");
    this.stormy = this.weather.transport(this.inner, "client");
  }

  /** Milliseconds since the storm began. */
  get elapsed(): number {
    return this.clock.now() - this.began;
  }

  /** Write an object in fine weather. Answers its version. */
  write(name: string): string {
    const value = String(++this.#writes);
    const body = { apiVersion: "v1", kind: "ConfigMap", metadata: { name }, data: { value } };
    const query = { fieldManager: "test", force: "true" };
    const request = { method: "PATCH", path: `${MAPS}/${name}`, query, body, user: "test" } as const;
    const answer = this.api.request({ ...request, contentType: "application/apply-patch+yaml" });
    return (answer.body as KubeObject).metadata.resourceVersion ?? "";
  }

  erase(name: string): void {
    this.api.request({ method: "DELETE", path: `${MAPS}/${name}`, user: "test" });
  }

  stored(name: string): KubeObject | undefined {
    return this.api.peek("/configmaps", "default", name);
  }

  /** What a request came to, and when. */
  send(request: Partial<TransportRequest>): Promise<Sent> {
    const full = { method: "GET", path: MAPS, timeoutMillis: 5_000, ...request } as const;
    return this.stormy.request(full).then(
      (response) => ({ response, error: undefined, at: this.elapsed }),
      (error: unknown) => ({ response: undefined, error: error as Error, at: this.elapsed }),
    );
  }

  /** Send one after the other until a fault of the kind strikes, and answer what became of that one. */
  async struck(kind: FaultKind, request: () => Partial<TransportRequest>): Promise<Struck> {
    for (let attempt = 0; attempt < 300; attempt++) {
      const [sentAt, before] = [this.elapsed, this.stored("a")];
      const faultsBefore = this.faults.length;
      let sent: Sent | undefined;
      void this.send(request()).then((outcome) => (sent = outcome));
      await this.clock.advance(0);
      const isStruck = this.faults.slice(faultsBefore).some((fault) => fault.kind === kind);
      await this.clock.until(() => sent !== undefined);
      if (isStruck && sent !== undefined) return { ...sent, sentAt, before };
      await this.clock.advance(500);
    }
    throw new Error(`${kind} never struck`);
  }

  /** Open a watch, and note all that comes of it. */
  watch(request: Partial<WatchRequest> = {}, transport = this.stormy): Watched {
    const watched: Watched = { events: [], ended: undefined };
    const query = { allowWatchBookmarks: "true", resourceVersion: this.api.version, ...request.query };
    const full = { path: MAPS, idleTimeoutMillis: 95_000, ...request, query };
    void this.#read(transport, full, watched);
    return watched;
  }

  async #read(transport: Transport, request: WatchRequest, watched: Watched): Promise<void> {
    try {
      for await (const event of transport.watch(request)) watched.events.push({ event, at: this.elapsed });
      watched.ended = { at: this.elapsed, error: undefined };
    } catch (error) {
      watched.ended = { at: this.elapsed, error: error as Error };
    }
  }
}

export interface Sent {
  readonly response: TransportResponse | undefined;
  readonly error: Error | undefined;
  /** Since the storm began. */
  readonly at: number;
}

export interface Struck extends Sent {
  readonly sentAt: number;
  /** The object `a` as it was when the request was sent. */
  readonly before: KubeObject | undefined;
}

export interface Watched {
  readonly events: { readonly event: WatchEvent; readonly at: number }[];
  ended: { readonly at: number; readonly error: Error | undefined } | undefined;
}

/** The objects' versions, in the order in which they were heard of. */
export const versions = ({ events }: Watched): readonly string[] =>
  events.flatMap(({ event: { type, object } }) =>
    type === "BOOKMARK" || type === "ERROR" ? [] : [object.metadata.resourceVersion ?? ""],
  );

import type { TransportRequest, TransportResponse } from "../../runtime/transport.ts";
import type { Storm } from "./storm.ts";

/** A list from a cache is older than the truth by this much at most. */
export const MOST_STALE_MILLIS = 5_000;

const CHANCE = 0.5;

/**
 * Lists that ask for any version (resourceVersion=0) are answered from a cache that may lag behind. All others are as new
 * as the truth, and nothing here touches them: the reflectors' are of that kind.
 */
export class StaleLists {
  readonly #storm: Storm;
  readonly #user: string;
  readonly #known = new Map<string, { readonly response: TransportResponse; readonly at: number }>();

  constructor({ storm, user }: { readonly storm: Storm; readonly user: string }) {
    this.#storm = storm;
    this.#user = user;
  }

  /** An earlier answer to the same question, where one may be given now. */
  answer(request: TransportRequest): TransportResponse | undefined {
    if (!mayBeStale(request)) return undefined;
    const known = this.#known.get(keyOf(request));
    if (known === undefined || this.#storm.clock.now() - known.at > MOST_STALE_MILLIS) return undefined;
    const strike = this.#storm.roll("staleList", this.#user, CHANCE);
    if (strike === undefined) return undefined;
    const age = ((this.#storm.clock.now() - known.at) / 1000).toFixed(1);
    this.#storm.tell(strike, `GET ${request.path}: answered with the state of ${age} s ago`);
    return known.response;
  }

  /** Pass the answer on, and keep it. */
  async remember(request: TransportRequest, answer: Promise<TransportResponse>): Promise<TransportResponse> {
    if (!mayBeStale(request)) return answer;
    const at = this.#storm.clock.now();
    const response = await answer;
    if (response.status === 200) this.#known.set(keyOf(request), { response, at });
    return response;
  }
}

const mayBeStale = ({ method, query = {} }: TransportRequest): boolean =>
  method === "GET" && query["resourceVersion"] === "0" && (query["resourceVersionMatch"] ?? "NotOlderThan") !== "Exact";

const keyOf = ({ path, query, accept }: TransportRequest): string => JSON.stringify([path, query, accept]);

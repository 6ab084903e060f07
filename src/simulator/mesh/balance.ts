/** Which pod of a cluster takes a request. */
import type { Random } from "../../runtime/random.ts";
import type { Cluster, Endpoint } from "./clusters.ts";
import { type Headers, headerText } from "./headerEdits.ts";
import { queryOf } from "./match.ts";
import type { HashKey } from "./policies.ts";

/** What the proxy knows of its own doings. */
export interface Load {
  /** How many requests went to the cluster before. */
  readonly turn: number;
  /** How many are under way to an endpoint. */
  active(endpoint: Endpoint): number;
  /** Endpoints that failed this request already. Taken only where there is no other. */
  readonly avoid: ReadonlySet<Endpoint>;
  /** What a client is recognised by, where the cluster asks for that. */
  readonly key: string | undefined;
  readonly dice: Random;
}

/** One endpoint; undefined where the cluster has none. */
export function pickEndpoint({ endpoints, balance }: Cluster, load: Load): Endpoint | undefined {
  const others = load.avoid.size === 0 ? endpoints : endpoints.filter((endpoint) => !load.avoid.has(endpoint));
  const choices = others.length > 0 ? others : endpoints;
  const anyOne = () => choices[Math.floor(load.dice.next() * choices.length)];
  if (choices.length <= 1) return choices[0];
  switch (balance.kind) {
    case "round robin":
      return choices[load.turn % choices.length];
    case "random":
      return anyOne();
    case "hash":
      return load.key === undefined ? anyOne() : stickiest(choices, load.key);
    case "least request": {
      // The better of two at random, as Envoy does it: nearly as good as the best, and no herd.
      const [one, other] = [anyOne(), anyOne()];
      return one && other && load.active(other) < load.active(one) ? other : one;
    }
  }
}

/** Every key has its own order of endpoints, so that one that goes takes only its own clients along. */
function stickiest(endpoints: readonly Endpoint[], key: string): Endpoint | undefined {
  let best: { readonly endpoint: Endpoint; readonly score: number } | undefined;
  for (const endpoint of endpoints) {
    const score = hash(`${endpoint.address}:${endpoint.port} ${key}`);
    if (best === undefined || score > best.score) best = { endpoint, score };
  }
  return best?.endpoint;
}

/** FNV-1a with a last stir, since its high bits hardly change with the last letters. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 13), 0xc2b2ae35);
  return (value ^ (value >>> 16)) >>> 0;
}

/** What a client is recognised by, and the cookie it has to be given for the next time. */
export interface Stickiness {
  readonly key: string | undefined;
  readonly setCookie: string | undefined;
}

export function stickinessOf(
  by: HashKey,
  request: { readonly headers: Headers; readonly path: string; readonly source: string },
  dice: Random,
): Stickiness {
  switch (by.kind) {
    case "header":
      return { key: headerText(request.headers[by.name]), setCookie: undefined };
    case "query":
      return { key: queryOf(request.path).get(by.name), setCookie: undefined };
    case "source":
      return { key: request.source, setCookie: undefined };
    case "cookie": {
      const known = cookieOf(headerText(request.headers["cookie"]) ?? "", by.name);
      if (known !== undefined || by.ttlMillis === undefined) return { key: known, setCookie: undefined };
      const key = Math.floor(dice.next() * 2 ** 52)
        .toString(16)
        .padStart(16, "0");
      const age = by.ttlMillis > 0 ? `; Max-Age=${Math.floor(by.ttlMillis / 1000)}` : "";
      const path = by.path === undefined ? "" : `; Path=${by.path}`;
      return { key, setCookie: `${by.name}="${key}"${age}${path}; HttpOnly` };
    }
  }
}

function cookieOf(cookies: string, name: string): string | undefined {
  for (const part of cookies.split(";")) {
    const at = part.indexOf("=");
    if (at > 0 && part.slice(0, at).trim() === name)
      return part
        .slice(at + 1)
        .trim()
        .replaceAll('"', "");
  }
  return undefined;
}

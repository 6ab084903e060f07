import { UnavailableError } from "../../control/errors.ts";
import { listRequest, parseList } from "../../runtime/collection.ts";
import { keyOf, type Store } from "../../runtime/store.ts";
import type { Transport } from "../../runtime/transport.ts";
import { collectionPath } from "./kinds.ts";

/** For each page. */
const DEADLINE_MILLIS = 10_000;

export interface CatchUpOptions {
  readonly transport: Transport;
  readonly store: Pick<Store, "writeThrough" | "keepOnly">;
  /** Undefined: all namespaces. */
  readonly namespace: string | undefined;
  /** Ends it before its time: the promise rejects, and what was read by then is kept. */
  readonly signal?: AbortSignal;
}

/**
 * Read every Canary as the API server has it now, and forget those that it has no more. A watch that lags shows what a
 * predecessor wrote before its last word, and a status that nobody changes is never compared with the server's: its level
 * would be applied again, however old. Rejects where the server does not answer so: with UnavailableError, or with what the
 * transport says.
 */
export async function catchUp({ transport, store, namespace, signal }: CatchUpOptions): Promise<void> {
  const path = collectionPath("Canary", namespace);
  const listed = new Set<string>();
  let version: string | undefined;
  let token: string | undefined;
  do {
    const request = { ...listRequest({ path }, token), timeoutMillis: DEADLINE_MILLIS };
    const { status, body } = await transport.request(signal === undefined ? request : { ...request, signal });
    // The kind is not installed: nobody can have written one.
    if (status === 404) return;
    const list = status === 200 ? parseList(body) : undefined;
    if (list === undefined) throw new UnavailableError(`list Canaries: the server answered ${status}`);
    for (const object of list.items) {
      listed.add(keyOf(object));
      store.writeThrough(object);
    }
    // All pages are of the moment of the first.
    version ??= list.version;
    token = list.token;
  } while (token !== undefined);
  store.keepOnly(listed, version);
}

import { UnavailableError } from "../../control/errors.ts";
import { listRequest, parseList } from "../../runtime/collection.ts";
import type { KubeObject, Transport } from "../../runtime/transport.ts";
import { collectionPath } from "./kinds.ts";

const DEADLINE_MILLIS = 10_000;

export interface CatchUpOptions {
  readonly transport: Transport;
  readonly store: { writeThrough(object: KubeObject): unknown };
  /** Undefined: all namespaces. */
  readonly namespace: string | undefined;
}

/**
 * Read every Canary as the API server has it now. A watch that lags shows what a predecessor wrote before its last word,
 * and a status that nobody changes is never compared with the server's: its level would be applied again, however old.
 * Rejects with UnavailableError where the server does not answer so.
 */
export async function catchUp({ transport, store, namespace }: CatchUpOptions): Promise<void> {
  const path = collectionPath("Canary", namespace);
  let token: string | undefined;
  do {
    const { status, body } = await transport.request({
      ...listRequest({ path }, token),
      timeoutMillis: DEADLINE_MILLIS,
    });
    const list = status === 200 ? parseList(body) : undefined;
    if (list === undefined) throw new UnavailableError(`list Canaries: the server answered ${status}`);
    for (const object of list.items) store.writeThrough(object);
    token = list.token;
  } while (token !== undefined);
}

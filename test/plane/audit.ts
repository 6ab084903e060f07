/** Who asked the API server for what, and how often: read from its own audit log, so no client can miscount itself. */
import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";

/** The API server writes its log in batches; this is a little longer than a batch may wait. */
const flushMillis = 400;

export interface AuditCount {
  readonly user: string;
  readonly userAgent: string;
  readonly verb: string;
  /** With the subresource, as in `canaries/status`. */
  readonly resource: string;
  readonly code: number;
  readonly count: number;
}

interface AuditLine {
  readonly userAgent?: string;
  readonly verb: string;
  readonly user: { readonly username: string };
  readonly objectRef?: { readonly resource?: string; readonly subresource?: string };
  readonly responseStatus?: { readonly code?: number };
}

/** Requests answered since the log began, most frequent first. */
export async function countAudit(logFile: string): Promise<AuditCount[]> {
  await sleep(flushMillis);
  const counts = new Map<string, AuditCount>();
  for await (const line of createInterface({ input: createReadStream(logFile), crlfDelay: Number.POSITIVE_INFINITY })) {
    if (!line.endsWith("}")) continue; // The last line may be half written.
    const { userAgent = "", verb, user, objectRef, responseStatus } = JSON.parse(line) as AuditLine;
    const { resource = "", subresource } = objectRef ?? {};
    const key = {
      user: user.username,
      userAgent,
      verb,
      resource: subresource ? `${resource}/${subresource}` : resource,
    };
    const entry = { ...key, code: responseStatus?.code ?? 0 };
    const name = JSON.stringify(entry);
    counts.set(name, { ...entry, count: (counts.get(name)?.count ?? 0) + 1 });
  }
  return [...counts.values()].sort((a, b) => b.count - a.count);
}

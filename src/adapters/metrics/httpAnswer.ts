import * as z from "zod";
import { type Duration, formatDuration } from "../../domain/time.ts";
import { answerSchema, refusalSchema, rejected, type Sample, sampleOf, unmeasurable } from "./sample.ts";

/** What is read of a thrown error: a response where there was one, else why there was none. */
export interface Failure {
  readonly code?: unknown;
  readonly message?: unknown;
  readonly response?: unknown;
}

const responseSchema = z.object({ status: z.number(), data: z.unknown(), headers: z.unknown() });
const MAX_QUOTED = 200;

/** What a 2xx answer means. A page of HTML is one too: a login page or a proxy's greeting. */
export function sampleOfBody(status: number, body: unknown, contentType: string): Sample {
  const answer = answerSchema.safeParse(body);
  if (answer.success) return sampleOf(answer.data);
  if (typeof body === "string")
    return unmeasurable(
      `the server answered ${status} with ${contentType || "a text"}, which is no answer of Prometheus; is the address right?`,
    );
  const [issue] = answer.error.issues;
  return unmeasurable(
    `the server answered ${status} with something else than Prometheus does: ${issue?.path.join(".") ?? ""} ${issue?.message ?? ""}`,
  );
}

/** What a refusal, or no answer at all, means. */
export function sampleOfFailure(failure: Failure): Sample {
  const response = responseSchema.safeParse(failure.response);
  if (response.success) return sampleOfRefusal(response.data);
  const code = typeof failure.code === "string" ? `${failure.code} ` : "";
  const message = typeof failure.message === "string" ? failure.message : "";
  return unmeasurable(`no answer from the metrics server: ${quoted(`${code}${message}`.trim() || "unknown error")}`);
}

/** What it means that nothing came. */
export const sampleOfSilence = (deadline: Duration): Sample =>
  unmeasurable(`no answer within ${formatDuration(deadline)}`);

/** Asked to see whether there is a server that answers. */
export const PING = "vector(1)";

/** What keeps a server from answering 1 to that, or undefined when nothing does. */
export function faultOfPing(sample: Sample): string | undefined {
  if (sample.kind !== "value") return sample.why;
  return sample.value === 1 ? undefined : `the server answered ${sample.value} to ${PING}`;
}

function sampleOfRefusal({ status, data, headers }: z.infer<typeof responseSchema>): Sample {
  const refusal = refusalSchema.safeParse(data);
  const said = refusal.success ? `${refusal.data.errorType}: ${refusal.data.error}` : pageTitle(data);
  const why = `the server answered ${status}${said === "" ? "" : `: ${quoted(said)}`}`;
  // Only a query that cannot be read stays wrong. Not found, forbidden and the rest may be a proxy's bad moment.
  if (status === 400 && refusal.success && refusal.data.errorType === "bad_data") return rejected(why);
  const retryAfterMillis = readRetryAfter({ ...Object(headers) });
  return retryAfterMillis === undefined ? unmeasurable(why) : { kind: "unmeasurable", why, retryAfterMillis };
}

/** Seconds, or a date, which is measured against the server's own clock: ours may differ. */
function readRetryAfter(headers: Readonly<Record<string, unknown>>): number | undefined {
  const text = String(headers["retry-after"] ?? "");
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000;
  const wait = Date.parse(text) - Date.parse(String(headers["date"] ?? ""));
  return Number.isNaN(wait) ? undefined : Math.max(0, wait);
}

function pageTitle(body: unknown): string {
  if (typeof body !== "string") return "";
  return /<title>([^<]*)<\/title>/i.exec(body)?.[1] ?? body;
}

function quoted(text: string): string {
  const line = text.replace(/\s+/g, " ").trim();
  return line.length > MAX_QUOTED ? `${line.slice(0, MAX_QUOTED)}…` : line;
}

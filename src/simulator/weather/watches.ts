import type { Clock } from "../../runtime/clock.ts";
import {
  type Transport,
  TransportError,
  type WatchEvent,
  WatchRefusedError,
  type WatchRequest,
} from "../../runtime/transport.ts";
import { gone, serverError, throttled } from "./answers.ts";
import type { Strike } from "./faults.ts";
import type { Skies } from "./skies.ts";
import type { Storm } from "./storm.ts";
import { streamOf } from "./stream.ts";
import { planStream } from "./streamPlan.ts";

export interface WatchesOptions {
  readonly inner: Transport;
  readonly user: string;
  readonly storm: Storm;
  readonly skies: Skies;
}

/** At full intensity, for each watch that is opened. */
const REFUSED_CHANCE = 0.3;
const GONE_CHANCE = 0.1;

/** Open one watch in bad weather. */
export async function* stormyWatch(options: WatchesOptions, request: WatchRequest): AsyncGenerator<WatchEvent, void> {
  const { inner, storm } = options;
  if (request.signal?.aborted) throw new TransportError(`watch ${request.path}: aborted`);
  await meetOutage(options, request);
  const end = meetRefusal(options, request);
  if (end !== undefined) yield end;
  if (end !== undefined) return;
  const plan = planStream(request, options);
  if (plan === undefined) yield* inner.watch(request);
  else yield* streamOf({ inner, clock: storm.clock, plan, stormEndsAtMillis: storm.endsAtMillis }, request);
}

/** A partition is none: what is sent through one arrives when it is over, or its sender loses patience. */
async function meetOutage(
  { skies, storm }: WatchesOptions,
  { path, idleTimeoutMillis, signal }: WatchRequest,
): Promise<void> {
  const blockade = skies.blockade();
  if (blockade === undefined || blockade.spell.kind === "partition") return;
  const { manner, spell } = blockade;
  if (manner === "unavailable") throw new WatchRefusedError(`watch ${path}: no healthy upstream`, 503);
  if (manner === "refused") throw new TransportError(`watch ${path}: connect ECONNREFUSED`);
  const lastsMillis = spell.to - storm.clock.now();
  await wait(storm.clock, Math.min(lastsMillis, idleTimeoutMillis), signal);
  const why = signal?.aborted ? "aborted" : lastsMillis < idleTimeoutMillis ? "read ECONNRESET" : "the watch is silent";
  throw new TransportError(`watch ${path}: ${why}`);
}

/** Throws where the watch is refused; answers the one event of a watch that cannot go on from where it was. */
function meetRefusal({ storm, user }: WatchesOptions, request: WatchRequest): WatchEvent | undefined {
  const { path, query = {} } = request;
  const place = `${user} ${path}`;
  const refused = storm.roll("watchRefused", user, REFUSED_CHANCE, place);
  if (refused !== undefined) throw refusal(storm, refused, path);
  // Whoever names no version cannot be told that it is too old.
  if ((query["resourceVersion"] ?? "0") === "0") return undefined;
  const strike = storm.roll("watchGone", user, GONE_CHANCE, `${place} opening`);
  if (strike === undefined) return undefined;
  storm.tell(strike, `watch ${path}: 410 on opening`);
  if (strike.random.next() < 0.5) throw new WatchRefusedError(`watch ${path}: too old resource version`, 410);
  return gone();
}

function refusal(storm: Storm, strike: Strike, path: string): WatchRefusedError {
  const { random } = strike;
  const { status, retryAfterSeconds } =
    random.next() < 0.6 ? throttled(random) : serverError(random, "nothing was done");
  storm.tell(strike, `watch ${path}: refused with ${status}`);
  return new WatchRefusedError(`watch ${path}: ${status}`, status, retryAfterSeconds);
}

/** So many milliseconds, or until aborted. */
function wait(clock: Clock, millis: number, signal: AbortSignal | undefined): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const wake = (): void => resolve();
  const cancel = clock.setTimer(millis, wake);
  signal?.addEventListener("abort", wake, { once: true });
  return promise.finally(() => {
    cancel();
    signal?.removeEventListener("abort", wake);
  });
}

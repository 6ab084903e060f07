/** Sends many requests along a flow at once: tried, tried again, mirrored, and counted. */
import type { Random } from "../../runtime/random.ts";
import { type TryOutcome, wantsRetry } from "../mesh/retryPolicy.ts";
import type { PodGroup, Tally } from "./counters.ts";
import { binomial } from "./draw.ts";
import { type Flow, REFUSED, TOO_LATE, type Upstream } from "./flow.ts";
import { shareOver } from "./latency.ts";
import type { LivePod } from "./livePod.ts";

export interface Sending {
  readonly dice: Random;
  /** When it is, on the monotonic scale and as the time of day. */
  readonly monotonicMillis: number;
  readonly nowMillis: number;
  /** Of the proxy. */
  readonly tally: Tally;
  /** What became of so many requests. */
  readonly ended: (outcome: "answered" | "failed" | "lost", count: number, group?: PodGroup, why?: string) => void;
}

export function send(flow: Flow, count: number, sending: Sending): void {
  let left = count;
  for (const { share, end } of flow) {
    if (left === 0) return;
    const taken = binomial(left, share, sending.dice);
    if (taken === 0) continue;
    left -= taken;
    if (end.kind === "upstream") {
      mirror(end, taken, sending);
      attempt(end, taken, { tries: 1, failed: [] }, sending);
    } else {
      sending.tally.add(end.key, taken, 0);
      sending.ended(end.outcome, taken, undefined, end.why);
    }
  }
}

interface History {
  /** Which try this is, from 1. */
  readonly tries: number;
  /** Places of the endpoints that had these requests, the one that has them now included. */
  readonly failed: readonly number[];
}

const CONNECT_FAILURE: TryOutcome = { kind: "connect failure" };
const TIMED_OUT: TryOutcome = { kind: "per-try timeout" };
const ERROR: TryOutcome = { kind: "response", status: 500, grpcStatus: undefined };

function attempt(upstream: Upstream, count: number, history: History, sending: Sending): void {
  const { pods } = upstream;
  // Where nobody is at home no retry helps.
  if (!pods.some(isHome)) {
    lose(upstream, pods[0], count, REFUSED, 0, sending);
    return;
  }
  const isAvoiding = upstream.retries?.ignoresPreviousHosts === true && history.failed.length < pods.length;
  const avoided = isAvoiding ? history.failed : [];
  let left = count;
  let others = pods.length - avoided.length;
  for (const [place, pod] of pods.entries()) {
    if (avoided.includes(place)) continue;
    const taken = binomial(left, 1 / others, sending.dice);
    others -= 1;
    if (taken === 0) continue;
    left -= taken;
    tryPod(upstream, pod, taken, { tries: history.tries, failed: [...history.failed, place] }, sending);
    if (left === 0) return;
  }
}

const isHome = (pod: LivePod | undefined): pod is LivePod => pod?.isServing === true;

/** Who is known by a hash comes to the same pod again. */
function retry(upstream: Upstream, pod: LivePod | undefined, count: number, next: History, sending: Sending): void {
  if (upstream.cluster.balance.kind === "hash") tryPod(upstream, pod, count, next, sending);
  else attempt(upstream, count, next, sending);
}

function tryPod(upstream: Upstream, pod: LivePod | undefined, count: number, history: History, sending: Sending): void {
  const next = { tries: history.tries + 1, failed: history.failed };
  if (!isHome(pod)) {
    if (mayRetry(upstream, CONNECT_FAILURE, history)) retry(upstream, pod, count, next, sending);
    else lose(upstream, pod, count, REFUSED, 0, sending);
    return;
  }
  const { errorShare, latencyMillis } = pod.moodAt(sending.monotonicMillis, sending.nowMillis);
  const late = lateOf(upstream, count, latencyMillis, sending);
  const failed = binomial(count - late, errorShare, sending.dice);
  const answered = count - late - failed;
  answer(upstream, pod, { count: answered, code: 200, millis: latencyMillis }, sending);
  if (late > 0) expire(upstream, pod, late, history, sending);
  if (failed === 0) return;
  pod.tally.add(keyOf(upstream, pod, 500), failed, latencyMillis);
  if (mayRetry(upstream, ERROR, history)) retry(upstream, pod, failed, next, sending);
  else {
    sending.tally.add(keyOf(upstream, pod, 500), failed, latencyMillis);
    sending.ended("failed", failed, pod.group);
  }
}

function answer(
  upstream: Upstream,
  pod: LivePod,
  { count, code, millis }: { readonly count: number; readonly code: number; readonly millis: number },
  { tally, ended }: Sending,
): void {
  if (count === 0) return;
  const key = keyOf(upstream, pod, code);
  pod.tally.add(key, count, millis);
  tally.add(key, count, millis);
  ended("answered", count, pod.group);
}

/** How many take longer than the proxy waits. */
function lateOf({ timeoutMillis, retries }: Upstream, count: number, latencyMillis: number, { dice }: Sending): number {
  const limit = Math.min(timeoutMillis ?? Number.POSITIVE_INFINITY, retries?.perTryMillis ?? Number.POSITIVE_INFINITY);
  return Number.isFinite(limit) ? binomial(count, shareOver(limit, latencyMillis), dice) : 0;
}

/** The pod sees its client go away. */
function expire(upstream: Upstream, pod: LivePod, count: number, history: History, sending: Sending): void {
  const { timeoutMillis, retries } = upstream;
  const tryMillis = retries?.perTryMillis ?? Number.POSITIVE_INFINITY;
  const limit = Math.min(timeoutMillis ?? Number.POSITIVE_INFINITY, tryMillis);
  pod.tally.add(keyOf(upstream, pod, 0, "DC"), count, limit);
  const isTryOnly = tryMillis < (timeoutMillis ?? Number.POSITIVE_INFINITY);
  const next = { tries: history.tries + 1, failed: history.failed };
  if (isTryOnly && mayRetry(upstream, TIMED_OUT, history)) retry(upstream, pod, count, next, sending);
  else lose(upstream, pod, count, TOO_LATE, limit, sending);
}

function lose(
  upstream: Upstream,
  pod: LivePod | undefined,
  count: number,
  { status, flags, body }: { readonly status: number; readonly flags: string; readonly body: string },
  millis: number,
  { tally, ended }: Sending,
): void {
  const { cluster, gateway } = upstream;
  tally.add({ service: cluster.service, group: pod?.group, gateway, code: status, flags }, count, millis);
  ended("lost", count, undefined, body);
}

function mayRetry({ retries }: Upstream, outcome: TryOutcome, { tries }: History): boolean {
  return retries !== undefined && tries <= retries.attempts && wantsRetry(retries, outcome);
}

/** Copies whose answers nobody sees but the pods' own counters. */
function mirror({ mirrors }: Upstream, count: number, sending: Sending): void {
  for (const { share, upstream } of mirrors) {
    const copies = binomial(count, share, sending.dice);
    if (copies > 0 && upstream.pods.length > 0) copyTo(upstream, copies, sending);
  }
}

function copyTo(upstream: Upstream, count: number, { dice, monotonicMillis, nowMillis }: Sending): void {
  let left = count;
  for (const [place, pod] of upstream.pods.entries()) {
    const taken = binomial(left, 1 / (upstream.pods.length - place), dice);
    left -= taken;
    if (taken === 0 || pod === undefined || !pod.isServing) continue;
    const { errorShare, latencyMillis } = pod.moodAt(monotonicMillis, nowMillis);
    const failed = binomial(taken, errorShare, dice);
    if (failed > 0) pod.tally.add(keyOf(upstream, pod, 500), failed, latencyMillis);
    if (taken > failed) pod.tally.add(keyOf(upstream, pod, 200), taken - failed, latencyMillis);
  }
}

function keyOf({ cluster, gateway }: Upstream, { group }: LivePod, code: number, flags = "-") {
  return { service: cluster.service, group, gateway, code, flags };
}

/** A client as users are: sends at a fixed rate whatever the answers, and counts every request that got none from a pod. */
import { Agent } from "undici";

export interface TrafficOptions {
  /** The gateway's address, such as http://10.0.0.1:8080. */
  readonly url: string;
  readonly host: string;
  readonly ratePerSecond?: number;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly timeoutMillis?: number;
}

export interface Answer {
  /** When it was sent, as `Date.now()` counts. */
  readonly sentAt: number;
  readonly millis: number;
  /** Undefined when there was no response at all. */
  readonly status: number | undefined;
  /** Which version answered; undefined when no pod did. */
  readonly version: string | undefined;
  readonly pod: string | undefined;
  /** Why it is lost: a connection error, a time-out, or the gateway's own refusal. */
  readonly lost: string | undefined;
}

export interface Summary {
  readonly sent: number;
  /** Answered by a pod, with success. */
  readonly ok: number;
  /** Answered by no pod: what a rollout must never cause. */
  readonly lost: number;
  readonly byVersion: Readonly<Record<string, number>>;
  /** Responses of 500 and above that a pod made itself. */
  readonly errorsByVersion: Readonly<Record<string, number>>;
  readonly lostBecause: Readonly<Record<string, number>>;
}

export interface Traffic {
  readonly answers: readonly Answer[];
  /** Of the requests sent from then on; times as `Date.now()` counts. */
  since(from: number): Summary;
  between(from: number, to: number): Summary;
  all(): Summary;
  /** Sends no more, and resolves when the last one is answered. */
  stop(): Promise<Summary>;
}

export function startTraffic(options: TrafficOptions): Traffic {
  const { url, host, ratePerSecond = 50, path = "/", headers = {}, timeoutMillis = 5000 } = options;
  // Kept-alive connections, as browsers and load balancers hold them; enough that a slow answer delays no other request.
  const agent = new Agent({ connections: 64, keepAliveTimeout: 60_000, connect: { timeout: timeoutMillis } });
  const answers: Answer[] = [];
  const flying = new Set<Promise<void>>();

  const send = async (): Promise<void> => {
    const sentAt = Date.now();
    const began = performance.now();
    const record = (answer: Omit<Answer, "sentAt" | "millis">) => {
      answers.push({ sentAt, millis: performance.now() - began, ...answer });
    };
    try {
      const request = { origin: url, path, method: "GET" as const, headers: { ...headers, host } };
      const response = await agent.request({ ...request, signal: AbortSignal.timeout(timeoutMillis) });
      const { statusCode: status } = response;
      const version = headerOf(response.headers["x-version"]);
      const pod = headerOf(response.headers["x-pod"]);
      const body = await response.body.text();
      const lost = version === undefined ? `${status} from the gateway: ${body.slice(0, 80)}` : undefined;
      record({ status, version, pod, lost });
    } catch (error) {
      const lost = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
      record({ status: undefined, version: undefined, pod: undefined, lost });
    }
  };

  // The open loop: a tick sends whatever is due by the clock, so that a slow machine lowers no rate.
  const began = performance.now();
  let sent = 0;
  const timer = setInterval(
    () => {
      const due = Math.floor(((performance.now() - began) * ratePerSecond) / 1000);
      for (; sent < due; sent += 1) {
        const flight = send().finally(() => flying.delete(flight));
        flying.add(flight);
      }
    },
    Math.min(20, 1000 / ratePerSecond),
  );

  const between = (from: number, to: number) =>
    summarise(answers.filter(({ sentAt }) => sentAt >= from && sentAt < to));
  return {
    answers,
    between,
    since: (from) => between(from, Number.POSITIVE_INFINITY),
    all: () => summarise(answers),
    async stop() {
      clearInterval(timer);
      await Promise.all(flying);
      await agent.close();
      return summarise(answers);
    },
  };
}

export function summarise(answers: readonly Answer[]): Summary {
  const byVersion: Record<string, number> = {};
  const errorsByVersion: Record<string, number> = {};
  const lostBecause: Record<string, number> = {};
  const count = (table: Record<string, number>, key: string) => {
    table[key] = (table[key] ?? 0) + 1;
  };
  let ok = 0;
  let lost = 0;
  for (const answer of answers) {
    if (answer.lost !== undefined) {
      lost += 1;
      count(lostBecause, answer.lost);
    } else if (answer.version !== undefined) {
      count(byVersion, answer.version);
      if ((answer.status ?? 0) >= 500) count(errorsByVersion, answer.version);
      else ok += 1;
    }
  }
  return { sent: answers.length, ok, lost, byVersion, errorsByVersion, lostBecause };
}

/**
 * Whether `count` of `total` is what a share would give by chance alone, two-sided: a true share is refused about once in ten
 * thousand times. Exact, since at shares near 0 and 1 the normal curve is not.
 */
export function withinBinomial(count: number, total: number, share: number, doubt = 1e-4): boolean {
  if (share <= 0) return count === 0;
  if (share >= 1) return count === total;
  return atMost(count, total, share) > doubt / 2 && atMost(total - count, total, 1 - share) > doubt / 2;
}

/** P(X ≤ count), summed from logarithms so that it neither overflows nor vanishes. */
function atMost(count: number, total: number, share: number): number {
  let logTerm = total * Math.log1p(-share);
  let sum = Math.exp(logTerm);
  for (let k = 1; k <= count; k += 1) {
    logTerm += Math.log(((total - k + 1) / k) * (share / (1 - share)));
    sum += Math.exp(logTerm);
  }
  return sum;
}

function headerOf(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}

/** What a trial remembers of a rollout: what was decided and when, and what became of the requests meanwhile. */
import { objectOr, textOr } from "../../resources/wire.ts";
import type { Log, LogFields } from "../../runtime/log.ts";
import type { KubeObject } from "../../runtime/transport.ts";
import { numberAt, objectsAt, textAt } from "../../simulator/api/json.ts";
import type { RequestBatch, Watcher, WriteSeen } from "../../simulator/happening.ts";
import { QUIET_LOG } from "../quietLog.ts";
import { addTo, noRequests, type Requests } from "./slices.ts";

/** Something that a person would see in `kubectl describe`, or in the status. */
export interface Entry {
  /** Since the release. */
  readonly atMillis: number;
  /** The last of several that say the same. */
  untilMillis: number;
  times: number;
  /** `said`: an Event. `verdict`: a round of measurements was judged. */
  readonly kind: "said" | "verdict";
  readonly tone: "good" | "bad" | "neutral";
  /** The canary's, in percent: once this holds, and of a verdict, at which it was measured. */
  readonly weight: number;
  readonly failedChecks: number;
  readonly sentence: string;
}

/** The canary's share in percent, from this moment on. */
export interface WeightChange {
  readonly atMillis: number;
  readonly weight: number;
}

/** The most that the canary's weight is within a stretch of time. */
export function mostWeight(weights: readonly WeightChange[], fromMillis: number, toMillis: number): number {
  const before = weights.findLast(({ atMillis }) => atMillis <= fromMillis);
  const within = weights.filter(({ atMillis }) => atMillis > fromMillis && atMillis < toMillis);
  return Math.max(before?.weight ?? 0, ...within.map(({ weight }) => weight));
}

/** What is watched, and what is known of it beforehand. */
export interface Watched {
  readonly namespace: string;
  readonly name: string;
  readonly newVersion: string;
  /** Names of the metrics whose answers are made up. */
  readonly madeUp: ReadonlySet<string>;
}

/** Watches one Canary from its first status on. Times are since the release, or since the life began before there was one. */
export class RolloutRecord implements Watcher {
  readonly entries: Entry[] = [];
  readonly weights: WeightChange[] = [];
  readonly requests: Requests = noRequests();
  /** Of the controller: takes in what it announces. */
  readonly log: Log;
  /** As it stands now. */
  status: Readonly<{ [field: string]: unknown }> = {};
  /** When the status last said another stage. */
  stageSinceMillis = 0;
  /** Whether a run began since the release. */
  hasBegun = false;
  readonly #watched: Watched;
  readonly #now: () => number;
  #releasedMillis: number | undefined;

  constructor(watched: Watched, now: () => number) {
    this.#watched = watched;
    this.#now = now;
    this.log = { ...QUIET_LOG, info: (fields, message) => this.#hear(fields, message), child: () => this.log };
  }

  /** From now on it is told. */
  release(): void {
    this.#releasedMillis = this.#now();
    this.weights.push({ atMillis: 0, weight: this.weight });
  }

  get weight(): number {
    return numberAt(this.status, "canaryWeight") ?? 0;
  }

  get stage(): string {
    return textAt(this.status, "stage") ?? "";
  }

  wrote({ kind, namespace, name, after, atMillis }: WriteSeen): void {
    if (kind !== "Canary" || name !== this.#watched.name || namespace !== this.#watched.namespace) return;
    this.#take(objectOr(after?.["status"]), atMillis);
  }

  served(batch: RequestBatch): void {
    const { newVersion } = this.#watched;
    const releasedMillis = this.#releasedMillis;
    if (releasedMillis !== undefined && batch.toMillis > releasedMillis)
      addTo(this.requests, batch, { newVersion, releasedMillis });
  }

  #take(status: Readonly<{ [field: string]: unknown }>, atMillis: number): void {
    const before = this.status;
    this.status = status;
    if (textAt(before, "stage") !== this.stage) this.stageSinceMillis = atMillis;
    if (this.#releasedMillis === undefined) return;
    if (status["startedAt"] !== undefined) this.hasBegun = true;
    const since = atMillis - this.#releasedMillis;
    const weight = numberAt(before, "canaryWeight") ?? 0;
    if (weight !== this.weight) this.weights.push({ atMillis: since, weight: this.weight });
    if (newestRound(before) !== newestRound(status) && newestRound(status) !== undefined) this.#judge(since, weight);
  }

  #judge(atMillis: number, weight: number): void {
    const metrics = objectsAt(this.status, "metrics");
    const verdicts = metrics.map(({ verdict }) => verdict);
    const failedChecks = numberAt(this.status, "failedChecks") ?? 0;
    const isPass = verdicts.every((verdict) => verdict === "pass");
    const worst = ["fail", "unmeasurable", "noData"].find((verdict) => verdicts.includes(verdict));
    const told = metrics.filter(({ verdict }) => isPass || verdict === worst).map((metric) => this.#inWords(metric));
    const tone = isPass ? "good" : worst === "fail" ? "bad" : "neutral";
    this.#tell({ kind: "verdict", tone, atMillis, weight, failedChecks, sentence: told.join(", ") });
  }

  #inWords(metric: object): string {
    const name = textAt(metric, "name") ?? "";
    return this.#watched.madeUp.has(name) ? `${name} (not simulated)` : (textAt(metric, "message") ?? "");
  }

  #hear({ canary, type, message }: LogFields, phrase: string): void {
    const { namespace, name } = this.#watched;
    if (phrase !== "announced" || canary !== `${name}.${namespace}` || this.#releasedMillis === undefined) return;
    const sentence = textOr(message) ?? "";
    // The verdict says it already, and says more.
    if (/^Halt .*advancement/.test(sentence) && this.entries.at(-1)?.kind === "verdict") return;
    const tone = type === "Warning" ? "bad" : /^Promotion completed/.test(sentence) ? "good" : "neutral";
    const failedChecks = numberAt(this.status, "failedChecks") ?? 0;
    const { weight } = this;
    this.#tell({ kind: "said", tone, atMillis: this.#now() - this.#releasedMillis, weight, failedChecks, sentence });
  }

  #tell(told: Omit<Entry, "untilMillis" | "times">): void {
    const last = this.entries.at(-1);
    const isSame =
      last?.kind === told.kind && last.sentence === told.sentence && last.failedChecks === told.failedChecks;
    if (isSame) {
      last.untilMillis = told.atMillis;
      last.times += 1;
      return;
    }
    this.entries.push({ ...told, untilMillis: told.atMillis, times: 1 });
  }
}

/** When the measurements in a status were made. */
function newestRound(status: Readonly<{ [field: string]: unknown }>): string | undefined {
  return objectsAt(status, "metrics")
    .map((metric) => textAt(metric, "at") ?? "")
    .sort()
    .at(-1);
}

/** What stands in the way according to a status: sentences that begin with a field path. */
export function problemsIn(
  status: Readonly<{ [field: string]: unknown }>,
): readonly { readonly message: string; readonly severity: string }[] {
  return objectsAt(status, "problems").map((problem) => ({
    message: textAt(problem, "message") ?? "",
    severity: textAt(problem, "severity") ?? "",
  }));
}

/** Whether the status answers the Canary as it was applied. */
export const isAnswered = (canary: KubeObject | undefined): boolean =>
  numberAt(canary, "status", "observedGeneration") === canary?.metadata.generation;

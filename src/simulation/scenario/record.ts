/** What a trial remembers of a rollout: what was decided and when, and what became of the requests meanwhile. */
import { objectOr, textOr } from "../../resources/wire.ts";
import type { Log, LogFields } from "../../runtime/log.ts";
import type { KubeObject } from "../../runtime/transport.ts";
import { numberAt, objectsAt, textAt } from "../../simulator/api/json.ts";
import type { RequestBatch, Watcher, WriteSeen } from "../../simulator/happening.ts";
import { QUIET_LOG } from "../quietLog.ts";
import { RequestSlices } from "./slices.ts";

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
  /** The canary's, in percent, once this holds. */
  readonly weight: number;
  readonly failedChecks: number;
  readonly sentence: string;
}

/** The canary's share in percent, from this moment on. */
export interface WeightChange {
  readonly atMillis: number;
  readonly weight: number;
}

/** The canary's weight at a moment. */
export const weightAt = (weights: readonly WeightChange[], atMillis: number): number =>
  weights.findLast((change) => change.atMillis <= atMillis)?.weight ?? 0;

export interface Place {
  readonly namespace: string;
  readonly name: string;
}

/** Watches one Canary from its first status on. Times are since the release, or since the life began before there was one. */
export class RolloutRecord implements Watcher {
  readonly entries: Entry[] = [];
  readonly weights: WeightChange[] = [];
  readonly requests: RequestSlices;
  /** Of the controller: takes in what it announces. */
  readonly log: Log;
  /** As it stands now. */
  status: Readonly<{ [field: string]: unknown }> = {};
  /** When the status last said another stage. */
  stageSinceMillis = 0;
  /** Whether a run began since the release. */
  hasBegun = false;
  readonly #place: Place;
  readonly #now: () => number;
  #releasedMillis: number | undefined;

  constructor(place: Place, newVersion: string, now: () => number) {
    this.#place = place;
    this.#now = now;
    this.requests = new RequestSlices(newVersion);
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
    if (kind !== "Canary" || name !== this.#place.name || namespace !== this.#place.namespace) return;
    this.#take(objectOr(after?.["status"]), atMillis);
  }

  served(batch: RequestBatch): void {
    if (this.#releasedMillis !== undefined && batch.toMillis > this.#releasedMillis)
      this.requests.add(batch, this.#releasedMillis);
  }

  #take(status: Readonly<{ [field: string]: unknown }>, atMillis: number): void {
    const before = this.status;
    this.status = status;
    if (textAt(before, "stage") !== this.stage) this.stageSinceMillis = atMillis;
    if (this.#releasedMillis === undefined) return;
    if (status["startedAt"] !== undefined) this.hasBegun = true;
    const since = atMillis - this.#releasedMillis;
    if (numberAt(before, "canaryWeight") !== this.weight) this.weights.push({ atMillis: since, weight: this.weight });
    if (newestRound(before) !== newestRound(status) && newestRound(status) !== undefined) this.#judge(since);
  }

  #judge(atMillis: number): void {
    const metrics = objectsAt(this.status, "metrics");
    const verdicts = metrics.map(({ verdict }) => verdict);
    const failedChecks = numberAt(this.status, "failedChecks") ?? 0;
    const isPass = verdicts.every((verdict) => verdict === "pass");
    const worst = ["fail", "unmeasurable", "noData"].find((verdict) => verdicts.includes(verdict));
    const told = metrics
      .filter(({ verdict }) => isPass || verdict === worst)
      .map((metric) => textAt(metric, "message"));
    const tone = isPass ? "good" : worst === "fail" ? "bad" : "neutral";
    this.#tell({ kind: "verdict", tone, atMillis, failedChecks, sentence: told.join(", ") });
  }

  #hear({ canary, type, message }: LogFields, phrase: string): void {
    const { namespace, name } = this.#place;
    if (phrase !== "announced" || canary !== `${name}.${namespace}` || this.#releasedMillis === undefined) return;
    const sentence = textOr(message) ?? "";
    // The verdict says it already, and says more.
    if (/^Halt .*advancement/.test(sentence) && this.entries.at(-1)?.kind === "verdict") return;
    const tone = type === "Warning" ? "bad" : /^Promotion completed/.test(sentence) ? "good" : "neutral";
    const failedChecks = numberAt(this.status, "failedChecks") ?? 0;
    this.#tell({ kind: "said", tone, atMillis: this.#now() - this.#releasedMillis, failedChecks, sentence });
  }

  #tell(told: Omit<Entry, "untilMillis" | "times" | "weight">): void {
    const last = this.entries.at(-1);
    const isSame =
      last?.kind === told.kind && last.sentence === told.sentence && last.failedChecks === told.failedChecks;
    if (isSame) {
      last.untilMillis = told.atMillis;
      last.times += 1;
      return;
    }
    this.entries.push({ ...told, untilMillis: told.atMillis, times: 1, weight: this.weight });
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

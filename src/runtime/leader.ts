/** How patient an election is, in milliseconds. */
export interface LeaseDurations {
  /** How long a lease that is not renewed keeps others out. */
  readonly leaseMillis: number;
  /** How long its holder acts without having renewed it. The rest up to the lease is the margin for work in hand. */
  readonly renewDeadlineMillis: number;
  /** Between two looks at the lease, or two attempts to renew it. */
  readonly retryMillis: number;
}

/** As client-go has them. */
export const DEFAULT_DURATIONS: LeaseDurations = {
  leaseMillis: 15_000,
  renewDeadlineMillis: 10_000,
  retryMillis: 2_000,
};

/** What the shared record says. */
export interface LeaseRecord {
  /** Empty once its holder has let go. */
  readonly holder: string;
  readonly leaseMillis: number;
  /** Whatever changes with each write. Times in the record are other machines' times, and are never compared with ours. */
  readonly version: string;
}

/** Where one instance stands. All times are of its own monotonic clock. */
export type LeaderState =
  | { readonly name: "standby"; readonly seen: Sighting | undefined }
  | { readonly name: "leading"; readonly seen: Sighting; readonly provenUntil: number }
  /** Was leading and cannot prove it any longer. Like standby, but for whoever needs to tell the difference. */
  | { readonly name: "lost"; readonly seen: Sighting | undefined };

/** A record, and when we first saw it as it is. */
export interface Sighting {
  readonly record: LeaseRecord;
  readonly since: number;
}

/** What to do about the lease now. */
export type LeaderIntent = "create" | "take" | "renew" | "wait";

/** Nothing is known yet. */
export function beginStandby(): LeaderState {
  return { name: "standby", seen: undefined };
}

/**
 * The lease was read, and is so (or does not exist). `now` is the time when the answer was there: to count a competitor's
 * lease from later than it was renewed is safe, from earlier is not.
 */
export function observe(state: LeaderState, record: LeaseRecord | undefined, now: number): LeaderState {
  const fallen = state.name === "standby" ? "standby" : "lost";
  if (record === undefined) return { name: fallen, seen: undefined };
  const isSame = state.seen?.record.version === record.version;
  const seen = isSame && state.seen !== undefined ? state.seen : { record, since: now };
  if (state.name === "leading" && record.holder === state.seen.record.holder) return { ...state, seen };
  return { name: fallen, seen };
}

/** What to do. Only a record that we have watched without a change for its whole duration is up for taking. */
export function intentOf(state: LeaderState, identity: string, now: number): LeaderIntent {
  if (state.seen === undefined) return "create";
  const { record, since } = state.seen;
  if (record.holder === identity) return "renew";
  return record.holder === "" || now >= since + record.leaseMillis ? "take" : "wait";
}

/**
 * Our write was accepted. `sentAt` is when it was sent: the server may have stored it at any time since, so a competitor
 * may count from then on.
 */
export function written(record: LeaseRecord, sentAt: number, { renewDeadlineMillis }: LeaseDurations): LeaderState {
  return { name: "leading", seen: { record, since: sentAt }, provenUntil: sentAt + renewDeadlineMillis };
}

/** Time passed: who cannot prove to be leader is none. */
export function expire(state: LeaderState, now: number): LeaderState {
  return state.name === "leading" && now >= state.provenUntil ? { name: "lost", seen: state.seen } : state;
}

/** Whether this instance is certain, at this moment, that no other acts. */
export function mayAct(state: LeaderState, now: number): boolean {
  return state.name === "leading" && now < state.provenUntil;
}

/** Throws where these durations could let two act at once, or never let one act for long. */
export function checkDurations({ leaseMillis, renewDeadlineMillis, retryMillis }: LeaseDurations): void {
  if (leaseMillis <= renewDeadlineMillis) throw new RangeError("the lease must outlast the renew deadline");
  if (renewDeadlineMillis <= retryMillis * 1.2) throw new RangeError("the renew deadline must leave time for a retry");
  if (retryMillis <= 0) throw new RangeError("the retry period must be positive");
}

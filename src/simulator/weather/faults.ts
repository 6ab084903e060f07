import type { Random } from "../../runtime/random.ts";

/** Everything that can go wrong, by name. What each does is said once, here; how often, where it is done. */
export const FAULT_KINDS = {
  slowRequest: "a request takes long to reach the API server, at times longer than its client waits",
  slowAnswer: "an answer takes long to come back, at times longer than its client waits",
  timeoutBefore: "a request never reaches the API server, and its client waits in vain",
  timeoutAfter: "a write takes effect, and its client waits in vain for the answer",
  lateWrite: "a write takes effect shortly after its client gave it up",
  conflict: "409: somebody else wrote the object at the same time",
  throttled: "429 with Retry-After, and nothing was done",
  serverErrorBefore: "500, 503 or 504, and nothing was done",
  serverErrorAfter: "500, 503 or 504, although the write took effect",
  resetBefore: "the connection breaks before the request reaches the API server",
  resetAfter: "the write takes effect, and the connection breaks before the answer is there",
  staleList: "a list that may be stale (resourceVersion=0) shows the state of some seconds ago",
  apiOutage: "the API server is down for everybody, for a stretch of time",
  partition: "one client and the API server do not reach each other, for a stretch of time",
  watchLag: "the events of one watch come late, in their order",
  watchCut: "the connection of a watch breaks",
  watchEnd: "the API server ends a watch before its time",
  watchGone: "410: a watch cannot go on from the version it is at",
  watchRefused: "a watch is not opened: 429, 500 or 503",
  watchSilence: "a watch goes silent, bookmarks included",
  bookmarksOnly: "a watch hears bookmarks and nothing else for a stretch of time, and then all that it missed",
  proxyLag: "a proxy hears of changes late, for a stretch of time",
  scrapeMissed: "one scrape of one target is missed",
  scrapeGap: "one target is not scraped for a stretch of time",
  queryRefused: "a query is answered with 502",
  queryTimeout: "a query is not answered",
  queryEmpty: "a query is answered with nothing",
  metricsOutage: "the metrics server neither scrapes nor answers, for a stretch of time",
  clockSkew: "the wall clock of a replica is off, as machines' clocks are",
  clockJump: "the wall clock of a replica is far off, for a stretch of time",
  replicaStall: "a replica stands still, at times for longer than its lease",
  replicaSuspend: "the machine of a replica is suspended, and its monotonic clock with it",
  replicaKill: "a replica is killed, and started again after a while",
  stallAtRequest: "a replica stands still from when its request took effect, before it has the answer",
  killAtRequest: "a replica is killed as it sends a request: before it takes effect, or after and before the answer",
} as const;

export type FaultKind = keyof typeof FAULT_KINDS;

export const ALL_FAULT_KINDS = Object.keys(FAULT_KINDS) as readonly FaultKind[];

/** A fault that struck. */
export interface Fault {
  /** The same in every life of the same seed, and independent of faults of other kinds and of other clients. */
  readonly id: string;
  /** Since the epoch. */
  readonly atMillis: number;
  readonly kind: FaultKind;
  /** Whom it struck: a client of the API server, a proxy, a target, a replica. */
  readonly user: string;
  /** One phrase for a story, for example "PATCH …/canaries/web/status: took effect, and the connection broke". */
  readonly what: string;
}

/** A fault that is to strike. Its details are drawn from dice of its own. */
export interface Strike {
  readonly id: string;
  readonly kind: FaultKind;
  readonly user: string;
  readonly random: Random;
}

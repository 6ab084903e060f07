import type { Transport, TransportRequest, TransportResponse } from "../../runtime/transport.ts";
import { overtaken, serverError, throttled } from "./answers.ts";
import { type Course, follow, SMOOTH } from "./course.ts";
import { between, spreadBetween } from "./dice.ts";
import type { FaultKind, Strike } from "./faults.ts";
import type { Skies } from "./skies.ts";
import { StaleLists } from "./staleLists.ts";
import type { Storm } from "./storm.ts";
import { touch } from "./touch.ts";

export interface RequestsOptions {
  readonly inner: Transport;
  readonly user: string;
  readonly storm: Storm;
  readonly skies: Skies;
  /** Whoever writes objects at the same time as the client does. Without one, only conflicts that need nobody happen. */
  readonly bystander: Transport | undefined;
}

interface RequestFault {
  /** At full intensity, for each request that it can strike. */
  readonly chance: number;
  readonly strikes: "all" | "writes";
  readonly course: (strike: Strike, request: TransportRequest) => Course;
  readonly what: string;
}

/** How late a request or an answer may be. Most are late by less than a second. */
const MOST_SLOW_MILLIS = 12_000;

/**
 * A write lands this long after its deadline at most: less than what a leader's write deadline leaves of the margin between
 * its renew deadline and its lease's end. A network that keeps a write for longer defeats every lease.
 */
const MOST_LATE_MILLIS = 400;

const slow = ({ random }: Strike): number => Math.round(spreadBetween(random, 50, MOST_SLOW_MILLIS));
const soon = ({ random }: Strike): number => Math.round(between(random, 1, 100));

/** In the order in which they are tried: the first that strikes is the one. */
const FAULTS: Readonly<Partial<Record<FaultKind, RequestFault>>> = {
  resetBefore: {
    chance: 0.1,
    strikes: "all",
    course: (strike) => ({ ...SMOOTH, thereMillis: undefined, answer: "reset", backMillis: soon(strike) }),
    what: "the connection broke before it was done",
  },
  resetAfter: {
    chance: 0.15,
    strikes: "writes",
    course: (strike) => ({ ...SMOOTH, answer: "reset", backMillis: soon(strike) }),
    what: "took effect, and the connection broke",
  },
  serverErrorBefore: {
    chance: 0.1,
    strikes: "all",
    course: (strike) => {
      const answer = serverError(strike.random, "nothing was done");
      return { ...SMOOTH, thereMillis: undefined, answer, backMillis: soon(strike) };
    },
    what: "answered with a server's error, and not done",
  },
  serverErrorAfter: {
    chance: 0.15,
    strikes: "writes",
    course: (strike) => ({ ...SMOOTH, answer: serverError(strike.random, "it may be done"), backMillis: soon(strike) }),
    what: "took effect, and was answered with a server's error",
  },
  throttled: {
    chance: 0.15,
    strikes: "all",
    course: (strike) => {
      return { ...SMOOTH, thereMillis: undefined, answer: throttled(strike.random), backMillis: soon(strike) };
    },
    what: "answered with 429, and not done",
  },
  timeoutBefore: {
    chance: 0.06,
    strikes: "all",
    course: () => ({ ...SMOOTH, thereMillis: undefined, answer: "never" }),
    what: "never reached the API server",
  },
  timeoutAfter: {
    chance: 0.1,
    strikes: "writes",
    course: () => ({ ...SMOOTH, answer: "never" }),
    what: "took effect, and the answer never came",
  },
  lateWrite: {
    chance: 0.08,
    strikes: "writes",
    course: ({ random }, { timeoutMillis }) => {
      const lateMillis = Math.round(between(random, 1, MOST_LATE_MILLIS));
      return { ...SMOOTH, thereMillis: timeoutMillis + lateMillis, outlivesClient: true };
    },
    what: "took effect just after its client gave up",
  },
  slowRequest: {
    chance: 0.25,
    strikes: "all",
    course: (strike) => ({ ...SMOOTH, thereMillis: slow(strike) }),
    what: "was long on its way",
  },
  slowAnswer: {
    chance: 0.25,
    strikes: "all",
    course: (strike) => ({ ...SMOOTH, backMillis: slow(strike) }),
    what: "was done at once, and its answer was long on its way",
  },
};

const KINDS = Object.entries(FAULTS) as readonly (readonly [FaultKind, RequestFault])[];

const CONFLICT_CHANCE = 0.2;

/** The kinds that can befall a request. Where none of them is on, nobody needs to stand in its way. */
export const REQUEST_KINDS: readonly FaultKind[] = [
  ...KINDS.map(([kind]) => kind),
  "conflict",
  "staleList",
  "apiOutage",
  "partition",
];

/** The requests of one client, in bad weather. */
export class Requests {
  readonly #options: RequestsOptions;
  readonly #stale: StaleLists;

  constructor(options: RequestsOptions) {
    this.#options = options;
    this.#stale = new StaleLists(options);
  }

  async request(request: TransportRequest): Promise<TransportResponse> {
    const { inner, storm } = this.#options;
    const blocked = this.#blocked();
    if (blocked !== undefined) return this.#follow(blocked, request);
    for (const [kind, fault] of KINDS) {
      const strike = this.#roll(kind, fault.strikes, fault.chance, request);
      if (strike === undefined) continue;
      storm.tell(strike, `${spoken(request)}: ${fault.what}`);
      return this.#follow(fault.course(strike, request), request);
    }
    const conflict = this.#roll("conflict", "writes", CONFLICT_CHANCE, request);
    if (conflict !== undefined) return this.#conflict(conflict, request);
    return this.#stale.answer(request) ?? this.#stale.remember(request, inner.request(request));
  }

  #roll(kind: FaultKind, strikes: RequestFault["strikes"], chance: number, { method }: TransportRequest) {
    if (strikes === "writes" && method === "GET") return undefined;
    return this.#options.storm.roll(kind, this.#options.user, chance);
  }

  #blocked(): Course | undefined {
    const { storm, skies } = this.#options;
    const blockade = skies.blockade();
    if (blockade === undefined) return undefined;
    const { manner, spell } = blockade;
    if (manner === "refused") return { ...SMOOTH, thereMillis: undefined, answer: "reset", backMillis: 1 };
    if (manner === "unavailable") {
      const answer = { status: 503, body: "no healthy upstream" };
      return { ...SMOOTH, thereMillis: undefined, answer, backMillis: 1 };
    }
    // What was swallowed is sent again by the network itself, and gets there if its client is still waiting.
    return { ...SMOOTH, thereMillis: spell.to - storm.clock.now() };
  }

  #follow(course: Course, request: TransportRequest): Promise<TransportResponse> {
    const { inner, storm, skies } = this.#options;
    const obstacle = (): string | undefined => (skies.blockade() === undefined ? undefined : "connect ECONNREFUSED");
    return follow(course, request, { inner, clock: storm.clock, endsAtMillis: storm.endsAtMillis, obstacle });
  }

  /** A real one where the write says what it builds on; else the one that a server has when it is overtaken too often. */
  async #conflict(strike: Strike, request: TransportRequest): Promise<TransportResponse> {
    const { inner, storm, bystander } = this.#options;
    const version = (request.body as { metadata?: { resourceVersion?: unknown } } | undefined)?.metadata
      ?.resourceVersion;
    if (version === undefined) {
      if (request.method !== "PATCH") return inner.request(request);
      storm.tell(strike, `${spoken(request)}: refused with 409, as it was overtaken`);
      return overtaken(request.path);
    }
    if (bystander !== undefined && (await touch(bystander, request.path)))
      storm.tell(strike, `${spoken(request)}: somebody wrote the object just before`);
    return inner.request(request);
  }
}

const spoken = ({ method, path }: TransportRequest): string => `${method} ${path}`;

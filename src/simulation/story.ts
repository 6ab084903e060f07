/** What happened in a life, in lines that a person can read, and as few of them as tell it. */
import { at, isEqual, textAt } from "../simulator/api/json.ts";
import type { RequestBatch, Watcher, WriteSeen } from "../simulator/happening.ts";
import type { Fault } from "../simulator/weather/faults.ts";
import type { Breach } from "./laws/court.ts";
import { sharesOf } from "./laws/route.ts";

export interface StoryLine {
  /** Since the epoch. */
  readonly atMillis: number;
  /** The write that it is about, counted from 1 over the whole life; undefined for what is no write. */
  readonly write: number | undefined;
  readonly who: string;
  readonly what: string;
}

/** Watches a life and writes down what a reader would want to know of it. */
export class Chronicle implements Watcher {
  readonly #lines: StoryLine[] = [];
  readonly #answers = new Map<string, string>();
  #writes = 0;
  #digest = 0x811c9dc5;

  get lines(): readonly StoryLine[] {
    return this.#lines;
  }

  /** Of every write in its order: two lives with the same digest were the same life. */
  get digest(): string {
    return this.#digest.toString(16).padStart(8, "0");
  }

  wrote(write: WriteSeen): void {
    this.#writes++;
    const { atMillis, user, kind, namespace, name, after } = write;
    this.#mix(`${atMillis} ${user} ${kind} ${namespace}/${name} ${after?.metadata.resourceVersion}`);
    const what = wordsOf(write);
    if (what !== undefined) this.#lines.push({ atMillis, write: this.#writes, who: user, what });
  }

  served({ service, proxy, workload, version, count, outcome, why, fromMillis }: RequestBatch): void {
    this.#mix(`${fromMillis} ${service} ${proxy} ${workload} ${count} ${outcome}`);
    if (outcome === "answered") return;
    const who = `clients of ${service}`;
    const what = outcome === "lost" ? `lose requests: ${why}` : `get errors from ${workload} ${version ?? ""}`;
    // Once a second for each proxy: only that it begins is news.
    const key = `${who}/${proxy}/${outcome}/${workload}`;
    if (this.#answers.get(key) === what) return;
    this.#answers.set(key, what);
    this.#lines.push({
      atMillis: fromMillis,
      write: undefined,
      who,
      what: `${what} (proxy ${proxy}, ${count} of them)`,
    });
  }

  /** A person did something. */
  deed(atMillis: number, phrase: string): void {
    this.#lines.push({ atMillis, write: undefined, who: "somebody", what: phrase });
  }

  /** Something went wrong. */
  fault({ atMillis, user, kind, what }: Fault): void {
    this.#lines.push({ atMillis, write: undefined, who: `${kind} strikes ${user}`, what });
  }

  #mix(text: string): void {
    let hash = this.#digest;
    for (let place = 0; place < text.length; place++) hash = Math.imul(hash ^ text.charCodeAt(place), 0x01000193) >>> 0;
    this.#digest = hash;
  }
}

/** What a write means to a reader; undefined for what only machines care about. */
function wordsOf(write: WriteSeen): string | undefined {
  const { kind, name, before, after } = write;
  if (after === undefined)
    return ["EndpointSlice", "ReplicaSet", "Event"].includes(kind) ? undefined : `${kind} ${name} is gone`;
  switch (kind) {
    case "Canary":
      return aboutCanary(write);
    case "VirtualService": {
      const [had, has] = [sharesOf(before, name), sharesOf(after, name)];
      return isEqual(had, has)
        ? undefined
        : `routes ${name}: primary ${has?.primary ?? "-"}, canary ${has?.canary ?? "-"}`;
    }
    case "Deployment":
      return aboutDeployment(write);
    case "Lease": {
      const holder = textAt(after, "spec", "holderIdentity");
      return holder === textAt(before, "spec", "holderIdentity") ? undefined : `the lease is ${holder || "nobody"}'s`;
    }
    case "Service":
      return isEqual(at(before, "spec", "selector"), at(after, "spec", "selector"))
        ? undefined
        : `Service ${name} selects ${JSON.stringify(at(after, "spec", "selector"))}`;
    case "Event":
      return isEqual(textAt(before, "message"), textAt(after, "message"))
        ? undefined
        : `says: ${textAt(after, "message")}`;
    default:
      return undefined;
  }
}

function aboutCanary({ name, before, after }: WriteSeen): string | undefined {
  const of = (object: unknown) =>
    ["stage", "canaryWeight", "failedChecks", "message"].map((field) => at(object, "status", field));
  const [stage, weight, failed, message] = of(after);
  if (isEqual(of(before), of(after))) return at(before, "status") === undefined ? `creates Canary ${name}` : undefined;
  return `writes in the status of ${name}: ${stage} at ${weight}, ${failed} failed checks, ${JSON.stringify(message)}`;
}

function aboutDeployment({ name, before, after }: WriteSeen): string | undefined {
  const of = (object: unknown) => [
    at(object, "spec", "replicas"),
    at(object, "status", "availableReplicas") ?? 0,
    JSON.stringify(at(object, "spec", "template")),
  ];
  const [replicas, available, template] = of(after);
  if (isEqual(of(before), of(after))) return undefined;
  const renewed = template === of(before)[2] ? "" : ", with a new template";
  return `Deployment ${name} asks for ${replicas} pods and has ${available}${renewed}`;
}

export interface StoryOptions {
  readonly seed: number;
  /** When the life began, since the epoch. */
  readonly beginsMillis: number;
  /** Lines that are told of a long story, the last ones. */
  readonly most?: number;
}

const MOST_LINES = 60;

/** The story up to the breach. */
export function tellStory(lines: readonly StoryLine[], breach: Breach, options: StoryOptions): string {
  const { seed, beginsMillis, most = MOST_LINES } = options;
  const before = lines
    .filter(({ atMillis, write }) => (write === undefined ? atMillis <= breach.atMillis : write <= breach.write))
    .sort((one, other) => one.atMillis - other.atMillis);
  const told = before.slice(-most);
  const clock = (atMillis: number): string => {
    const seconds = (atMillis - beginsMillis) / 1000;
    return `${Math.floor(seconds / 60)}:${(seconds % 60).toFixed(2).padStart(5, "0")}`.padStart(9);
  };
  return [
    `Seed ${seed}: the law ${breach.law} is broken at ${clock(breach.atMillis).trim()}, at write ${breach.write}:`,
    `  ${breach.sentence}`,
    ...(before.length > told.length ? [`  (${before.length - told.length} earlier lines are left out)`] : []),
    ...told.map(
      ({ atMillis, who, what, write }) => `${clock(atMillis)}  ${who}: ${what}${write ? `  [${write}]` : ""}`,
    ),
  ].join("\n");
}

/**
 * As few parts as still make the story end badly: drops halves, quarters and so on down to single ones, for as long as the
 * law is broken without them. `isBroken` is asked at most `tries` times.
 */
export async function shrink<Part>(
  parts: readonly Part[],
  isBroken: (kept: readonly Part[]) => Promise<boolean>,
  tries = 200,
): Promise<readonly Part[]> {
  let kept = parts;
  let left = tries;
  for (let size = Math.ceil(kept.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let start = 0; start < kept.length && left > 0; ) {
      const fewer = [...kept.slice(0, start), ...kept.slice(start + size)];
      left--;
      if (await isBroken(fewer)) kept = fewer;
      else start += size;
    }
  }
  return kept;
}

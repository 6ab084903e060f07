import { clipped } from "../../domain/sentence.ts";
import type { KubeObject } from "../../runtime/transport.ts";

export type EventType = "Normal" | "Warning";

/** The object that an Event is about. */
export interface ObjectReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string;
  readonly uid?: string;
  readonly resourceVersion?: string;
}

/** Who says it. */
export interface Reporter {
  readonly component: string;
  /** The pod, so that two instances can be told apart. */
  readonly instance: string;
}

/** The longest message of one Event, in characters, as events.k8s.io has it. */
export const LONGEST_MESSAGE = 1024;

/** The one reason of all our Events: Flagger's clients look for it. */
const REASON = "Synced";

/** The namespace that an Event about this object lives in. */
export function eventNamespace(about: ObjectReference): string {
  return about.namespace ?? "default";
}

export function eventObject(options: {
  readonly about: ObjectReference;
  readonly type: EventType;
  readonly message: string;
  readonly reporter: Reporter;
  /** When its first and its last sentence were said, in milliseconds since the epoch. */
  readonly firstAt: number;
  readonly lastAt: number;
  /** Tells this Event from others about the object. */
  readonly suffix: string;
}): KubeObject {
  const { about, type, message, reporter, firstAt, lastAt, suffix } = options;
  return {
    apiVersion: "v1",
    kind: "Event",
    // The API server refuses names of more than 253 characters.
    metadata: { name: `${about.name.slice(0, 252 - suffix.length)}.${suffix}`, namespace: eventNamespace(about) },
    involvedObject: about,
    reason: REASON,
    type,
    message,
    source: { component: reporter.component },
    reportingComponent: reporter.component,
    reportingInstance: reporter.instance,
    firstTimestamp: timestamp(firstAt),
    lastTimestamp: timestamp(lastAt),
    count: 1,
  };
}

/** A Time of the API: whole seconds. */
export function timestamp(epochMillis: number): string {
  return new Date(epochMillis).toISOString().replace(/\.\d+Z$/, "Z");
}

/** Sentences, one a line, in as few messages as the limit allows. Only a sentence that alone is too long is cut. */
export function messagesOf(sentences: readonly string[]): readonly string[] {
  const messages: string[] = [];
  for (const sentence of sentences) {
    const whole = clipped(sentence, LONGEST_MESSAGE);
    const last = messages.at(-1);
    if (last !== undefined && last.length + 1 + whole.length <= LONGEST_MESSAGE) {
      messages[messages.length - 1] = `${last}\n${whole}`;
    } else {
      messages.push(whole);
    }
  }
  return messages;
}

import { pino } from "pino";
import type { Clock } from "./clock.ts";

/** Levels by word, from the most talkative. */
export type LogLevel = "debug" | "info" | "warn" | "error" | "silent";

/** What a line carries besides its message. An Error belongs under `error`. */
export type LogFields = Readonly<Record<string, unknown>>;

/** Structured log: a constant lower-case phrase, and fields for whatever varies. */
export interface Log {
  debug(fields: LogFields, message: string): void;
  info(fields: LogFields, message: string): void;
  warn(fields: LogFields, message: string): void;
  error(fields: LogFields, message: string): void;
  /** A log whose every line carries these fields, for example `{ canary: "web.shop" }`. */
  child(fields: LogFields): Log;
}

export interface LogOptions {
  readonly clock: Clock;
  readonly level: LogLevel;
  /** Where lines go; stderr unless told otherwise. */
  readonly write?: (line: string) => void;
}

/** A log of JSON lines with `level` as a word, `ts` as RFC 3339 and `msg`. */
export function jsonLog({ clock, level, write }: LogOptions): Log {
  const options = {
    level,
    base: null,
    timestamp: () => `,"ts":"${new Date(clock.now()).toISOString()}"`,
    formatters: { level: (label: string) => ({ level: label }) },
    serializers: { error: pino.stdSerializers.errWithCause },
  };
  // Synchronous, so that the last words of a process that dies are not lost in a buffer.
  return write === undefined ? pino(options, pino.destination({ dest: 2, sync: true })) : pino(options, { write });
}

/** A log that says nothing. */
export function silentLog(): Log {
  const log: Log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {}, child: () => log };
  return log;
}

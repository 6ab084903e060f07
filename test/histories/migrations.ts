import type { JsonFields } from "./json.ts";

/** A step as it is in a file, before anything is known of its shape. */
export interface RecordedStep {
  readonly process: number;
  readonly seen: JsonFields;
  readonly decided: JsonFields;
}

/**
 * Makes a step of one schema into a step of the next, where a field came or went and what it was then can be told from the
 * rest. Where it cannot, the histories are recorded again.
 */
export type Migration = (step: RecordedStep) => RecordedStep;

/** The first leads from schema 1 to 2, and so on: there are as many schemas as there are migrations, and one. */
export const MIGRATIONS: readonly Migration[] = [];

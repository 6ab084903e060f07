import type { WireObject } from "../../resources/wire.ts";

/** One write, as it outlives the process: the object as it is now, or the key of what is gone. */
export interface JournalEntry {
  readonly version: number;
  readonly collection: string;
  readonly object?: WireObject;
  readonly key?: string;
}

export interface JournalState {
  readonly version: number;
  readonly objects: readonly { readonly collection: string; readonly object: WireObject }[];
}

/** Where the server's state outlives it. */
export interface Journal {
  /** Asked once, before anything is written. */
  load(): JournalState;
  /** Must not return before the entry is safe from the end of this process. */
  append(entry: JournalEntry): void;
}

/** Nothing outlives the process. */
export function noJournal(): Journal {
  return { load: () => ({ version: 0, objects: [] }), append: () => {} };
}

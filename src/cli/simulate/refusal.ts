/** Why manifests cannot be run. */

export interface Refusal {
  /** As it was named; `stdin` for standard input. Null where no file is to blame. */
  readonly file: string | null;
  readonly line: number | null;
  /** Of the field, for example `spec.analysis.interval`. */
  readonly path: string | null;
  /** Begins with the field, where there is one. */
  readonly sentence: string;
}

export type Place = Pick<Refusal, "file" | "line">;

export const NOWHERE: Place = { file: null, line: null };

/** `canary.yaml:12`; nothing for no place at all. */
export const placeInWords = ({ file, line }: Place): string => [file, line].filter((part) => part !== null).join(":");

/** One line, which begins with the place. */
export function refusalInWords(refusal: Refusal): string {
  return [placeInWords(refusal), refusal.sentence].filter((part) => part !== "").join(": ");
}

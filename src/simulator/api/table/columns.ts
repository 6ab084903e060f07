import type { Column } from "../resource.ts";

/** The columns of a built-in kind. */
export function columnsOf(_kind: string): readonly Column[] {
  return [];
}

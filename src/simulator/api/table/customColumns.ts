import type { WireObject } from "../../../resources/wire.ts";
import type { Column } from "../resource.ts";

export function customColumns(_columns: readonly WireObject[]): readonly Column[] {
  return [];
}

/** Something that is due at a time. Of two that are due together, the one set first goes first, so that a run can be repeated. */
export interface Due {
  readonly due: number;
  readonly order: number;
}

const isBefore = (left: Due, right: Due): boolean =>
  left.due < right.due || (left.due === right.due && left.order < right.order);

/** Put an entry into a binary heap, whose earliest is at the root. */
export function push<T extends Due>(heap: T[], entry: T): void {
  let at = heap.length;
  heap.push(entry);
  while (at > 0) {
    const above = (at - 1) >> 1;
    const parent = heap[above];
    if (parent === undefined || !isBefore(entry, parent)) break;
    heap[at] = parent;
    at = above;
  }
  heap[at] = entry;
}

/** Take the earliest out of the heap. */
export function pop<T extends Due>(heap: T[]): void {
  const last = heap.pop();
  if (last === undefined || heap.length === 0) return;
  let at = 0;
  for (;;) {
    const below = smallerChild(heap, at);
    const child = heap[below];
    if (child === undefined || !isBefore(child, last)) break;
    heap[at] = child;
    at = below;
  }
  heap[at] = last;
}

function smallerChild(heap: readonly Due[], at: number): number {
  const [left, right] = [heap[2 * at + 1], heap[2 * at + 2]];
  return left !== undefined && right !== undefined && isBefore(right, left) ? 2 * at + 2 : 2 * at + 1;
}

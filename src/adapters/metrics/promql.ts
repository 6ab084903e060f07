import { type Duration, millis } from "../../domain/time.ts";

/** Strings, comments, brackets and everything between, in that order of precedence. */
const PIECES = /"(?:[^"\\]|\\.)*"?|'(?:[^'\\]|\\.)*'?|`[^`]*`?|#[^\n]*|[()[\]]|[^"'`#()[\]]+/gs;
const DURATION = /^(?:\d+(?:ms|[smhdwy]))+$/;
const UNIT_MILLIS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
  y: 31_536_000_000,
};

/**
 * The query as it is sent: every run of whitespace is one space, as in Flagger. Comments go first, since on one line a
 * comment would swallow the rest of the query.
 */
export function collapse(query: string): string {
  const pieces = query.match(PIECES) ?? [];
  return pieces
    .filter((piece) => !piece.startsWith("#"))
    .join("")
    .replace(/\s+/g, " ");
}

interface Reach {
  reach: number;
  readonly position: number;
}

/**
 * How far back each range selector of a rendered query looks, in the order of the text: one minute for `[1m]`, five for
 * `[5m:30s]`. What stands under a subquery looks back further by the subquery's own range. Offsets are left out: they
 * move a window and do not widen it. A range that is not a plain duration is left out.
 */
export function literalWindows(query: string): readonly Duration[] {
  const found: Reach[] = [];
  const opened: number[] = [];
  /** Where the parentheses that closed last had opened. */
  let group = 0;
  const pieces = query.match(PIECES) ?? [];
  pieces.forEach((piece, position) => {
    if (piece === "(") opened.push(position);
    if (piece === ")") group = opened.pop() ?? 0;
    if (piece !== "[" || pieces[position + 2] !== "]") return;
    const [range = "", step] = (pieces[position + 1] ?? "").split(":");
    const reach = durationMillis(range.trim());
    if (reach === undefined) return;
    const followsGroup = pieces.slice(0, position).findLast((before) => !/^\s*$/.test(before)) === ")";
    if (step !== undefined && followsGroup) for (const inner of found) if (inner.position > group) inner.reach += reach;
    found.push({ reach, position });
  });
  return found.map(({ reach }) => millis(reach));
}

function durationMillis(text: string): number | undefined {
  if (!DURATION.test(text)) return undefined;
  const parts = [...text.matchAll(/(\d+)(ms|[smhdwy])/g)];
  return parts.reduce((sum, [, count, unit = ""]) => sum + Number(count) * (UNIT_MILLIS[unit] ?? Number.NaN), 0);
}

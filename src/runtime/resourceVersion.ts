/**
 * Which of two resource versions of one kind is newer: negative, zero or positive, as for sort.
 * They are decimal numbers of any length (comparable since Kubernetes 1.35); a missing one is older than all others.
 */
export function compareVersions(left: string | undefined, right: string | undefined): number {
  const [a, b] = [left ?? "", right ?? ""];
  if (a.length !== b.length) return a.length - b.length;
  return a < b ? -1 : a > b ? 1 : 0;
}

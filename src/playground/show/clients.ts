/** What the clients saw in the last seconds, by the version that answered, and what they lost in all. Pure. */
import type { Clients, VersionSeen } from "./view.ts";

const WINDOW_SECONDS = 3;
/** The longest that an answer may take is still within so many answers before the last. */
const RECENT_ANSWERS = 1000;

export interface SeenAnswer {
  readonly sentAt: number;
  readonly status: number | undefined;
  readonly version: string | undefined;
}

export function clientsAt(
  now: number,
  answers: readonly SeenAnswer[],
  { sent, lost }: { readonly sent: number; readonly lost: number },
): Clients {
  const recent = answers.slice(-RECENT_ANSWERS).filter(({ sentAt }) => sentAt >= now - WINDOW_SECONDS * 1000);
  const began = answers[0]?.sentAt ?? now;
  const seconds = Math.min(WINDOW_SECONDS, Math.max(0.5, (now - began) / 1000));
  return { windowSeconds: WINDOW_SECONDS, versions: versionsOf(recent, seconds), sent, lost };
}

function versionsOf(answers: readonly SeenAnswer[], seconds: number): readonly VersionSeen[] {
  return [...Map.groupBy(answers, ({ version }) => version)]
    .toSorted(([one = ""], [other = ""]) => one.localeCompare(other))
    .flatMap(([version, own]) => {
      if (version === undefined) return [];
      const good = own.filter(({ status }) => (status ?? 500) < 500).length;
      return [{ version, perSecond: own.length / seconds, successPercent: (100 * good) / own.length }];
    });
}

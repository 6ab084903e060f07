/** The client's answers, counted as they come: rates of the last seconds, and losses of all time. */
import type { Answer, Traffic } from "../client.ts";
import type { Clients, VersionSeen } from "./view.ts";

const windowSeconds = 3;
/** The longest that an answer may take is still within so many answers before the last. */
const recentAnswers = 1000;

export class ClientsSeen {
  readonly #traffic: Traffic;
  #counted = 0;
  #lost = 0;

  constructor(traffic: Traffic) {
    this.#traffic = traffic;
  }

  at(now: number): Clients {
    const { answers } = this.#traffic;
    for (; this.#counted < answers.length; this.#counted += 1) {
      if (answers[this.#counted]?.lost !== undefined) this.#lost += 1;
    }
    const recent = answers.slice(-recentAnswers).filter(({ sentAt }) => sentAt >= now - windowSeconds * 1000);
    const began = answers[0]?.sentAt ?? now;
    const seconds = Math.min(windowSeconds, Math.max(0.5, (now - began) / 1000));
    return { windowSeconds, versions: versionsOf(recent, seconds), sent: this.#counted, lost: this.#lost };
  }
}

function versionsOf(answers: readonly Answer[], seconds: number): readonly VersionSeen[] {
  const byVersion = Map.groupBy(answers, ({ version }) => version);
  return [...byVersion]
    .toSorted(([one = ""], [other = ""]) => one.localeCompare(other))
    .flatMap(([version, own]) => {
      if (version === undefined) return [];
      const good = own.filter(({ status }) => (status ?? 500) < 500).length;
      return [{ version, perSecond: own.length / seconds, successPercent: (100 * good) / own.length }];
    });
}

/** The client's answers, counted as they come: rates of the last seconds, and losses of all time. */
import { clientsAt } from "../../../src/playground/show/clients.ts";
import type { Clients } from "../../../src/playground/show/view.ts";
import type { Traffic } from "../client.ts";

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
    return clientsAt(now, answers, { sent: this.#counted, lost: this.#lost });
  }
}

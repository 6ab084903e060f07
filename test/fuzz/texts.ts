import { messagesOf } from "../../src/adapters/kube/eventObject.ts";
import { isWireObject } from "../../src/resources/wire.ts";
import { law } from "./broken.ts";
import type { Stage } from "./stage.ts";

/** Words that are printed where a value was forgotten. No generated text has one of them. */
const FORGOTTEN = /\b(undefined|NaN|Infinity|function)\b|\[object /;

/** Of an Event, in characters. */
const LONGEST_EVENT = 1024;

/** What people read must be sentences. `told` is how many announcements there were before. */
export function checkTexts(stage: Stage, told: number): void {
  for (const message of messagesOf(stage.told.slice(told).map((news) => news.message))) {
    law(message.length <= LONGEST_EVENT, "an Event is no longer than events.k8s.io takes", () => message);
    checkText(message, "an Event");
  }
  const status = stage.server.object?.["status"];
  if (stage.server.commits === 0 || !isWireObject(status)) return;
  for (const entry of [...itemsOf(status["problems"]), ...itemsOf(status["conditions"])]) {
    checkText(String(entry["message"]), "a problem or a condition");
  }
  for (const { message } of itemsOf(status["problems"])) {
    law(/^spec\b/.test(String(message)), "a problem begins with the path of a field", () => message);
  }
}

const itemsOf = (value: unknown) => (Array.isArray(value) ? value.filter(isWireObject) : []);

function checkText(text: string, what: string): void {
  law(text !== "", `${what} says something`);
  law(text.isWellFormed(), `${what} has no half of a character`, () => text);
  law(!FORGOTTEN.test(text), `${what} forgets no value`, () => text);
}

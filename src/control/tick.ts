import { decide } from "../domain/decide.ts";
import { refuse } from "../domain/refuse.ts";
import type { Instant } from "../domain/time.ts";
import { act } from "./act.ts";
import { type Desk, observe, problemsOf } from "./observe.ts";
import type { CanaryRecord, Key } from "./ports.ts";

/**
 * One rollout, one pass: observe, decide, act. Plans when to look again if nothing changes before, and does so before it
 * acts: a deadline does not wait for what was refused.
 */
export async function tick(key: Key, desk: Desk, plan: (wakeAt: Instant | undefined) => void): Promise<void> {
  const record = desk.ports.canaries.get(key);
  // Nobody waits any more for what was asked in its name.
  if (record === undefined) return forget(key, desk);
  if (!desk.ports.leadership.mayAct()) return;
  if (record.spec === undefined) {
    desk.reach.forget(key);
    return tellRefusal(record, desk);
  }
  const sight = observe(key, record, record.spec, desk);
  const decision = decide(sight.facts);
  plan(decision.wakeAt);
  await act(key, decision, sight, desk.ports);
}

function forget(key: Key, { inbox, reach }: Desk): void {
  inbox.drop(key);
  reach.forget(key);
}

async function tellRefusal(record: CanaryRecord, { ports }: Desk): Promise<void> {
  const problems = problemsOf(record.refusals);
  // Nobody can tell any more what to give back, and a deletion must not wait for an edit that may never come.
  if (record.facts.deleting) return ports.canaries.setFinalizer(record, "absent");
  const status = refuse(record.status, { generation: record.facts.generation, problems, now: ports.clock.now() });
  if (status === record.status) return;
  await ports.canaries.commit(record, status);
  const known = new Set(record.status.problems.map(({ message }) => message));
  const news = status.problems.filter(({ message }) => !known.has(message));
  ports.announcer.announce(
    record,
    news.map(({ message }) => ({ type: "Warning", message })),
  );
}

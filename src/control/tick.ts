import { decide } from "../domain/decide.ts";
import { refuse } from "../domain/refuse.ts";
import type { Instant } from "../domain/time.ts";
import { act } from "./act.ts";
import { type Desk, observe, problemsOf } from "./observe.ts";
import type { CanaryRecord, Key } from "./ports.ts";

/** One rollout, one pass: observe, decide, act. Answers when to look again if nothing changes before. */
export async function tick(key: Key, desk: Desk): Promise<Instant | undefined> {
  const record = desk.ports.canaries.get(key);
  if (record === undefined || !desk.ports.leadership.mayAct()) return undefined;
  if (record.spec === undefined) return tellRefusal(record, desk);
  const sight = observe(key, record, record.spec, desk);
  const decision = decide(sight.facts);
  await act(key, decision, sight, desk.ports);
  return decision.wakeAt;
}

async function tellRefusal(record: CanaryRecord, { ports }: Desk): Promise<undefined> {
  const problems = problemsOf(record.refusals);
  // Nobody can tell any more what to give back, and a deletion must not wait for an edit that may never come.
  if (record.facts.deleting) return void (await ports.canaries.setFinalizer(record, "absent"));
  const status = refuse(record.status, { generation: record.facts.generation, problems, now: ports.clock.now() });
  if (status === record.status) return;
  await ports.canaries.commit(record, status);
  const known = new Set(record.status.problems.map(({ message }) => message));
  const news = problems.filter(({ message }) => !known.has(message));
  ports.announcer.announce(
    record,
    news.map(({ message }) => ({ type: "Warning", message })),
  );
}

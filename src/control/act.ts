import { farewell } from "../domain/announce.ts";
import type { Decision } from "../domain/decision.ts";
import { RejectedError } from "./errors.ts";
import type { Sight } from "./observe.ts";
import type { Key, Ports } from "./ports.ts";

/**
 * Make a decision so, in the one order that survives dying on any line: commit, apply, ask, tell. A status that was
 * never committed moves no traffic, and what was committed is applied again by whoever comes next.
 */
export async function act(key: Key, decision: Decision, sight: Sight, ports: Ports): Promise<void> {
  const { subject, facts } = sight;
  const { record } = subject;
  // What somebody else wrote is put right even where nothing follows from it, or people would go on reading it.
  if (decision.status !== record.status || record.isMisreported === true) {
    await ports.canaries.commit(record, decision.status);
    ports.inbox.drop(key);
    // Told between commit and apply: what follows may fail and be tried again, and must not be told twice.
    ports.announcer.announce(record, decision.announcements);
    ports.outcomes.note(subject, record.status, decision.status, facts.now);
  }
  await apply(decision, sight, ports);
  if (decision.round !== undefined) ports.metrics.start(subject, decision.round, facts.now);
}

async function apply(
  { levels }: Decision,
  { facts, subject, shape, driver, router }: Sight,
  ports: Ports,
): Promise<void> {
  if (levels.finalizer === "present") await ports.canaries.setFinalizer(subject.record, "present");
  // A watch that lags may still show an older route, or hide a write of ours whose answer was lost.
  if (levels.target === "zero" && (facts.target?.desiredPods ?? 0) > 0) await router?.confirm(subject);
  await blaming("spec.targetRef", async () => driver?.apply(subject, levels));
  if (shape !== undefined) await blaming("spec.service", async () => router?.apply(subject, shape, levels));
  if (levels.finalizer === "absent") {
    const { record } = subject;
    await ports.canaries.setFinalizer(record, "absent");
    if (record.facts.deleting) ports.announcer.announce(record, [farewell(record.facts)]);
  }
}

/** What the API server refuses is told with the part of the spec that asked for it, unless it is told already. */
async function blaming(path: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof RejectedError) || error.message.startsWith("spec.")) throw error;
    throw new RejectedError(`${path}: ${error.message}`, { cause: error });
  }
}

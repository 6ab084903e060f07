/** What more than one scenario asserts. */
import assert from "node:assert/strict";
import { type Summary, summarise, withinBinomial } from "../plane/client.ts";
import { refer } from "../plane/objects.ts";
import type { App } from "./app.ts";
import type { Stage } from "./stage.ts";

/** Nobody sent a request that no pod answered, from the first to the last. */
export async function noneLost(app: App): Promise<Summary> {
  await app.close();
  const all = app.traffic.all();
  assert.equal(all.lost, 0, `${app.name}: ${JSON.stringify(all.lostBecause)}`);
  assert.ok(all.sent > 0, `${app.name} had no traffic`);
  return all;
}

/** While the route held a weight, the clients saw it: within what chance alone explains. */
export function checkShares(app: App, since: number, weights: readonly number[], settleMillis: number): void {
  const { seen } = app.route;
  for (const weight of weights) {
    const index = seen.findIndex(({ at, canary }) => at >= since && canary === weight);
    const [from, to] = [(seen[index]?.at ?? 0) + settleMillis, seen[index + 1]?.at ?? Date.now()];
    const { byVersion, sent } = summarise(app.traffic.answers.filter(({ sentAt }) => sentAt >= from && sentAt < to));
    const count = byVersion["2.0.0"] ?? 0;
    assert.ok(sent > 0, `no traffic at weight ${weight}`);
    assert.ok(withinBinomial(count, sent, weight / 100), `${count} of ${sent} at weight ${weight}`);
  }
}

export function promoted(status: Record<string, unknown> | undefined) {
  const conditions = (status?.["conditions"] ?? []) as readonly Record<string, unknown>[];
  const found = conditions.find(({ type }) => type === "Promoted");
  return { status: found?.["status"], reason: found?.["reason"] };
}

export async function primaryImage(stage: Stage, name: string): Promise<string | undefined> {
  const { spec } = await stage.objects.get(refer("deployment", `test/${name}-primary`));
  const template = spec?.["template"] as { spec: { containers: readonly { image: string }[] } };
  return template.spec.containers[0]?.image;
}

/** What people see of a Canary that something stands in the way of: conditions, Events, a metric, and kubectl. */
import assert from "node:assert/strict";
import { request } from "undici";
import type { ApiObject } from "./api.ts";
import type { Controller } from "./controller.ts";
import { type Objects, refer } from "./objects.ts";
import { waitFor } from "./until.ts";

export interface Told {
  readonly reason: string;
  /** The whole sentence, beginning with the path of the field. */
  readonly sentence: string | RegExp;
}

export interface Watcher {
  readonly objects: Objects;
  readonly controller: Controller;
}

/** Resolves to the sentence once conditions, an Event and the metric all tell it. */
export async function isTold(place: `${string}/${string}`, told: Told, { objects, controller }: Watcher) {
  const [namespace = "", name = ""] = place.split("/");
  const object = await objects.waitFor(
    refer("canary", place),
    `is stalled by ${told.reason}: ${told.sentence}`,
    ({ status }) => {
      const { Ready: ready, Stalled: stalled } = conditionsOf(status);
      const isStalled = stalled?.["status"] === "True" && ready?.["status"] === "False";
      return isStalled && stalled["reason"] === told.reason && matches(String(stalled["message"]), told.sentence);
    },
  );
  const { Ready: ready, Stalled: stalled } = conditionsOf(object.status);
  const sentence = String(stalled?.["message"]);
  assert.equal(ready?.["reason"], told.reason);
  assert.equal(ready?.["message"], sentence);
  assert.match(sentence, /^spec\.[\w.[\]]+: /, "the sentence begins with the path of the field");
  assert.equal(object.status?.["observedGeneration"], object.metadata.generation);
  await waitFor(`a Warning about ${place} says: ${sentence}`, async (saw) => {
    const said = (await objects.list("event", namespace)).filter((event) => isWarningAbout(event, name));
    saw(said.map((event) => event["message"]));
    return said.some((event) => String(event["message"]).split("\n").includes(sentence));
  });
  await waitFor(`the metric tells ${told.reason} of ${place}`, async (saw) => {
    const reasons = await problemsInMetrics(controller, name);
    saw(reasons);
    return reasons.includes(told.reason);
  });
  return sentence;
}

/** Resolves once nothing stands in the way any more, in the conditions and in the metric alike. */
export async function isMended(place: `${string}/${string}`, { objects, controller }: Watcher): Promise<void> {
  const [, name = ""] = place.split("/");
  await objects.waitFor(refer("canary", place), "is no longer stalled", ({ status }) => {
    const { Stalled: stalled } = conditionsOf(status);
    return stalled?.["status"] === "False" && isEmpty(status?.["problems"]);
  });
  await waitFor(`the metric tells no problem of ${place}`, async (saw) => {
    const reasons = await problemsInMetrics(controller, name);
    saw(reasons);
    return reasons.length === 0;
  });
}

export function conditionsOf(status: ApiObject["status"]): Readonly<Record<string, Record<string, unknown>>> {
  const conditions = (status?.["conditions"] ?? []) as readonly Record<string, unknown>[];
  return Object.fromEntries(conditions.map((condition) => [String(condition["type"]), condition]));
}

async function problemsInMetrics(controller: Controller, canary: string): Promise<readonly string[]> {
  const { body } = await request(`${controller.url}/metrics`);
  const lines = (await body.text()).split("\n").filter((line) => line.startsWith("serin_canary_problems{"));
  return lines
    .filter((line) => line.includes(`canary="${canary}"`) && line.endsWith(" 1"))
    .map((line) => /reason="(\w+)"/.exec(line)?.[1] ?? "");
}

function isWarningAbout(event: ApiObject, canary: string): boolean {
  const about = event["involvedObject"] as { readonly kind?: string; readonly name?: string };
  return event["type"] === "Warning" && about.kind === "Canary" && about.name === canary;
}

function isEmpty(list: unknown): boolean {
  return list === undefined || (Array.isArray(list) && list.length === 0);
}

function matches(text: string, wanted: string | RegExp): boolean {
  return typeof wanted === "string" ? text === wanted : wanted.test(text);
}

/** What is new between two views, in sentences: for a pipe, a file or a log, where nothing can be drawn in place. Pure. */
import { type Clients, type Frame, type MetricSeen, measured, type View } from "./view.ts";

export function news(before: View | undefined, after: View): readonly string[] {
  if (after.kind === "starting") {
    const known = before?.kind === "starting" ? before.parts.length : 0;
    return after.parts.slice(known).map((part) => `starting ${part}`);
  }
  const old = before?.kind === "frame" ? before : undefined;
  return [
    ...(old?.act === after.act ? [] : [`== ${after.act}`]),
    ...aboutLoss(old?.clients, after.clients),
    ...aboutRoute(old, after),
    ...after.said.slice(old?.said.length ?? 0).map(({ text }) => `event    ${text}`),
    ...aboutMetrics(old?.rollout.metrics ?? [], after.rollout.metrics),
    ...aboutRollout(old, after),
  ];
}

function aboutLoss(before: Clients | undefined, after: Clients | undefined): readonly string[] {
  if (after === undefined || after.lost === (before?.lost ?? 0)) return [];
  return [`LOST     ${after.lost} of ${after.sent} requests`];
}

/** With each change of the weights, what clients had seen of the weights before. */
function aboutRoute(before: Frame | undefined, { primary, canary }: Frame): readonly string[] {
  if (canary.weight === undefined || canary.weight === before?.canary.weight) return [];
  const seen = before?.clients;
  const told = seen === undefined ? [] : [`clients  ${asSeen(seen)}`];
  return [...told, `weights  primary ${primary.weight} %, canary ${canary.weight} %`];
}

function asSeen({ versions, windowSeconds, sent, lost }: Clients): string {
  const each = versions.map(
    ({ version, perSecond, successPercent }) =>
      `${version} ${perSecond.toFixed(1)}/s, ${successPercent.toFixed(1)} % success`,
  );
  return `${each.join("; ")} (last ${windowSeconds} s); lost ${lost} of ${sent}`;
}

function aboutMetrics(before: readonly MetricSeen[], after: readonly MetricSeen[]): readonly string[] {
  return after
    .filter(({ name, at }) => !before.some((old) => old.name === name && old.at === at))
    .map((metric) => `metric   ${metric.name} ${measured(metric)}: ${metric.verdict}`);
}

function aboutRollout(before: Frame | undefined, { rollout }: Frame): readonly string[] {
  const { phase, stage, step, steps, message } = rollout;
  const old = before?.rollout;
  if (old !== undefined && old.stage === stage && old.step === step && old.message === message) return [];
  if (stage === "") return [];
  const at = step === undefined ? "" : `, step ${step + 1} of ${steps}`;
  return [`phase    ${phase}${stage === phase ? "" : `, ${stage}`}${at}: ${message}`];
}

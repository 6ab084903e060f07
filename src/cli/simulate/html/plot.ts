/** A story as a drawing: the canary's weight, how many requests end badly, and what is decided, over one axis of time. */
import type { Counts } from "../../../simulation/scenario/slices.ts";
import type { StoryTold } from "../report.ts";
import { duration, number } from "../words.ts";
import { type Markup, markup } from "./markup.ts";

const WIDTH = 860;
const LEFT = 48;
const RIGHT = 12;
const HEIGHT = 330;
const WEIGHTS = { top: 24, height: 90 };
const ERRORS = { top: 150, height: 90 };
const DECISIONS_Y = 278;
const AXIS_Y = 300;

interface Band {
  readonly top: number;
  readonly height: number;
}

type Scale = (value: number) => number;

/** `id` is to be the page's alone. */
export function plot(story: StoryTold, id: string): Markup {
  const seconds = Math.max(1, story.lastedSeconds);
  const x: Scale = (at) => LEFT + (Math.min(at, seconds) / seconds) * (WIDTH - LEFT - RIGHT);
  const rates = ratesOf(story);
  const top = niceTop(Math.max(1, ...rates.flatMap(({ hurt, errors }) => [hurt ?? 0, errors ?? 0])));
  const within =
    (band: Band, most: number): Scale =>
    (value) =>
      band.top + band.height * (1 - Math.min(value, most) / most);
  const errorY = within(ERRORS, top);
  return markup`<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-labelledby="${id}-title ${id}-text">
<title id="${id}-title">${story.scenario}: weights, errors and decisions over time</title>
<desc id="${id}-text">${inSentences(story)}</desc>
${timeAxis(seconds, x)}
${frame(WEIGHTS, 100, "Weight of the canary, %")}
<path class="weight" d="${weightPath(story, seconds, x, within(WEIGHTS, 100))}"/>
${frame(ERRORS, top, "Requests that end badly, %")}
<path class="errors" d="${linePath(
    rates.map(({ at, errors }) => [at, errors] as const),
    x,
    errorY,
  )}"/>
<path class="hurt" d="${linePath(
    rates.map(({ at, hurt }) => [at, hurt] as const),
    x,
    errorY,
  )}"/>
${legend()}
<text class="title" x="${LEFT}" y="${DECISIONS_Y - 12}">Decisions</text>
${story.timeline.map(({ atSeconds, tone, sentence }) => mark(x(atSeconds), tone, `+${duration(atSeconds * 1000)} ${sentence}`))}
</svg>`;
}

/** The same in words, for those who do not see it. */
export function inSentences({ weights, lastedSeconds, end }: StoryTold): string {
  const changes = weights.map(
    ({ atSeconds, weightPercent }) => `${weightPercent} % from ${duration(atSeconds * 1000)}`,
  );
  return `The canary's weight: ${changes.join(", ")}. The rollout is ${end} after ${duration(lastedSeconds * 1000)}.`;
}

interface Rates {
  readonly at: number;
  /** Of all requests, lost ones included; undefined where there were none. */
  readonly hurt: number | undefined;
  /** Of the new version's answers. */
  readonly errors: number | undefined;
}

function ratesOf({ series: { sliceSeconds, slices } }: StoryTold): readonly Rates[] {
  const share = (part: number, whole: number): number | undefined => (whole === 0 ? undefined : (100 * part) / whole);
  return slices.map(({ sent, failed, lost, byNew, failedByNew }: Counts, index) => ({
    at: (index + 0.5) * sliceSeconds,
    hurt: share(failed + lost, sent),
    errors: share(failedByNew, byNew),
  }));
}

function weightPath({ weights }: StoryTold, seconds: number, x: Scale, y: Scale): string {
  let path = `M${at(x(0))} ${at(y(0))}`;
  for (const { atSeconds, weightPercent } of weights) path += ` H${at(x(atSeconds))} V${at(y(weightPercent))}`;
  return `${path} H${at(x(seconds))} V${at(y(0))} Z`;
}

/** Broken where there is nothing. */
function linePath(points: readonly (readonly [number, number | undefined])[], x: Scale, y: Scale): string {
  let path = "";
  let isDrawing = false;
  for (const [time, value] of points) {
    if (value !== undefined) path += `${isDrawing ? "L" : "M"}${at(x(time))} ${at(y(value))}`;
    isDrawing = value !== undefined;
  }
  return path;
}

const at = (position: number): string => String(Math.round(position * 10) / 10);

function frame({ top, height }: Band, most: number, title: string): Markup {
  const lines = [0, 0.5, 1].map((share) => {
    const y = top + height * (1 - share);
    return markup`<path class="grid" d="M${LEFT} ${at(y)}H${WIDTH - RIGHT}"/><text x="${LEFT - 6}" y="${at(y + 4)}" text-anchor="end">${number(most * share)}</text>`;
  });
  return markup`<text class="title" x="${LEFT}" y="${top - 9}">${title}</text>${lines}`;
}

function legend(): Markup {
  const y = ERRORS.top - 13;
  return markup`<path class="errors" d="M${WIDTH - 400} ${y}h24"/><text x="${WIDTH - 370}" y="${y + 4}">of the new version's answers</text>
<path class="hurt" d="M${WIDTH - 180} ${y}h24"/><text x="${WIDTH - 150}" y="${y + 4}">of all requests</text>`;
}

/** A different shape for each tone, as not everybody tells colours apart. */
function mark(x: number, tone: StoryTold["timeline"][number]["tone"], words: string): Markup {
  const [left, right] = [at(x - 4), at(x + 4)];
  const [up, down] = [DECISIONS_Y - 4, DECISIONS_Y + 4];
  switch (tone) {
    case "good":
      return markup`<circle class="mark-good" cx="${at(x)}" cy="${DECISIONS_Y}" r="4.5"><title>${words}</title></circle>`;
    case "bad":
      return markup`<path class="mark-bad" d="M${left} ${up}L${right} ${down}M${left} ${down}L${right} ${up}"><title>${words}</title></path>`;
    case "neutral":
      return markup`<rect class="mark-neutral" x="${at(x - 1)}" y="${up - 1}" width="2" height="10"><title>${words}</title></rect>`;
  }
}

const STEPS_SECONDS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 43_200, 86_400];
const MOST_TICKS = 10;

function timeAxis(seconds: number, x: Scale): Markup {
  const step = STEPS_SECONDS.find((length) => seconds / length <= MOST_TICKS) ?? 604_800;
  const ticks = Array.from({ length: Math.floor(seconds / step) + 1 }, (_, index) => index * step);
  return markup`${ticks.map((tick) => markup`<path class="grid" d="M${at(x(tick))} ${WEIGHTS.top}V${AXIS_Y}"/><text x="${at(x(tick))}" y="${AXIS_Y + 16}" text-anchor="middle">${duration(tick * 1000)}</text>`)}`;
}

function niceTop(value: number): number {
  const tops = [1, 2, 5, 10, 20, 50, 100];
  return tops.find((top) => value <= top) ?? 100;
}

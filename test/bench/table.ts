/** Figures side by side with the peers'. */
import type { Figures } from "./measure.ts";
import type { RequestCount } from "./requests.ts";

interface Row {
  readonly what: string;
  /** Carried over: measured once on the same kind of plane, not in this run. */
  readonly flagger: string;
  readonly argo: string;
  readonly serin: string;
  readonly target: string;
}

/** All runs, by number of canaries in the order asked for. */
export function comparison(runs: readonly Figures[]): string {
  const sizes = [...new Set(runs.map(({ canaries }) => canaries))];
  const [first = 0] = sizes;
  const small = runs.filter(({ canaries }) => canaries === first);
  const rows = [
    ...perRollout(small),
    ...sizes.map((size) => timeOf(runs.filter(({ canaries }) => canaries === size))),
    ...sizes.map((size) => memoryOf(runs.filter(({ canaries }) => canaries === size))),
    firstWeight(small),
  ];
  return [
    `| figure (N = ${first} unless it says otherwise) | Flagger 1.44 (carried over) | Argo Rollouts 1.10 (carried over) | Serin | target |`,
    "|---|---|---|---|---|",
    ...rows.map(
      ({ what, flagger, argo, serin, target }) => `| ${what} | ${flagger} | ${argo} | ${serin} | ${target} |`,
    ),
  ].join("\n");
}

function perRollout(runs: readonly Figures[]): readonly Row[] {
  const idle = runs.find((run) => run.idle !== undefined)?.idle;
  const perMinute = idle && (idle.requests * 60) / idle.seconds / (runs[0]?.canaries ?? 1);
  const watches = idle && `, and ${idle.upkeep} watches or leases renewed for all together in ${idle.seconds} s`;
  const all = medianOf(runs, ({ requestsPerRollout }) => requestsPerRollout);
  const read = medianOf(runs, ({ readsPerRollout }) => readsPerRollout);
  return [
    {
      what: "API requests per idle canary and minute",
      flagger: "72",
      argo: "0",
      serin: perMinute === undefined ? "not measured" : `${short(perMinute)}${watches}`,
      target: "0",
    },
    {
      what: "reads / all requests per three-step rollout, Events included",
      flagger: "112 / 134",
      argo: "2 / 54",
      serin: `${short(read)} / ${short(all)}`,
      target: "0 / at most 20",
    },
    {
      what: "controller CPU per rollout",
      flagger: "55 ms",
      argo: "194 ms",
      serin: `${Math.round(medianOf(runs, ({ cpuMillisPerRollout }) => cpuMillisPerRollout))} ms`,
      target: "30 ms",
    },
  ];
}

/** What is known of the peers, and wanted of us, at these numbers. */
const AT: Readonly<Record<number, { readonly time: readonly string[]; readonly memory: readonly string[] }>> = {
  50: { time: ["66 s", "41 s", "40 s"], memory: ["69 MB", "149 MB", "110 MB"] },
  400: {
    time: ["306 s, 92 s with raised limits", "over 500 s, 99 s with raised limits", "55 s"],
    memory: ["94 MB", "235 MB", "130 MB"],
  },
};

function timeOf(runs: readonly Figures[]): Row {
  const canaries = runs[0]?.canaries ?? 0;
  const [flagger = "–", argo = "–", target = "–"] = AT[canaries]?.time ?? [];
  const median = medianOf(runs, ({ rollSeconds }) => rollSeconds);
  const spread = runs.length > 1 ? ` (${runs.map(({ rollSeconds }) => rollSeconds.toFixed(1)).join(", ")})` : "";
  const what = `N = ${canaries} rolled at once, 10 s a step, to the last Succeeded`;
  return { what, flagger, argo, serin: `${median.toFixed(1)} s${spread}`, target };
}

function memoryOf(runs: readonly Figures[]): Row {
  const canaries = runs[0]?.canaries ?? 0;
  const [flagger = "–", argo = "–", target = "–"] = AT[canaries]?.memory ?? [];
  const peak = Math.round(medianOf(runs, ({ memory }) => memory.peak));
  const high = Math.round(medianOf(runs, ({ memory }) => memory.highWater));
  const serin = `${peak} MB (high-water mark ${high} MB)`;
  return { what: `RSS, N = ${canaries}`, flagger, argo, serin, target };
}

function firstWeight(runs: readonly Figures[]): Row {
  const median = medianOf(runs, ({ firstWeightSeconds }) => middle(firstWeightSeconds));
  const longest = medianOf(runs, ({ firstWeightSeconds }) => Math.max(...firstWeightSeconds));
  const alone = runs.find(({ loneFirstWeightSeconds }) => loneFirstWeightSeconds !== undefined)?.loneFirstWeightSeconds;
  const lone = alone === undefined ? "" : `; alone ${alone.toFixed(2)} s`;
  return {
    what: "new image to first weight on the canary, pods ready at once",
    flagger: "up to 20 s",
    argo: "–",
    serin: `median ${median.toFixed(2)} s, longest ${longest.toFixed(2)} s${lone}`,
    target: "1 s",
  };
}

/** A run in one line, with how busy the machine was: figures of two busy cores are not those of two quiet ones. */
export function runLine(figures: Figures): string {
  const { canaries, load, initSeconds, rollSeconds, cpuMillisPerRollout, requestsPerRollout, memory } = figures;
  return [
    `N = ${canaries}`,
    `load ${load[0].toFixed(1)} to ${load[1].toFixed(1)}`,
    `initialized in ${initSeconds.toFixed(1)} s`,
    `rolled in ${rollSeconds.toFixed(1)} s`,
    `${cpuMillisPerRollout.toFixed(1)} ms CPU and ${short(requestsPerRollout)} requests a rollout`,
    `${short(figures.queriesPerRollout)} queries and ${short(figures.passesPerRollout)} passes`,
    `${middle(figures.readyToWeightSeconds).toFixed(2)} s from pods ready to first weight`,
    `RSS ${Math.round(memory.idle)} MB idle, ${Math.round(memory.peak)} MB at most, heap ${Math.round(memory.heap.used)} of ${Math.round(memory.heap.total)} MB`,
  ].join("; ");
}

/** Requests of a rollout, most frequent first. */
export function breakdown({ requests, upkeep, canaries, everybodysCpuMillisPerRollout }: Figures): string {
  const line = ({ verb, resource, code, count }: RequestCount) =>
    `  ${(count / canaries).toFixed(2).padStart(7)}  ${verb} ${resource} ${code}`;
  const renewed = upkeep.map(({ verb, resource, count }) => `${count} ${verb} ${resource}`).join(", ");
  const spent = Object.entries(everybodysCpuMillisPerRollout)
    .filter(([, millis]) => millis >= 1)
    .toSorted(([, one], [, other]) => other - one)
    .map(([name, millis]) => `${name} ${Math.round(millis)} ms`)
    .join(", ");
  return [
    `Requests per rollout, N = ${canaries}:`,
    ...requests.toSorted((one, other) => other.count - one.count).map(line),

    ...(renewed === "" ? [] : [`  renewed meanwhile, for all together: ${renewed}`]),
    `CPU per rollout, everybody's: ${spent}`,
  ].join("\n");
}

function medianOf(runs: readonly Figures[], figure: (run: Figures) => number): number {
  return middle(runs.map(figure));
}

export function middle(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  const half = sorted.length >> 1;
  const upper = sorted[half] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[half - 1] ?? upper) + upper) / 2;
}

const short = (value: number): string => String(Math.round(value * 10) / 10);

/** Draws a View as lines for a terminal of any size. Pure: the same View and size are always the same lines. */
import { cut, type Line, plain, print, type Span, type Style, styled, widthOf, wrap } from "./line.ts";
import { type Frame, type MetricSeen, measured, nextDecision, type Side, type Starting, type View } from "./view.ts";

export interface Size {
  readonly columns: number;
  readonly rows: number;
}

const narrowest = 60;
const widest = 110;
/** More would only be more Events. */
const mostRows = 32;
const labelWidth = 9;
const widestVersion = 20;

/** As many lines as there is room for, so that what stands below never jumps; none is wider than the terminal. */
export function draw(view: View, size: Size, colour: "in colour" | "without colour"): readonly string[] {
  const columns = Math.min(Math.max(size.columns, narrowest), widest);
  const lines = view.kind === "starting" ? start(view, columns) : frame(view, columns, Math.min(size.rows, mostRows));
  return lines.slice(0, size.rows).map((line) => print(cut(line, size.columns), colour));
}

export function clock(millis: number): string {
  const seconds = Math.max(0, Math.floor(millis / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

function start({ parts, now, beganAt, where }: Starting, columns: number): readonly Line[] {
  const text = parts.length === 0 ? "…" : parts.join(", ");
  return [title(where, now - beganAt, columns), ...labelled("starting", wrap(text, columns - labelWidth))];
}

function frame(view: Frame, columns: number, rows: number): readonly Line[] {
  const width = versionWidth(view);
  const fixed: readonly Line[] = [
    title(view.where, view.now - view.beganAt, columns),
    [styled("strong", view.act)],
    [],
    side("primary", view.primary, width, columns),
    side("canary", view.canary, width, columns),
    [],
    ...clients(view, width),
    [],
    ...rollout(view, columns),
    [],
  ];
  const room = Math.max(0, rows - fixed.length);
  const told = said(view, columns).slice(-room || rows);
  const rest = Array.from({ length: Math.max(0, room - told.length) }, (): Line => []);
  return [...fixed, ...(room > 0 ? told : []), ...rest];
}

function title(where: string, elapsedMillis: number, columns: number): Line {
  const left: Line = [styled("strong", "Serin"), plain(` ${where}`)];
  const right = clock(elapsedMillis);
  return [...left, plain(" ".repeat(Math.max(1, columns - widthOf(left) - right.length))), styled("quiet", right)];
}

function side(name: "primary" | "canary", own: Side, width: number, columns: number): Line {
  const { version, readyPods, wantedPods, weight } = own;
  const pods = wantedPods === 0 ? "no pods" : `${readyPods}/${wantedPods} ready`;
  const head = `${name.padEnd(labelWidth)}${fit(version ?? "–", width)}${pods.padEnd(11)}`;
  const share = weight === undefined ? "    –" : `${String(weight).padStart(3)} %`;
  const length = columns - head.length - share.length - 1;
  const full = Math.round(((weight ?? 0) / 100) * length);
  return [
    plain(head),
    styled(name, "█".repeat(full)),
    styled("quiet", "░".repeat(length - full)),
    styled("strong", ` ${share}`),
  ];
}

/** The names of versions are short, unless they say what their pods do: `3.0.0-errors30`. */
function versionWidth({ primary, canary, clients: seen }: Frame): number {
  const names = [primary.version, canary.version, ...(seen?.versions ?? []).map(({ version }) => version)];
  return Math.min(widestVersion, Math.max(8, ...names.map((name = "") => name.length + 1)));
}

const fit = (version: string, width: number): string => version.slice(0, width - 1).padEnd(width);

function clients({ clients: seen, primary, canary }: Frame, width: number): readonly Line[] {
  if (seen === undefined) return [[styled("quiet", "clients  none yet")], [], [], []];
  const names = new Set([primary.version, canary.version, ...seen.versions.map(({ version }) => version)]);
  const rows = [...names]
    .filter((name) => name !== undefined)
    .toSorted()
    .map((name): Line => {
      const own = seen.versions.find(({ version }) => version === name);
      const rate = `${(own?.perSecond ?? 0).toFixed(1).padStart(6)} /s`;
      const success = own === undefined ? "     –" : `${own.successPercent.toFixed(1).padStart(6)} %`;
      const style: Style = own === undefined ? "quiet" : own.successPercent < 99 ? "bad" : "good";
      return [
        plain(" ".repeat(labelWidth) + fit(name, width)),
        plain(rate.padStart(11)),
        styled(style, `  ${success}`),
      ];
    });
  const header = `${"clients".padEnd(labelWidth)}${"version".padEnd(width)} requests   success  last ${seen.windowSeconds} s`;
  const lost: Span =
    seen.lost === 0 ? styled("good", "lost 0") : styled("bad", `lost ${seen.lost.toLocaleString("en")}`);
  return [
    [styled("quiet", header)],
    ...rows,
    ...(rows.length < 2 ? [[]] : []),
    [plain(" ".repeat(labelWidth)), lost, plain(` of ${seen.sent.toLocaleString("en")} requests`)],
  ];
}

function rollout(view: Frame, columns: number): readonly Line[] {
  const { phase, stage, step, steps, failedChecks, threshold, metrics, message } = view.rollout;
  const width = columns - labelWidth;
  const at = step === undefined ? "" : `, step ${step + 1} of ${steps}`;
  const failed = `failed ${failedChecks} of ${threshold}`;
  const why = wrap(message || "–", width).slice(0, 2);
  return [
    [
      plain("phase".padEnd(labelWidth)),
      styled("strong", phase || "none"),
      plain(`${stage === phase ? "" : `, ${stage || "not begun"}`}${at}, `),
      styled(failedChecks > 0 ? "bad" : "plain", failed),
    ],
    ...labelled("next", [nextDecision(view)]),
    ...(metrics.length === 0 ? labelled("metrics", ["none measured yet"]) : measurements(metrics, view.now)),
    ...labelled("why", why),
    // The next sentence may take two lines: what is below stays where it is.
    ...Array.from({ length: 2 - why.length + Math.max(0, 2 - Math.max(1, metrics.length)) }, (): Line => []),
  ];
}

const marks: Readonly<Record<string, Span>> = {
  pass: styled("good", "✓ "),
  fail: styled("bad", "✗ "),
};

function measurements(metrics: readonly MetricSeen[], now: number): readonly Line[] {
  return metrics.map((metric, index) => [
    plain((index === 0 ? "metrics" : "").padEnd(labelWidth)),
    marks[metric.verdict] ?? styled("quiet", "? "),
    plain(`${metric.name} ${measured(metric)}`),
    styled("quiet", `  ${Math.max(0, Math.floor((now - metric.at) / 1000))} s ago`),
  ]);
}

function labelled(label: string, texts: readonly string[]): readonly Line[] {
  return texts.map((text, index) => [plain((index === 0 ? label : "").padEnd(labelWidth)), plain(text)]);
}

function said({ said: all, beganAt }: Frame, columns: number): readonly Line[] {
  return all.flatMap(({ at, text, isWarning }) =>
    wrap(text, columns - labelWidth).map((piece, index): Line => {
      const when = index === 0 ? clock(at - beganAt) : "";
      return [styled("quiet", when.padEnd(labelWidth)), styled(isWarning ? "bad" : "plain", piece)];
    }),
  );
}

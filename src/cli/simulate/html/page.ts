/** The report as one HTML page that needs nothing else and asks nobody for anything. */
import type { EnsembleTold, Report, Share, StoryTold } from "../report.ts";
import { badInWords, caveats, exposureInWords, hurtInWords, inWords } from "../text.ts";
import { count, duration, percent, some } from "../words.ts";
import { type Markup, markup } from "./markup.ts";
import { plot } from "./plot.ts";
import { STYLE } from "./style.ts";

/** The page for a report: the same report, the same bytes. */
export function printHtml(report: Report): string {
  const page = markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${report.canary}, simulated</title>
<style>${{ html: STYLE }}</style>
</head>
<body>
<main>
<h1>Canary ${report.canary}, simulated</h1>
${settings(report)}
${cards(report)}
${causes(report)}
${report.stories.map(storySection)}
${list("Warnings", "warnings", report.warnings)}
${list("Assumed", "assumed", report.assumptions)}
</main>
</body>
</html>
`;
  return page.html;
}

function settings({ settings: given }: Report): Markup {
  const { requestsPerSecond, baseErrorPercent, baseLatencyMillis, scrapeSeconds, weather, seed, runs } = given;
  return markup`<p class="quiet">${requestsPerSecond} requests/s. A healthy version fails ${percent(baseErrorPercent)} and answers in ${baseLatencyMillis} ms. Scraped every ${scrapeSeconds} s, in ${weather} weather. Seed ${seed}, ${some(runs, "run")} for each chance.</p>`;
}

function cards(report: Report): Markup {
  const { healthy, bad, marginal } = report.chances;
  const { secondsToRollback } = bad;
  return markup`<dl class="cards">
${shareCard("A healthy version is rolled back", healthy.rolledBack, healthy.runs)}
${shareCard(`A bad version (${bad.scenario}) is promoted`, bad.promoted, bad.runs)}
${marginal === null ? undefined : shareCard("A version a little too bad is promoted", marginal.promoted, marginal.runs)}
${secondsToRollback === null ? undefined : card("Until a bad version is taken away", duration(secondsToRollback.median * 1000), `in the median; ${duration(secondsToRollback.worst * 1000)} at worst`)}
${card("Requests that a bad version hurts", count(bad.hurt.median), `in the median; ${count(bad.hurt.worst)} at worst`)}
</dl>
${caveats(report).map(
  (sentence) => markup`<p>${sentence}</p>
`,
)}${[bad, ...(marginal === null ? [] : [marginal])].map(
  (ensemble: EnsembleTold) => markup`<p>${badInWords(ensemble)}</p>
`,
)}`;
}

function shareCard(
  title: string,
  { count: hits, percent: value, lowPercent, highPercent }: Share,
  runs: number,
): Markup {
  const range = `${hits} of ${some(runs, "run")}; at 95 %: ${percent(lowPercent)} to ${percent(highPercent)}`;
  return card(title, percent(value), range);
}

function card(title: string, figure: string, more: string): Markup {
  return markup`<div class="card"><dt>${title}</dt><dd><div class="figure">${figure}</div><div class="quiet">${more.replaceAll(" %", "\u00a0%")}</div></dd></div>`;
}

function causes({ causes: found }: Report): Markup | undefined {
  if (found.length === 0) return undefined;
  const items = found.map(
    ({ tone, sentence }) =>
      markup`<li>${tone === "bad" ? markup`<span class="bad-mark">Think about this:</span> ` : undefined}${sentence}</li>
`,
  );
  return markup`<section aria-labelledby="causes"><h2 id="causes">What in the manifest makes it so</h2>
<ul class="list">
${items}</ul></section>`;
}

function storySection(story: StoryTold): Markup {
  const id = `story-${story.scenario}`;
  const { mostExposed } = story;
  const tone = story.end === "promoted" ? "good" : "bad";
  const exposed = mostExposed === null ? undefined : ` ${exposureInWords(mostExposed)}`;
  return markup`<section aria-labelledby="${id}"><h2 id="${id}">${story.scenario}: ${story.about}</h2>
<p><strong class="${tone}">${story.end}</strong> after ${duration(story.lastedSeconds * 1000)}: ${story.reason}. ${hurtInWords(story)}${exposed}</p>
<figure>${plot(story, id)}
<figcaption>Decisions: a dot is a pass or a promotion, a cross is a failed check or a rollback, a bar is anything else. The table says the same in words.</figcaption></figure>
<div class="scroll"><table>
<thead><tr><th scope="col">Since the release</th><th scope="col">Weight</th><th scope="col">What happens</th></tr></thead>
<tbody>
${story.timeline.map(
  (
    line,
  ) => markup`<tr><td class="number">+${duration(line.atSeconds * 1000)}</td><td class="number">${line.weightPercent} %</td><td class="${line.tone}">${inWords(line)}</td></tr>
`,
)}</tbody></table></div></section>
`;
}

function list(title: string, id: string, sentences: readonly string[]): Markup | undefined {
  if (sentences.length === 0) return undefined;
  return markup`<section aria-labelledby="${id}"><h2 id="${id}">${title}</h2>
<ul class="list">
${sentences.map(
  (sentence) => markup`<li>${sentence}</li>
`,
)}</ul></section>`;
}

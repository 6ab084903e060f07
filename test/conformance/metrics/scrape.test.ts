/** The embedded scraper and a real Prometheus ask the same pages at the same time, and must make the same series of them. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, describe, it } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { usePrometheusBinary, whyNoPrometheusBinary } from "../../../src/playground/prometheus/binary.ts";
import { type ScrapingServer, startEmbeddedPrometheus } from "../../../src/playground/prometheus/embedded.ts";
import type { ScrapeTarget } from "../../../src/playground/prometheus/scraper.ts";
import { systemClock } from "../../../src/runtime/clock.ts";
import { ask, difference, instant } from "./ask.ts";

const INTERVAL = 500;
const PATIENCE_MILLIS = 20_000;

/** What a page says in the first half, and in the second; a number is a status without a page. */
const PAGES: Readonly<Record<string, readonly [string | number, string | number]>> = {
  formats: [
    [
      "# HELP requests_total All of them, with a \\\\ and a\\nnew line.",
      "# TYPE requests_total counter",
      'requests_total{code="200",text="a \\"quoted\\" \\\\ back\\nslash, {brace} # hash"} 1.5e3',
      "requests_total 3",
      "",
      "# just a remark",
      'gauge_up{ code = "1" , } +Inf',
      'gauge_down{code="2"} -Inf',
      'not_a_number{code="3",} NaN',
      'empty{code=""} 0',
      "# TYPE latency histogram",
      'latency_bucket{le="0.5"} 3',
      'latency_bucket{le="+Inf"} 4',
      "latency_sum 2.25",
      "latency_count 4",
      "# TYPE quick summary",
      'quick{quantile="0.9"} 0.25',
    ].join("\n"),
    "requests_total 3\n",
  ],
  clashing: ['answer{job="mine",instance="here",exported_job="old",extra="theirs"} 42\n', 'answer{job="other"} 43\n'],
  honored: ['answer{job="mine",instance="here",extra="theirs"} 42\nanswer{job=""} 44\n', "answer 43\n"],
  broken: ["fine 1\nnot fine\n", "fine 1\n"],
  braces: ['fine 1\nopen{a="b" 2\n', "fine 1\n"],
  twice: ['fine{a="1",a="2"} 1\n', "fine 1\n"],
  hexadecimal: ["fine 1\nhexadecimal 0x1F\n", "fine 1\n"],
  nameless: ['fine 1\n{a="1"} 1\n', "fine 1\n"],
  leading: ["  fine 1\n", "fine 1\n"],
  between: ['fine\t{a="b"} 1\n', "fine 1\n"],
  trailing: ["fine   1  \n", "fine 1\n"],
  commas: ['fine{a="1",,b="2"} 1\n', "fine 1\n"],
  comma: ["fine{,} 1\n", "fine 1\n"],
  unended: ["fine 1", "fine 1\n"],
  escapes: ['fine{a="\\t"} 1\n', "fine 1\n"],
  returns: ["fine 1\r\nother 2\r\n", "fine 1\n"],
  glued: ['fine{a="b"}1\n', "fine 1\n"],
  colon: ["a:fine 1\n", "fine 1\n"],
  underscored: ["fine 1_000\n", "fine 1\n"],
  infinite: ["fine Infinity\n", "fine 1\n"],
  dotted: ["fine 1.\n", "fine 1\n"],
  unquoted: ["fine 1\nother{a=1} 1\n", "fine 1\n"],
  timestamps: ["fine 1 later\n", "fine 1\n"],
  types: ["# TYPE fine nonsense\nfine 1\n", "fine 1\n"],
  failing: ["fine 1\n", 500],
  recovering: [404, "fine 1\n"],
  empty: ["", "fine 1\n"],
  leaving: ["fine 1\n", "fine 1\n"],
};

/** All but what depends on the moment. */
const QUESTIONS = [
  '{job!="",__name__!~"scrape_duration_seconds|scrape_series_added"}',
  "up",
  "count by (job) (scrape_duration_seconds)",
];

describe("scraping", { skip: whyNoPrometheusBinary() ?? false }, () => {
  let half: 0 | 1 = 0;
  const pages: Server = createServer((request, response) => {
    const page = PAGES[(request.url ?? "").slice(1)]?.[half] ?? 404;
    response.writeHead(typeof page === "number" ? page : 200, { "content-type": "text/plain; version=0.0.4" });
    response.end(typeof page === "number" ? "" : page);
  });
  const servers: ScrapingServer[] = [];
  let targets: readonly ScrapeTarget[] = [];

  before(async () => {
    pages.listen(0, "127.0.0.1");
    await once(pages, "listening");
    const { port } = pages.address() as AddressInfo;
    targets = Object.keys(PAGES).map((name) => ({
      url: `http://127.0.0.1:${port}/${name}`,
      job: name,
      instance: `${name}:80`,
      labels: { extra: "ours" },
      honorLabels: name === "honored",
    }));
    servers.push(await startEmbeddedPrometheus({ clock: systemClock(), intervalMillis: INTERVAL, targets }));
    servers.push(await usePrometheusBinary({ intervalMillis: INTERVAL, targets }));
  });
  after(async () => {
    await Promise.all(servers.map((server) => server.close()));
    pages.closeAllConnections();
    pages.close();
  });

  /** Until both say the same, at a moment when they have scraped for a while. */
  async function agree(): Promise<void> {
    const until = performance.now() + PATIENCE_MILLIS;
    for (;;) {
      await sleep(3 * INTERVAL);
      const found: unknown[] = [];
      for (const question of QUESTIONS) {
        // A little in the past, so that a scrape under way does not matter.
        const at = Date.now() - INTERVAL;
        const [embedded, real] = await Promise.all(servers.map(({ url }) => ask(url, instant(question, at))));
        const wrong = difference(withoutTime(embedded), withoutTime(real));
        if (wrong !== undefined) found.push({ wrong, embedded, real });
      }
      if (found.length === 0) return;
      if (performance.now() > until) assert.fail(JSON.stringify(found, undefined, 1));
    }
  }

  it("makes the same series of the same pages", agree);
  it("lets go of series that are gone, and of targets that fail", async () => {
    half = 1;
    await agree();
  });
  it("lets go of targets that left", async () => {
    for (const server of servers) await server.follow(targets.filter(({ job }) => job !== "leaving"));
    await agree();
    const left = await Promise.all(servers.map(({ url }) => ask(url, instant('up{job="leaving"}', Date.now()))));
    assert.deepEqual(
      left.map(({ said }) => Reflect.get(Object(said), "result")),
      [[], []],
    );
  });
  it("tells how the targets fare", async () => {
    const health = await Promise.all(
      servers.map(async ({ url }) => {
        const { data } = (await (await fetch(`${url}/api/v1/targets`)).json()) as {
          data: { activeTargets: { labels: { job: string }; health: string }[] };
        };
        return data.activeTargets.map(({ labels: { job }, health }) => `${job} ${health}`).sort();
      }),
    );
    assert.deepEqual(health[0], health[1]);
  });
});

function withoutTime(answer: unknown): unknown {
  return JSON.parse(JSON.stringify(answer), (key, value) => (key === "value" ? value[1] : value));
}

/** Pages of metrics that are made in this process, for a metrics server in it or beside it. */
import { once } from "node:events";
import { createServer } from "node:http";
import type { Clock } from "../../runtime/clock.ts";
import type { Log } from "../../runtime/log.ts";
import type { ScrapeTarget as Page } from "../pods/scrapeTarget.ts";
import { usePrometheusBinary } from "./binary.ts";
import { type ScrapingServer, startEmbeddedPrometheus } from "./embedded.ts";
import { keepFollowed } from "./following.ts";
import type { ScrapeTarget } from "./scraper.ts";

export interface PagesOptions {
  readonly clock: Clock;
  readonly log: Log;
  readonly server: "embedded" | "binary";
  readonly intervalMillis: number;
  /** Those of the moment. */
  readonly pages: () => readonly Page[];
}

export interface MetricsOfPages {
  readonly url: string;
  close(): Promise<void>;
}

const LOOPBACK = "127.0.0.1";

/** Scrapes all pages that there are, as they come and go. */
export async function scrapePages(options: PagesOptions): Promise<MetricsOfPages> {
  const { clock, log, intervalMillis, pages } = options;
  const printed = (url: string): string | undefined => {
    const path = new URL(url, `http://${LOOPBACK}`).pathname;
    return pages()
      .find((page) => pathOf(page) === path)
      ?.text();
  };
  const door = options.server === "binary" ? await openDoor(printed) : undefined;
  const targets = (): readonly ScrapeTarget[] => pages().map((page) => targetOf(page, door?.url ?? "http://page"));
  const server = await start(options, printed);
  const cancel = keepFollowed({ clock, log, everyMillis: intervalMillis / 2, targets, follow: server.follow });
  return {
    url: server.url,
    close: async () => {
      cancel();
      await server.close();
      await door?.close();
    },
  };
}

async function start(
  { clock, server, intervalMillis }: PagesOptions,
  printed: (url: string) => string | undefined,
): Promise<ScrapingServer> {
  if (server === "binary") return usePrometheusBinary({ intervalMillis });
  const fetchPage = async ({ url }: ScrapeTarget): Promise<string> => {
    const page = printed(url);
    if (page === undefined) throw new Error("it is gone");
    return page;
  };
  return startEmbeddedPrometheus({ clock, fetchPage, intervalMillis });
}

/** Of letters that no program writes in another way in an address. */
const pathOf = ({ labels }: Page): string =>
  `/${["job", "instance"].map((label) => (labels[label] ?? "").replaceAll(/[^\w.-]/g, "_")).join("/")}`;

function targetOf(page: Page, origin: string): ScrapeTarget {
  const { job = "", instance = "", ...labels } = page.labels;
  // As where Istio merges a program's metrics with its sidecar's: what the page says of itself goes first.
  return { url: `${origin}${pathOf(page)}`, job, instance, labels, honorLabels: true };
}

/** For a metrics server in another process. */
async function openDoor(printed: (url: string) => string | undefined): Promise<MetricsOfPages> {
  const server = createServer(({ url = "/" }, response) => {
    const page = printed(url);
    response.writeHead(page === undefined ? 404 : 200, { "content-type": "text/plain; version=0.0.4" }).end(page);
  });
  server.listen(0, LOOPBACK);
  await once(server, "listening");
  const address = server.address();
  return {
    url: `http://${LOOPBACK}:${typeof address === "object" && address !== null ? address.port : 0}`,
    close: async () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

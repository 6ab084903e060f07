import { type ExposedSample, ExpositionError, parseExposition, readMetric } from "./exposition.ts";
import { type Labels, labelsOf } from "./labels.ts";
import { ScrapeReport } from "./scrapeReport.ts";
import type { SeriesStore } from "./seriesStore.ts";

/** Whom to ask, and what is known of it beforehand. */
export interface TargetIdentity {
  readonly job: string;
  readonly instance: string;
  /** More labels for all of its series. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Whether the labels of the page go before those of the target. Otherwise they become `exported_…`. */
  readonly honorLabels?: boolean;
}

/** What came of asking once. */
export type ScrapeAnswer =
  | { readonly kind: "page"; readonly text: string; readonly durationSeconds: number }
  | { readonly kind: "failure"; readonly why: string; readonly durationSeconds: number };

/** One series of a target, and whether its page gives it times of its own. */
interface Known {
  readonly labels: Labels;
  isTimed: boolean;
}

interface ReadPage {
  readonly lines: readonly { readonly known: Known; readonly sample: ExposedSample }[];
  /** How many samples the page had, as far as it could be read, and how many of these had labels in order. */
  readonly scraped: number;
  readonly kept: number;
  readonly error: string | undefined;
}

/**
 * One target's page over time, written to the store as Prometheus's scrape loop does: with the target's labels, a report
 * on each scrape (`up` and its like), and a stale marker for every series that is gone. Has no clock and asks nobody.
 */
export class ScrapedTarget {
  readonly identity: TargetIdentity;
  readonly #store: SeriesStore;
  readonly #own: Labels;
  readonly #report: ScrapeReport;
  /** Line of the page → its series. Pages change their values and hardly ever their lines. */
  #known = new Map<string, Known>();
  #lastError: string | undefined;

  constructor(identity: TargetIdentity, store: SeriesStore) {
    this.identity = identity;
    this.#store = store;
    const { job, instance, labels = {} } = identity;
    this.#own = labelsOf([...Object.entries({ job, instance }), ...Object.entries(labels)]);
    this.#report = new ScrapeReport(this.#own, store);
  }

  get labels(): Labels {
    return this.#own;
  }

  /** Why the last scrape failed, in words. */
  get lastError(): string | undefined {
    return this.#lastError;
  }

  /** Take in what was answered to the scrape that began at `at`. */
  record(answer: ScrapeAnswer, at: number): void {
    const { lines, scraped, kept, error } =
      answer.kind === "page" ? this.#read(answer.text) : { lines: [], scraped: 0, kept: 0, error: answer.why };
    this.#lastError = error;
    const seen = new Map(lines.map(({ known, sample }) => [sample.metric, known]));
    for (const { known, sample } of lines) {
      known.isTimed = sample.at !== undefined;
      this.#store.append(known.labels, sample.value, sample.at ?? at);
    }
    const added = [...seen.keys()].filter((line) => !this.#known.has(line)).length;
    this.#endAllBut(seen, at);
    this.#known = seen;
    this.#report.write(
      { isUp: error === undefined, durationSeconds: answer.durationSeconds, scraped, kept, added },
      at,
    );
  }

  /** The target is no longer there: all of its series end, the report included. */
  end(at: number): void {
    this.#endAllBut(new Map(), at);
    this.#known = new Map();
    this.#report.end(at);
  }

  /** A page that breaks in the middle counts as none, and its report says how far it was read. */
  #read(page: string): ReadPage {
    const { samples, error } = parseExposition(page);
    const lines: ReadPage["lines"][number][] = [];
    try {
      for (const sample of samples) {
        const known = this.#known.get(sample.metric) ?? { labels: this.#labelled(sample.metric), isTimed: false };
        lines.push({ known, sample });
      }
    } catch (cause) {
      if (!(cause instanceof ExpositionError)) throw cause;
      return { lines: [], scraped: lines.length + 1, kept: lines.length, error: cause.message };
    }
    const counts = { scraped: samples.length, kept: samples.length };
    return { lines: error === undefined ? lines : [], ...counts, error };
  }

  #labelled(metric: string): Labels {
    const written = readMetric(metric);
    if (this.identity.honorLabels === true) return labelsOf([...this.#own.entries(), ...written]);
    const exposed = labelsOf(written);
    const pairs = exposed.entries().map(([name, value]): [string, string] => {
      const clashes = this.#own.get(name) !== "";
      return [clashes ? freeName(`exported_${name}`, exposed) : name, value];
    });
    return labelsOf([...pairs, ...this.#own.entries()]);
  }

  /** A series whose times its page gives ends when it is not renewed, and not before. */
  #endAllBut(seen: ReadonlyMap<string, Known>, at: number): void {
    for (const [line, { labels, isTimed }] of this.#known)
      if (!seen.has(line) && !isTimed) this.#store.markStale(labels, at);
  }
}

const freeName = (name: string, taken: Labels): string =>
  taken.get(name) === "" ? name : freeName(`exported_${name}`, taken);

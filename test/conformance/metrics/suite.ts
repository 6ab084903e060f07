import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { type Answer, ask, difference, instant, type Question, range } from "./ask.ts";
import { mainDataset, NOW } from "./dataset.ts";
import { DIFFERENCES } from "./differences.ts";
import { QUERIES } from "./queries.ts";
import { REFUSED } from "./refused.ts";
import type { FedServer, MakeServer } from "./servers.ts";

/** What a real Prometheus 2.42 answered, written by record.ts, so that the comparison needs no binary. */
export const answersFile = join(import.meta.dirname, "../../golden/promql/answers.json");

const ranged = (query: string): readonly Question[] => [range(query), range(query, 7, "37s")];

const bySecond = (milliseconds: number) => String(milliseconds / 1000);

const PARAMETERS: readonly Question[] = [
  { path: "query", parameters: {} },
  ...["abc", "2023-11-14T22:00:00Z", "2023-11-14T22:00:00.5+01:00", "1.7e9", "1700000000.1234", ""].map(
    (time): Question => ({ path: "query", parameters: { query: "alone + time() * 0", time: time || bySecond(NOW) } }),
  ),
  ...["x", "1", "30s"].map(
    (timeout): Question => ({
      path: "query",
      parameters: { query: "alone", time: bySecond(NOW), timeout },
    }),
  ),
  { path: "query_range", parameters: { query: "alone" } },
  ...["0", "-1", "x", "1", "15s", "1m30s", "0.5"].map((step) => range("alone", 2, step)),
  range("alone", 30, "0.1"),
  range("alone", -1, "1"),
  range("alone[5m]", 2, "15"),
  ...["start()", "end()", "1699999900"].flatMap((at) => [
    range(`alone @ ${at}`, 2, "15"),
    range(`rate(resetting_total[2m] @ ${at})`, 2, "15"),
    range(`max_over_time(alone[1m:10s] @ ${at})`, 2, "15"),
    range(`max_over_time((alone @ ${at})[1m:10s])`, 2, "15"),
    range(`alone - alone @ ${at} offset 30s`, 2, "15"),
  ]),
  range('"text"', 2, "15"),
  range("sum(", 2, "15"),
  range("1", 2, "15"),
  { path: "series", parameters: {} },
  { path: "series", parameters: { "match[]": "load" } },
  { path: "series", parameters: { "match[]": 'load{zone="eu"}' } },
  { path: "series", parameters: { "match[]": "sum(load)" } },
  { path: "series", parameters: { "match[]": "{}" } },
  { path: "labels", parameters: {} },
  { path: "labels", parameters: { "match[]": "info" } },
  { path: "label/zone/values", parameters: {} },
  { path: "label/missing/values", parameters: {} },
  { path: "label/not-valid/values", parameters: {} },
  { path: "label/host/values", parameters: { "match[]": "info" } },
];

/** Every question by a name of its own. */
export function questions(): ReadonlyMap<string, readonly Question[]> {
  const groups = Object.entries(QUERIES).map(
    ([group, queries]) => [group, queries.map((query) => instant(query))] as const,
  );
  const overRanges = Object.entries(QUERIES)
    .filter(([group]) => group !== "ranges by themselves")
    .flatMap(([, queries]) => queries.filter((_, at) => at % 3 === 0).flatMap(ranged));
  return new Map<string, readonly Question[]>([
    ...groups,
    ["refused queries", REFUSED.map((query) => instant(query))],
    ["queries that are answered differently", Object.keys(DIFFERENCES).map((query) => instant(query))],
    ["queries over ranges", overRanges],
    ["parameters", PARAMETERS],
  ]);
}

export const nameOf = ({ path, parameters }: Question): string => `${path} ${JSON.stringify(parameters)}`;

/** What is known to differ, must; everything else must not. */
function verdict(question: Question, got: Answer, wanted: Answer | undefined, isReal: boolean): string | undefined {
  if (wanted === undefined) return "is not recorded: run record.ts where there is a Prometheus";
  const wrong = difference(got, wanted);
  const reason = question.path === "query" ? DIFFERENCES[question.parameters["query"] ?? ""] : undefined;
  if (reason === undefined || isReal) return wrong;
  return wrong === undefined ? `agrees now, and was said not to (${reason})` : undefined;
}

/** The same questions to any server that is, or stands for, a Prometheus. */
export function metricsSuite(name: string, makeServer: MakeServer, kind: "real" | "embedded", skip?: string): void {
  describe(`${name} answers as Prometheus did`, { skip: skip ?? false }, () => {
    let server: FedServer | undefined;
    before(async () => {
      server = await makeServer();
      await server.feed(mainDataset());
    });
    after(() => server?.close());
    const recorded = existsSync(answersFile)
      ? (JSON.parse(readFileSync(answersFile, "utf8")) as Readonly<Record<string, Answer>>)
      : {};
    for (const [group, asked] of questions())
      it(group, async () => {
        const found: string[] = [];
        for (const question of asked) {
          const got = await ask(server?.url ?? "", question);
          const wrong = verdict(question, got, recorded[nameOf(question)], kind === "real");
          if (wrong !== undefined) found.push(`${nameOf(question)}: ${wrong}`);
        }
        assert.deepEqual(found, []);
      });
  });
}

/** What the metrics of one simulated life cost: 4 pods scraped 80 times, 20 queries. `node test/bench/simulatedMetrics.ts [lives]` */
import { ISTIO_METRICS } from "../../src/adapters/metrics/builtin.ts";
import { instant } from "../../src/domain/time.ts";
import { seededRandom } from "../../src/runtime/random.ts";
import { simulatedPrometheus } from "../../src/simulation/prometheus.ts";
import { MetricsServer } from "../../src/simulator/metrics/metricsServer.ts";
import { settlePromises, VirtualClock } from "../../src/simulator/virtualClock.ts";
import { aCountingPod } from "../simulator/metrics/countingPod.ts";

const lives = Number(process.argv[2] ?? 1000);
const LIFE_SECONDS = 400;
const SECONDS_BETWEEN_ROUNDS = 40;
const SERVER = { address: "http://prometheus:9090" };

const FACTS: Readonly<Record<string, string>> = { namespace: "test", target: "web", interval: "1m" };
const queries = Object.values(ISTIO_METRICS).map(({ template }) =>
  template.replaceAll(/\{\{ (\w+) \}\}/g, (_, name: string) => FACTS[name] ?? ""),
);

type Part = "nothing" | "scrapes" | "scrapes and queries";

/** Answers how many queries had a value. */
async function life(seed: number, part: Part): Promise<number> {
  const clock = new VirtualClock(Date.UTC(2026, 0, 1), settlePromises);
  const random = seededRandom(seed);
  const pods = ["web", "web", "web-primary", "web-primary"].map((workload, index) =>
    aCountingPod({ workload, name: `${workload}-${index}` }),
  );
  const counted = pods.map((pod) => [pod.received(200), pod.received(500)] as const);
  const metrics = new MetricsServer({ clock, random, counters: () => pods });
  const client = simulatedPrometheus({ metrics, clock, random });
  const answers: Promise<unknown>[] = [];
  if (part !== "nothing") metrics.start();
  for (let second = 1; second <= LIFE_SECONDS; second++) {
    for (const [fine, bad] of counted) {
      fine.add(9, 12);
      bad.add(1, 3);
    }
    await clock.advance(1000);
    if (part !== "scrapes and queries" || second % SECONDS_BETWEEN_ROUNDS !== 0) continue;
    for (const query of queries) answers.push(client.query(SERVER, query, instant(clock.now())));
  }
  await clock.advance(1000);
  metrics.stop();
  const values = (await Promise.all(answers)).filter((sample) => Reflect.get(Object(sample), "kind") === "value");
  return values.length;
}

/** Milliseconds of CPU for one life. */
async function measure(part: Part): Promise<number> {
  const before = process.cpuUsage();
  for (let seed = 0; seed < lives; seed++) await life(seed, part);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000 / lives;
}

const answered = await life(1, "scrapes and queries");
for (let seed = 0; seed < 100; seed++) await life(seed, "scrapes and queries");
const nothing = await measure("nothing");
const scrapes = await measure("scrapes");
const all = await measure("scrapes and queries");
const figure = (millis: number): string => `${millis.toFixed(2)} ms`;
console.log(
  `${lives} lives, of CPU each: scrapes ${figure(scrapes - nothing)}, ${answered} queries ${figure(all - scrapes)}, together ${figure(all - nothing)}`,
);

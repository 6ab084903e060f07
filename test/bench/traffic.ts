/** What the traffic of one simulated life costs while nothing changes: 400 s, 2 proxies, 3 pods. `node test/bench/traffic.ts [lives]` */
import { seededRandom } from "../../src/runtime/random.ts";
import { steady } from "../../src/simulator/traffic/shape.ts";
import { Traffic } from "../../src/simulator/traffic/traffic.ts";
import { settlePromises, VirtualClock } from "../../src/simulator/virtualClock.ts";
import { CLIENT, Rig } from "../simulator/traffic/rig.ts";

const lives = Number(process.argv[2] ?? 200);
const SECONDS = 400;
const SCRAPE_SECONDS = 5;

const rig = new Rig();
rig.version("web-primary", 2);
rig.version("web-canary", 1, { ERROR_PERCENT: 3, LATENCY_MILLIS: 40 });
rig.route({ "web-primary": 90, "web-canary": 10 });

interface Cost {
  readonly idleMillis: number;
  readonly withMillis: number;
  readonly batches: number;
}

async function life(ratePerSecond: number, seed: number): Promise<Cost> {
  const idle = await time(new VirtualClock(undefined, settlePromises), () => {});
  const clock = new VirtualClock(undefined, settlePromises);
  let batches = 0;
  const watchers = [{ served: () => void batches++ }];
  const clients = [{ ...CLIENT, shape: steady(ratePerSecond) }];
  const traffic = new Traffic({ clock, random: seededRandom(seed), api: rig.api, clients, watchers, proxies: 2 });
  traffic.start();
  const withMillis = await time(clock, () => {
    for (const pod of traffic.counters()) pod.read();
  });
  traffic.stop();
  return { idleMillis: idle, withMillis, batches };
}

/** The clock steps by the second in any case, as something always does in a life. */
async function time(clock: VirtualClock, scrape: () => void): Promise<number> {
  const begun = performance.now();
  for (let second = 1; second <= SECONDS; second++) {
    await clock.advance(1000);
    if (second % SCRAPE_SECONDS === 0) scrape();
  }
  return performance.now() - begun;
}

for (const rate of [1, 50, 5000]) {
  const costs: Cost[] = [];
  for (let seed = 0; seed < lives; seed++) costs.push(await life(rate, seed));
  const sorted = costs.map(({ idleMillis, withMillis }) => withMillis - idleMillis).sort((one, other) => one - other);
  const [median = 0, worst = 0] = [sorted[Math.floor(sorted.length / 2)], sorted[Math.floor(sorted.length * 0.95)]];
  const batches = costs.reduce((sum, cost) => sum + cost.batches, 0) / costs.length;
  console.log(
    `${rate} requests/s: ${median.toFixed(2)} ms a life (95 %: ${worst.toFixed(2)}), ${batches.toFixed(0)} batches, ${SECONDS / SCRAPE_SECONDS} scrapes`,
  );
}

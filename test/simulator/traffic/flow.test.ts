import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type Random, seededRandom } from "../../../src/runtime/random.ts";
import { pickEndpoint } from "../../../src/simulator/mesh/balance.ts";
import { decide } from "../../../src/simulator/mesh/decide.ts";
import { failureOf } from "../../../src/simulator/mesh/failure.ts";
import { wantsRetry } from "../../../src/simulator/mesh/retryPolicy.ts";
import type { RouteTable } from "../../../src/simulator/mesh/table.ts";
import type { Client } from "../../../src/simulator/traffic/client.ts";
import { Tally } from "../../../src/simulator/traffic/counters.ts";
import { flowOf } from "../../../src/simulator/traffic/flow.ts";
import { Latency } from "../../../src/simulator/traffic/latency.ts";
import { LivePod } from "../../../src/simulator/traffic/livePod.ts";
import { profileInManifest } from "../../../src/simulator/traffic/profile.ts";
import { send } from "../../../src/simulator/traffic/send.ts";
import { steady } from "../../../src/simulator/traffic/shape.ts";
import { aPod, aRequest, aRoute, aService, aTable, object, to } from "../mesh/objects.ts";
import { isWithinChance } from "./rig.ts";

const CLIENT: Client = { service: "shop/web", gateway: "ingress", host: "web.example.com", port: 80, shape: steady(1) };
const REQUESTS = 20_000;

const weighted = (weights: Readonly<Record<string, number>>, more: object = {}): object => ({
  route: Object.entries(weights).map(([host, weight]) => ({ destination: { host }, weight })),
  ...more,
});

/** Rules of a VirtualService, and which of the pods do not answer. */
const CASES: Readonly<Record<string, { readonly rules: readonly object[]; readonly dead?: readonly string[] }>> = {
  "two weights": { rules: [weighted({ one: 70, two: 30 })] },
  "three weights, one of them 0": { rules: [weighted({ one: 1, two: 0, empty: 3 })] },
  "one destination, whatever its weight": { rules: [weighted({ one: 7 })] },
  "a Service that is not there": { rules: [weighted({ one: 50, nowhere: 50 })] },
  "a match before the rest": {
    rules: [{ match: [{ headers: { "x-beta": { exact: "1" } } }], ...to("two") }, to("one")],
  },
  "no rule that fits": { rules: [{ match: [{ uri: { prefix: "/api" } }], ...to("one") }] },
  "a fault, then weights": {
    rules: [weighted({ one: 25, two: 75 }, { fault: { abort: { percentage: { value: 20 }, httpStatus: 503 } } })],
  },
  "one dead pod of three, and no retries": {
    rules: [weighted({ three: 60, two: 40 }, { retries: { attempts: 0 } })],
    dead: ["three-11"],
  },
  "two dead pods of three, and one retry": {
    rules: [to("three", { retries: { attempts: 1 } })],
    dead: ["three-11", "three-12"],
  },
  "two dead pods of three, and the mesh's own retries": { rules: [to("three")], dead: ["three-11", "three-12"] },
  "a retry that may come to the same pod again": {
    rules: [to("three", { retries: { attempts: 1, retryIgnorePreviousHosts: false } })],
    dead: ["three-11", "three-12"],
  },
  "all dead": { rules: [to("three")], dead: ["three-11", "three-12", "three-13"] },
  "retries for something else": {
    rules: [to("three", { retries: { attempts: 2, retryOn: "503" } })],
    dead: ["three-12"],
  },
};

function tableOf(rules: readonly object[]): RouteTable {
  const pods = [aPod("one"), aPod("two", 2), ...[11, 12, 13].map((index) => aPod("three", index))];
  const services = ["one", "two", "three", "empty"].map((name) => aService(name));
  // Any pod with the same chance, as `send` has it.
  const rule = object("DestinationRule", "three", {
    host: "three",
    trafficPolicy: { loadBalancer: { simple: "RANDOM" } },
  });
  return aTable({ virtualServices: [aRoute(rules)], services, pods, destinationRules: [rule] });
}

/** What becomes of one request: the pod that answers, or why none does. */
function decided(table: RouteTable, dead: readonly string[], dice: Random): string {
  const decision = decide(aRequest(), table, dice);
  if (decision.kind === "answer") return decision.flag === "NR" ? "no route" : decision.flag;
  const { cluster, retries } = decision;
  const failed = new Set<NonNullable<ReturnType<typeof pickEndpoint>>>();
  for (let tries = 1; ; tries++) {
    const avoid = retries?.ignoresPreviousHosts === true ? failed : new Set<never>();
    const endpoint = pickEndpoint(cluster, { turn: tries, active: () => 0, avoid, key: undefined, dice });
    const name = endpoint?.pod?.metadata.name ?? "";
    if (endpoint === undefined || !dead.includes(name)) return name;
    const mayRetry =
      retries !== undefined && tries <= retries.attempts && wantsRetry(retries, { kind: "connect failure" });
    if (!mayRetry) return failureOf("connect failure").body;
    failed.add(endpoint);
  }
}

const FLAG_OF: Readonly<Record<string, string>> = {
  "no cluster": "NC",
  "no healthy upstream": "UH",
  "fault filter abort": "FI",
};

function flowed(table: RouteTable, dead: readonly string[], dice: Random): ReadonlyMap<string, number> {
  const latency = new Latency();
  const pods = new Map<string, LivePod>();
  for (const index of [1, 2, 11, 12, 13]) {
    const name = `${index === 1 ? "one" : index === 2 ? "two" : "three"}-${index}`;
    const at = aPod(name.split("-")[0] ?? "", index);
    const canonical = { name, namespace: "shop", app: name, version: "latest" };
    const group = { workload: `shop/${name}`, version: "1", canonical };
    const tally = new Tally("destination", latency, dice);
    const live = new LivePod({
      object: at,
      address: `10.244.1.${index}`,
      group,
      profile: profileInManifest(at),
      tally,
      seed: 1,
    });
    live.startedAtMillis = 0;
    if (!dead.includes(name)) pods.set(live.address, live);
  }
  const ended = new Map<string, number>();
  const add = (what: string, count: number) => ended.set(what, (ended.get(what) ?? 0) + count);
  send(
    flowOf(CLIENT, table, (address) => pods.get(address)),
    REQUESTS,
    {
      dice,
      monotonicMillis: 0,
      nowMillis: 0,
      tally: new Tally("source", latency, dice),
      ended: (_, count, group, why = "") => add(group?.canonical.name ?? FLAG_OF[why] ?? why, count),
    },
  );
  return ended;
}

describe("many requests at once end as the same number of single ones would", () => {
  for (const [name, { rules, dead = [] }] of Object.entries(CASES)) {
    it(name, () => {
      const table = tableOf(rules);
      const single = new Map<string, number>();
      const dice = seededRandom(5);
      for (let request = 0; request < REQUESTS; request++) {
        const end = decided(table, dead, dice);
        single.set(end, (single.get(end) ?? 0) + 1);
      }
      const many = flowed(table, dead, seededRandom(6));
      assert.deepEqual([...many.keys()].sort(), [...single.keys()].sort());
      assert.equal(
        [...many.values()].reduce((sum, count) => sum + count, 0),
        REQUESTS,
      );
      for (const [end, count] of many) {
        // Both are drawn: the mean of the two is the best guess of the chance behind them.
        const chance = (count + (single.get(end) ?? 0)) / (2 * REQUESTS);
        assert.ok(isWithinChance(count, REQUESTS, chance), `${end}: ${count} and ${single.get(end)}`);
      }
    });
  }
});

/** The same objects and the same requests, whoever obeys them: the playground's gateway, and Envoy behind istiod. */
import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { withinBinomial } from "../../plane/client.ts";
import { waitFor } from "../../plane/until.ts";
import { CHANGES, OWN_ANSWERS } from "./changeCases.ts";
import { DESTINATIONS, MATCHES } from "./matchCases.ts";
import { Client, type Manifest, type Mesh, type Reply } from "./mesh.ts";
import type { AskPart, Scenario, Want } from "./scenario.ts";
import { HASHES, SCENE, share, to, virtualService } from "./scene.ts";
import { HOSTS, TRIES } from "./tryCases.ts";

const SCENARIOS: Readonly<Record<string, Scenario>> = {
  ...MATCHES,
  ...DESTINATIONS,
  ...CHANGES,
  ...OWN_ANSWERS,
  ...TRIES,
  ...HOSTS,
};

export function gatewaySuite(name: string, makeMesh: () => Promise<Mesh>): void {
  describe(`${name}, as a gateway`, () => {
    let mesh: Mesh;
    let client: Client;
    let count = 0;

    before(async () => {
      mesh = await makeMesh();
      client = new Client(mesh.url);
      await mesh.apply(
        ...SCENE,
        ...Object.entries(SCENARIOS).flatMap(([title, scenario]) => objectsOf(title, scenario)),
        ...CHANCES,
      );
      const probes = ["one", "two", "both", "sticky", ...Object.keys(HASHES)];
      await mesh.apply(
        ...probes.map((service) => virtualService(`probe-${service}`, [`probe-${service}.example.com`], [to(service)])),
      );
      for (const service of probes) {
        await waitFor(
          `${service} is served`,
          async () => (await client.ask({ host: `probe-${service}.example.com` })).status === 200,
          30_000,
        );
      }
    });

    after(async () => {
      client?.close();
      await mesh?.stop();
    });

    for (const [title, scenario] of Object.entries(SCENARIOS)) {
      it(title, async () => {
        for (const [part, want] of scenario.asks) await holds(title, part, want);
      });
    }

    async function holds(title: string, part: AskPart, want: Want): Promise<void> {
      const token = `ask-${count++}`;
      const ask = { host: hostOf(title), ...part, headers: { ...part.headers, "x-remember": token } };
      const reply = await client.ask(ask);
      const where = `${JSON.stringify(part)} got ${reply.status} ${JSON.stringify(reply.headers)} ${reply.body}`;
      checkReply(reply, want, { where, host: hostOf(title) });
      if (want.seen === undefined && want.tries === undefined) return;
      const seen = (await mesh.received()).filter(({ headers }) => headers["x-remember"] === token);
      if (want.tries !== undefined) assert.equal(seen.length, want.tries, `tries of ${where}`);
      for (const [field, value] of Object.entries(want.seen ?? {})) {
        const [first] = seen;
        assert.equal(
          field === "url" ? first?.url : first?.headers[field],
          value,
          `${field} of ${JSON.stringify(first)}`,
        );
      }
    }

    async function many(
      host: string,
      total: number,
      headers: Readonly<Record<string, string>> = {},
    ): Promise<readonly Reply[]> {
      const replies: Reply[] = [];
      // In small crowds, as many clients at once would.
      while (replies.length < total) {
        replies.push(...(await Promise.all(Array.from({ length: 20 }, () => client.ask({ host, headers })))));
      }
      return replies;
    }

    it("weights are shares, within chance", async () => {
      for (const [host, weight] of [
        ["quarter.example.com", 0.25],
        ["tenth.example.com", 0.1],
      ] as const) {
        const replies = await many(host, 800);
        const got = replies.filter((reply) => reply.headers["x-version"] === "2").length;
        assert.ok(withinBinomial(got, replies.length, weight), `${got} of ${replies.length}`);
      }
    });

    it("all pods of a version get their part", async () => {
      const pods = new Set((await many("probe-one.example.com", 100)).map(({ headers }) => headers["x-pod"]));
      assert.deepEqual([...pods].sort(), ["one-a", "one-b"]);
    });

    it("mirrors get a copy of all, or of their share, and nobody waits for them", async () => {
      for (const [host, percent] of [
        ["mirror.example.com", 100],
        ["mirror-third.example.com", 30],
      ] as const) {
        const replies = await many(host, 300, { "x-remember": host, "x-version-wanted": "1" });
        assert.ok(replies.every(({ headers }) => headers["x-version"] === "1"));
        const mirrored = async () =>
          (await mesh.received()).filter(({ headers, pod }) => headers["x-remember"] === host && pod === "two-a");
        if (percent === 100) await waitFor("all are mirrored", async () => (await mirrored()).length === 300);
        const copies = await mirrored();
        assert.ok(withinBinomial(copies.length, 300, percent / 100), `${copies.length} of 300`);
        assert.deepEqual([...new Set(copies.map(({ headers }) => headers.host))], [host]);
      }
    });

    it("a share of faults is a share", async () => {
      const replies = await many("faulty.example.com", 400);
      const failed = replies.filter(({ status }) => status === 503).length;
      assert.ok(withinBinomial(failed, replies.length, 0.3), `${failed} of ${replies.length}`);
    });

    it("a client that is known by a header stays with its pod", async () => {
      for (const user of ["a", "b", "c", "d"]) {
        const pods = new Set(
          (await many("sticky.example.com", 20, { "x-user": user })).map(({ headers }) => headers["x-pod"]),
        );
        assert.equal(pods.size, 1);
      }
    });

    const hashed = (service: keyof typeof HASHES): string => `probe-${service}.example.com`;

    it("a client is given a cookie, and stays with its pod while it brings it", async () => {
      const host = hashed("cookied");
      for (let visitor = 0; visitor < 4; visitor++) {
        const first = await client.ask({ host });
        const [given = ""] = first.headers["set-cookie"] ?? [];
        assert.match(given, /^user="[0-9a-f]+"; Max-Age=60; Path=\/shop; HttpOnly$/);
        const replies = await many(host, 20, { cookie: `a=1; ${given.split(";")[0]}` });
        assert.deepEqual(podsOf([first, ...replies]).length, 1);
        assert.ok(replies.every(({ headers }) => headers["set-cookie"] === undefined));
      }
      assert.deepEqual(podsOf(await many(host, 100)), ["one-a", "one-b", "two-a"]);
    });

    it("a cookie without an age lasts as long as the client, and one without a lifetime is not given", async () => {
      const { headers } = await client.ask({ host: hashed("cookied-session") });
      assert.match(headers["set-cookie"]?.[0] ?? "", /^user="[0-9a-f]+"; HttpOnly$/);
      const host = hashed("cookied-by-others");
      const bare = await client.ask({ host });
      assert.equal(bare.headers["set-cookie"], undefined);
      assert.equal(podsOf(await many(host, 20, { cookie: "user=their-own" })).length, 1);
    });

    it("a client that is known by its address stays with its pod, and one by a parameter as well", async () => {
      assert.equal(podsOf(await many(hashed("sourced"), 20)).length, 1);
      for (const user of ["a", "b", "c"]) {
        const asks = Array.from({ length: 20 }, () => client.ask({ host: hashed("queried"), path: `/?user=${user}` }));
        assert.equal(podsOf(await Promise.all(asks)).length, 1);
      }
    });

    it("statistics count each answer under its cluster", async () => {
      const cluster = "outbound|9898||one.mesh.svc.cluster.local";
      const before = await mesh.counts(cluster);
      await many("probe-one.example.com", 40);
      await client.ask({ host: hostOf("no retry of a status by default"), headers: { "x-play": "status=503" } });
      await client.ask({ host: hostOf("retries of 5xx"), headers: { "x-play": "status=500" } });
      const grown = async () => {
        const now = await mesh.counts(cluster);
        return Object.fromEntries(Object.entries(now).map(([code, value]) => [code, value - (before[code] ?? 0)]));
      };
      const found = await waitFor("they are counted", async () => {
        const now = await grown();
        return now["200"] === 40 && now;
      });
      assert.deepEqual([found["200"], found["503"], found["500"]], [40, 1, 1]);
    });

    it("a change reaches clients soon", async () => {
      const change = (service: string) => mesh.apply(virtualService("turning", ["turning.example.com"], [to(service)]));
      for (const [service, version] of [
        ["one", "1"],
        ["two", "2"],
        ["one", "1"],
      ] as const) {
        await change(service);
        await waitFor(
          `version ${version}`,
          async () => (await client.ask({ host: "turning.example.com" })).headers["x-version"] === version,
          5000,
        );
      }
    });
  });
}

const podsOf = (replies: readonly Reply[]): readonly string[] =>
  [...new Set(replies.map(({ headers }) => String(headers["x-pod"])))].sort();

function checkReply(
  reply: Reply,
  want: Want,
  { where, host }: { readonly where: string; readonly host: string },
): void {
  if (want.status !== undefined) assert.equal(reply.status, want.status, where);
  if (want.version !== undefined) assert.equal(reply.headers["x-version"], want.version, where);
  if (want.body !== undefined) assert.equal(reply.body, want.body, where);
  for (const [name, value] of Object.entries(want.headers ?? {})) {
    const got = reply.headers[name];
    assert.equal(Array.isArray(got) ? got.join("|") : got, value?.replace("HOST", host), `${name}: ${where}`);
  }
  if (want.slowerThan !== undefined) assert.ok(reply.millis >= want.slowerThan, `${reply.millis} ms: ${where}`);
  if (want.fasterThan !== undefined) assert.ok(reply.millis < want.fasterThan, `${reply.millis} ms: ${where}`);
}

const slug = (title: string): string =>
  title
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-|-$/g, "");
const hostOf = (title: string): string => `${slug(title)}.example.com`;

function objectsOf(title: string, { http, objects = [] }: Scenario): readonly Manifest[] {
  return http === undefined ? objects : [...objects, virtualService(slug(title), [hostOf(title)], http)];
}

const CHANCES: readonly Manifest[] = [
  virtualService("quarter", ["quarter.example.com"], [{ route: [share("one", 75), share("two", 25)] }]),
  virtualService("tenth", ["tenth.example.com"], [{ route: [share("one", 9), share("two", 1)] }]),
  virtualService("mirror", ["mirror.example.com"], [to("one", { mirror: { host: "two" } })]),
  virtualService(
    "mirror-third",
    ["mirror-third.example.com"],
    [to("one", { mirror: { host: "two" }, mirrorPercentage: { value: 30 } })],
  ),
  virtualService(
    "faulty",
    ["faulty.example.com"],
    [to("one", { fault: { abort: { httpStatus: 503, percentage: { value: 30 } } } })],
  ),
  virtualService("sticky", ["sticky.example.com"], [to("sticky")]),
];

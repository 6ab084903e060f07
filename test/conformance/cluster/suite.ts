import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { parse, stringify } from "yaml";
import type { Answer, ClusterApi, Event, Json, Question } from "./clusterApi.ts";
import { Normal, withoutOrder } from "./normal.ts";

/** What a script does with a server: it asks, and every answer is held against the recorded one. */
export interface Teller {
  /** The namespace that the script has for itself. */
  readonly namespace: string;
  ask(what: string, question: Question): Promise<Told>;
  watch(what: string, question: Omit<Question, "method">, events: number): Promise<readonly Event[]>;
}

/** An answer, with the fields that scripts go on with. */
export interface Told {
  readonly status: number;
  readonly body: Json;
  readonly version: string;
  readonly uid: string;
}

export type Script = (teller: Teller) => Promise<void>;

const ANSWERS = join(import.meta.dirname, "answers");

/**
 * The same requests to every server, with the answers of the real one. `make` gives a server of one's own with the
 * suite's definitions in it. With RECORD_ANSWERS=1 the answers are written down instead of compared: for the real one only.
 */
export function clusterSuite(
  name: string,
  scripts: Readonly<Record<string, Script>>,
  make: () => Promise<ClusterApi>,
): void {
  describe(`the cluster suite on ${name}`, () => {
    let api: ClusterApi;
    before(async () => {
      api = await make();
    });
    after(() => api?.close());
    for (const [title, script] of Object.entries(scripts)) it(title, () => play(api, title, script));
  });
}

async function play(api: ClusterApi, title: string, script: Script): Promise<void> {
  const namespace = title.replaceAll(/[^a-z]+/g, "-");
  await api.ask({ method: "POST", path: "/api/v1/namespaces", body: { metadata: { name: namespace } } });
  const told: [string, unknown][] = [];
  const normal = new Normal();
  const ask = async (what: string, question: Question): Promise<Told> => {
    const answer = await api.ask(question);
    const { only } = question;
    const part = only === undefined ? {} : { contentType: answer.contentType, body: only(answer.body) };
    told.push([what, normal.of({ ...shown(answer), ...part })]);
    return toldOf(answer);
  };
  const watch = async (what: string, question: Omit<Question, "method">, events: number): Promise<readonly Event[]> => {
    const heard = await api.watch(question, events);
    told.push([what, normal.of("status" in heard ? shown(heard) : { events: heard })]);
    return "status" in heard ? [] : heard;
  };
  await script({ namespace, ask, watch });
  hold(title, told);
}

const shown = ({ status, body, warnings }: Answer): Json => ({
  status,
  ...(warnings.length === 0 ? {} : { warnings }),
  body,
});

function toldOf({ status, body }: Answer): Told {
  const json = (typeof body === "object" && body !== null ? body : {}) as Json;
  const { resourceVersion = "", uid = "" } = (json["metadata"] ?? {}) as Readonly<Record<string, string>>;
  return { status, body: json, version: resourceVersion, uid };
}

/** Every difference of a script at once: one look shows what is to be done. */
function hold(title: string, told: readonly (readonly [string, unknown])[]): void {
  const file = join(ANSWERS, `${title.replaceAll(" ", "-")}.yaml`);
  if (process.env["RECORD_ANSWERS"] === "1") {
    mkdirSync(ANSWERS, { recursive: true });
    const text = stringify(Object.fromEntries(told), { lineWidth: 0, aliasDuplicateObjects: false });
    writeFileSync(file, `# The real API server's answers, written down by test/plane/cluster.test.ts.\n${text}`);
    return;
  }
  const wanted = parse(readFileSync(file, "utf8"), { maxAliasCount: -1 }) as Json;
  const given = parse(stringify(Object.fromEntries(told), { aliasDuplicateObjects: false })) as Json;
  assert.deepEqual(withoutOrder(given), withoutOrder(wanted));
}

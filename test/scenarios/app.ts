/** An application whose rollouts are watched from outside: by its clients, by its route, by its Events. */
import { request } from "undici";
import type { Api, ApiObject } from "../plane/api.ts";
import { startTraffic, type Traffic } from "../plane/client.ts";
import { type CanaryOptions, canary, type DeploymentOptions, deployment } from "../plane/manifests.ts";
import { type Objects, refer } from "../plane/objects.ts";
import { RouteRecorder } from "../plane/routeRecorder.ts";
import { waitFor } from "../plane/until.ts";

/** Where applications are put. */
export interface Ground {
  readonly api: Api;
  readonly objects: Objects;
  readonly gatewayUrl: string;
}

export interface AppOptions {
  readonly deployment?: DeploymentOptions;
  readonly canary?: CanaryOptions;
  /** Objects that are there before the Canary. */
  readonly before?: readonly ApiObject[];
  /** Anything else about the Deployment. */
  readonly change?: (object: ApiObject) => ApiObject;
  readonly ratePerSecond?: number;
}

export interface App {
  readonly name: string;
  readonly traffic: Traffic;
  readonly route: RouteRecorder;
  /** A new version: another image tag, and whatever its pods then do. */
  release(version: string, env?: Readonly<Record<string, string | number>>): Promise<void>;
  /** Resolves to the Canary once it is in this phase, and in this stage where one is named. */
  reaches(phase: string, timeoutMillis?: number, stage?: string): Promise<ApiObject>;
  /** Resolves to the Canary once it gives the new version this weight, and its route has it: the status says so before. */
  holds(weight: number): Promise<ApiObject>;
  canary(): Promise<ApiObject>;
  /** Sentences of all Events about the Canary, in the order they were first said. */
  sentences(): Promise<readonly string[]>;
  /** Resolves to the first such sentence once it has been said. */
  says(sentence: string | RegExp): Promise<string>;
  /** Ends traffic and recording. Safe to call twice. */
  close(): Promise<unknown>;
}

/** Resolves once it is initialised and under traffic. */
export async function startApp(ground: Ground, name: string, options: AppOptions): Promise<App> {
  const { api, objects, gatewayUrl } = ground;
  const target = refer("deployment", `test/${name}`);
  const object = refer("canary", `test/${name}`);
  const host = `${name}.example.com`;
  const route = new RouteRecorder(api, name);
  await objects.apply(
    ...(options.before ?? []),
    (options.change ?? ((object) => object))(deployment(name, { replicas: 2, ...options.deployment })),
    canary(name, options.canary),
  );
  const reaches: App["reaches"] = (phase, timeoutMillis = 60_000, stage = undefined) =>
    objects.waitFor(
      object,
      `is ${phase}${stage === undefined ? "" : ` (${stage})`}`,
      ({ status }) => status?.["phase"] === phase && (stage === undefined || status["stage"] === stage),
      timeoutMillis,
    );
  await reaches("Initialized");
  await waitFor(`${host} is served`, () => isServed(gatewayUrl, host), 10_000);
  const traffic = startTraffic({ url: gatewayUrl, host, ratePerSecond: options.ratePerSecond ?? 50 });
  let closing: Promise<unknown> | undefined;
  const app: App = {
    name,
    traffic,
    route,
    async release(version, env) {
      await objects.setImage(target, `ghcr.example/${name}:${version}`, env);
    },
    reaches,
    async holds(weight) {
      const held = await objects.waitFor(
        object,
        `is at ${weight}`,
        ({ status }) => status?.["canaryWeight"] === weight,
      );
      await waitFor(`the route of ${name} gives ${weight}`, () => route.seen.at(-1)?.canary === weight);
      return held;
    },
    canary: () => objects.get(object),
    sentences: () => sentencesAbout(objects, name),
    says(sentence) {
      return waitFor(`Events about ${name} say: ${sentence}`, async (saw) => {
        const all = await app.sentences();
        saw(all);
        return all.find((said) => (typeof sentence === "string" ? said === sentence : sentence.test(said)));
      });
    },
    close: () => {
      closing ??= Promise.all([traffic.stop(), route.stop()]);
      return closing;
    },
  };
  return app;
}

async function isServed(gatewayUrl: string, host: string): Promise<boolean> {
  const { statusCode, body } = await request(gatewayUrl, { headers: { host }, headersTimeout: 1000 });
  await body.dump();
  return statusCode === 200;
}

async function sentencesAbout(objects: Objects, name: string): Promise<readonly string[]> {
  const events = await objects.list("event", "test");
  return events
    .filter((event) => isAbout(event, name))
    .toSorted((one, other) => Number(one.metadata.resourceVersion) - Number(other.metadata.resourceVersion))
    .flatMap((event) => String(event["message"]).split("\n"));
}

function isAbout(event: ApiObject, canary: string): boolean {
  const about = event["involvedObject"] as { readonly kind?: string; readonly name?: string };
  return about.kind === "Canary" && about.name === canary;
}

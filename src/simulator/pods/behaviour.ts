/**
 * What a pod does, and where that is said. Each of these lays itself over the one before it: the image's tag
 * (`app:2.0.1-errors30-latency200`), the container's environment, and the annotation of the workload and of the pod.
 */
import { containersOf, type PodObject } from "./podObject.ts";

/** On a pod or on its Deployment, such as `errors=30%,latency=200ms`. Followed while pods run. */
export const BEHAVIOUR_ANNOTATION = "playground.serin.dev/behaviour";

export interface Behaviour {
  /** What `x-version` says: VERSION, else the image's tag. */
  readonly version: string;
  /** START_SECONDS, or the readiness probe's initial delay: connections are refused until then. */
  readonly startSeconds: number;
  /** ERROR_PERCENT of responses are 500, spread evenly rather than by chance. */
  readonly errorPercent: number;
  /** LATENCY_MILLIS before each response. */
  readonly latencyMillis: number;
  /** CRASH=1 crashes at each start, and at once where it runs already; an image that is `missing` is never pulled. */
  readonly fate: "serves" | "crashes" | "image missing";
  /**
   * SHUTDOWN: `abrupt` refuses connections from the instant of deletion, as most programs do on SIGTERM; `graceful` serves
   * SHUTDOWN_SECONDS longer, as a preStop sleep would have it.
   */
  readonly shutdown: "abrupt" | "graceful";
  readonly shutdownSeconds: number;
  /** False keeps the pod running but not ready. */
  readonly ready: boolean;
}

type Changes = Partial<Behaviour>;

/** What the manifest alone says. */
export function behaviourOf(pod: PodObject): Behaviour {
  const containers = containersOf(pod);
  const image = containers[0]?.image ?? "";
  const probeDelay = Math.max(0, ...containers.map(({ readinessProbe }) => readinessProbe?.initialDelaySeconds ?? 0));
  const isMissing = containers.some((container) => container.image?.includes("missing"));
  const base: Behaviour = {
    version: tagOf(image),
    startSeconds: probeDelay,
    errorPercent: 0,
    latencyMillis: 0,
    fate: "serves",
    shutdown: "abrupt",
    shutdownSeconds: 2,
    ready: true,
  };
  const said = { ...base, ...tagChanges(tagOf(image)), ...environmentChanges(pod) };
  return isMissing ? { ...said, fate: "image missing" } : said;
}

function tagOf(image: string): string {
  const name = image.split("@")[0]?.split("/").at(-1) ?? "";
  return name.includes(":") ? (name.split(":").at(-1) ?? "latest") : "latest";
}

/** Words of the tag after its first part: `2.0.1-errors30-latency200-start5-crash-graceful`. */
function tagChanges(tag: string): Changes {
  const words = tag.split("-").slice(1);
  return Object.assign({}, ...words.map((word) => tagWord(word)));
}

function tagWord(word: string): Changes {
  const [, name = "", amount] = /^([a-z]+)(\d+(?:\.\d+)?)?$/.exec(word) ?? [];
  return setting(name, amount ?? "") ?? {};
}

function environmentChanges(pod: PodObject): Changes {
  const all = containersOf(pod).flatMap(({ env = [] }) => env.map(({ name, value = "" }) => [name, value] as const));
  const environment = new Map(all);
  const number = (name: string) => (environment.has(name) ? Number(environment.get(name)) : undefined);
  return defined({
    version: environment.get("VERSION"),
    startSeconds: number("START_SECONDS"),
    errorPercent: number("ERROR_PERCENT"),
    latencyMillis: number("LATENCY_MILLIS"),
    fate: environment.get("CRASH") === "1" ? "crashes" : undefined,
    shutdown: environment.get("SHUTDOWN") === "graceful" ? "graceful" : undefined,
    shutdownSeconds: number("SHUTDOWN_SECONDS"),
  });
}

export interface AnnotationSays {
  readonly changes: Changes;
  /** Words that mean nothing here. */
  readonly unknown: readonly string[];
}

/** `errors=30%,latency=200ms,start=5s,crash,ready=false,shutdown=graceful,version=2`, in any order. */
export function parseAnnotation(text: string | undefined): AnnotationSays {
  const unknown: string[] = [];
  const changes: Changes = {};
  for (const word of (text ?? "").split(/[\s,]+/).filter((part) => part !== "")) {
    const [name = "", amount = ""] = word.split("=");
    const found = setting(name, amount);
    if (found === undefined) unknown.push(word);
    else Object.assign(changes, found);
  }
  return { changes, unknown };
}

function setting(name: string, amount: string): Changes | undefined {
  const number = Number.parseFloat(amount);
  switch (name) {
    case "errors":
      return number >= 0 && number <= 100 ? { errorPercent: number } : undefined;
    case "latency":
      return number >= 0 ? { latencyMillis: /\ds$/.test(amount) ? number * 1000 : number } : undefined;
    case "start":
      return number >= 0 ? { startSeconds: /ms$/.test(amount) ? number / 1000 : number } : undefined;
    case "crash":
      return { fate: amount === "false" ? "serves" : "crashes" };
    case "ready":
      return { ready: amount !== "false" };
    case "graceful":
      return { shutdown: "graceful", ...(number >= 0 ? { shutdownSeconds: number } : {}) };
    case "shutdown":
      return amount === "graceful" || amount === "abrupt" ? { shutdown: amount } : undefined;
    case "version":
      return amount === "" ? undefined : { version: amount };
    default:
      return undefined;
  }
}

function defined(changes: { readonly [field in keyof Behaviour]?: Behaviour[field] | undefined }): Changes {
  return Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined)) as Changes;
}

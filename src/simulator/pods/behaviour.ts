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
  /** CPU_MILLICORES: what it uses, whatever it does. Autoscalers are told of it. */
  readonly cpuMillicores: number;
}

type Changes = Partial<Behaviour>;

type Reading = AnnotationSays;

/** What the manifest alone says. */
export function behaviourOf(pod: PodObject): Behaviour {
  const containers = containersOf(pod);
  const probeDelay = Math.max(0, ...containers.map(({ readinessProbe }) => readinessProbe?.initialDelaySeconds ?? 0));
  const isMissing = containers.some((container) => container.image?.includes("missing"));
  const base: Behaviour = {
    version: tagOf(pod),
    startSeconds: probeDelay,
    errorPercent: 0,
    latencyMillis: 0,
    fate: "serves",
    shutdown: "abrupt",
    shutdownSeconds: 2,
    ready: true,
    cpuMillicores: 1,
  };
  const said = { ...base, ...readTag(tagOf(pod)).changes, ...readEnvironment(pod).changes };
  return isMissing ? { ...said, fate: "image missing" } : said;
}

/** What the manifest says in vain, each as a sentence. */
export function refusedIn(pod: PodObject): readonly string[] {
  return [
    ...readTag(tagOf(pod)).unknown.map((word) => `the image's tag: "${word}" has no amount that can be used`),
    ...readEnvironment(pod).unknown.map((variable) => `the environment: "${variable}" has no value that can be used`),
  ];
}

function tagOf(pod: PodObject): string {
  const name = containersOf(pod)[0]?.image?.split("@")[0]?.split("/").at(-1) ?? "";
  return name.includes(":") ? (name.split(":").at(-1) ?? "latest") : "latest";
}

/** Words of the tag after its first part: `2.0.1-errors30-latency200-start5-crash-graceful`. Others belong to the version. */
function readTag(tag: string): Reading {
  const words = tag.split("-").slice(1);
  const said = words.flatMap((word): [string, string, string][] => {
    const [, name = "", amount = ""] = /^([a-z]+)(\d+(?:\.\d+)?)?$/.exec(word) ?? [];
    return Object.hasOwn(SETTINGS, name) ? [[word, name, amount]] : [];
  });
  return reading(said);
}

/** By variables, and what they are called elsewhere. */
const VARIABLES: Readonly<Record<string, string>> = {
  VERSION: "version",
  START_SECONDS: "start",
  ERROR_PERCENT: "errors",
  LATENCY_MILLIS: "latency",
  CRASH: "crash",
  SHUTDOWN: "shutdown",
  SHUTDOWN_SECONDS: "shutdownSeconds",
  CPU_MILLICORES: "cpu",
};

function readEnvironment(pod: PodObject): Reading {
  const all = containersOf(pod).flatMap(({ env = [] }) => env.map(({ name, value = "" }) => [name, value] as const));
  const said = [...new Map(all)].flatMap(([variable, value]): [string, string, string][] => {
    const name = Object.hasOwn(VARIABLES, variable) ? VARIABLES[variable] : undefined;
    return name === undefined ? [] : [[`${variable}=${value}`, name, amountIn(variable, value)]];
  });
  return reading(said);
}

/** As programs read their environment: bare numbers, whose unit is in the name, and 1 for yes. */
function amountIn(variable: string, value: string): string {
  if (variable === "CRASH") return CRASH_WORDS[value] ?? value;
  const isBare = /^\d+(\.\d+)?$/.test(value);
  return isBare || !/_(?:SECONDS|MILLIS|PERCENT|MILLICORES)$/.test(variable) ? value : "none";
}

const CRASH_WORDS: Readonly<Record<string, string>> = { "1": "true", "0": "false", "": "false" };

export interface AnnotationSays {
  readonly changes: Changes;
  /** Words that mean nothing here. */
  readonly unknown: readonly string[];
}

/** `errors=30%,latency=200ms,start=5s,crash,ready=false,shutdown=graceful,cpu=80m,version=2`, in any order. */
export function parseAnnotation(text: string | undefined): AnnotationSays {
  const words = (text ?? "").split(/[\s,]+/).filter((part) => part !== "");
  return reading(
    words.map((word) => {
      const [name = "", ...amount] = word.split("=");
      return [word, name, amount.join("=")] as const;
    }),
  );
}

/** Later ones over earlier ones. */
function reading(said: readonly (readonly [word: string, name: string, amount: string])[]): Reading {
  const unknown: string[] = [];
  const changes: Changes = {};
  for (const [word, name, amount] of said) {
    const found = Object.hasOwn(SETTINGS, name) ? SETTINGS[name]?.(amount) : undefined;
    if (found === undefined) unknown.push(word);
    else Object.assign(changes, found);
  }
  return { changes, unknown };
}

/** What a word changes; undefined where its amount is none. */
const SETTINGS: Readonly<Record<string, (amount: string) => Changes | undefined>> = {
  errors: (amount) => {
    const errorPercent = numberIn(amount, { "%": 1 });
    return errorPercent === undefined || errorPercent > 100 ? undefined : { errorPercent };
  },
  latency: (amount) => changing("latencyMillis", numberIn(amount, { ms: 1, s: 1000 })),
  start: (amount) => changing("startSeconds", numberIn(amount, { s: 1, ms: 0.001 })),
  crash: (amount) => {
    const crashes = isWished(amount);
    return crashes === undefined ? undefined : { fate: crashes ? "crashes" : "serves" };
  },
  ready: (amount) => changing("ready", isWished(amount)),
  graceful: (amount) => {
    const seconds = amount === "" ? {} : SETTINGS["shutdownSeconds"]?.(amount);
    return seconds === undefined ? undefined : { shutdown: "graceful", ...seconds };
  },
  shutdown: (amount) => (amount === "graceful" || amount === "abrupt" ? { shutdown: amount } : undefined),
  shutdownSeconds: (amount) => changing("shutdownSeconds", numberIn(amount, { s: 1 })),
  cpu: (amount) => changing("cpuMillicores", numberIn(amount, { m: 1 })),
  version: (amount) => (amount === "" ? undefined : { version: amount }),
};

const changing = <Field extends keyof Behaviour>(
  field: Field,
  value: Behaviour[Field] | undefined,
): Changes | undefined => (value === undefined ? undefined : { [field]: value });

function numberIn(amount: string, units: Readonly<Record<string, number>>): number | undefined {
  const [, digits, unit = ""] = /^(\d+(?:\.\d+)?)([a-z%]*)$/.exec(amount) ?? [];
  const factor = unit === "" ? 1 : units[unit];
  return digits === undefined || factor === undefined ? undefined : Number(digits) * factor;
}

function isWished(amount: string): boolean | undefined {
  if (amount === "" || amount === "true") return true;
  return amount === "false" ? false : undefined;
}

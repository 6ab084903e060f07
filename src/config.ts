import { parseArgs } from "node:util";
import { type Duration, seconds } from "./domain/time.ts";

/** Settings of the controller. Flags are Flagger's where the meaning is the same. The only reader of argv and env. */
export interface Config {
  readonly kubeconfig: string | undefined;
  readonly requestsPerSecond: number;
  readonly requestBurst: number;
  readonly metricsServer: string;
  readonly meshProvider: string;
  readonly logLevel: "debug" | "info" | "warn" | "error";
  readonly port: number;
  /** Undefined: all namespaces. */
  readonly namespace: string | undefined;
  readonly selectorLabels: readonly string[];
  readonly includeLabelPrefixes: readonly string[];
  readonly configTracking: boolean;
  readonly workers: number;
  readonly leaderElection: boolean;
  readonly leaderElectionNamespace: string;
  readonly noCrossNamespaceRefs: boolean;
  readonly settle: Duration;
  readonly drain: Duration;
  /** Who this instance is, for the lease. */
  readonly identity: string;
}

/** The command line cannot be used. The message says what to do; exit code 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

interface Flag {
  readonly default: string;
  readonly help: string;
  readonly kind: "text" | "count" | "seconds" | "switch";
}

const FLAGS = {
  kubeconfig: text("", "path to a kubeconfig; empty means $KUBECONFIG, ~/.kube/config or the pod's own account"),
  "kubeconfig-qps": count("400", "API requests a second at most, over time"),
  "kubeconfig-burst": count("800", "API requests at once at most"),
  "metrics-server": text("http://prometheus:9090", "Prometheus that builtin metrics and inline queries are asked of"),
  "mesh-provider": text("istio", "router of Canaries that name none"),
  "log-level": text("info", "debug, info, warn or error"),
  port: count("8080", "port of /healthz, /readyz and /metrics"),
  namespace: text("", "watch this namespace only; empty means all"),
  "selector-labels": text(
    "app,name,app.kubernetes.io/name",
    "labels that may tell a target's pods apart, first match counts",
  ),
  "include-label-prefix": text("", "prefixes of labels to copy to the primary, comma separated; * means all"),
  "enable-config-tracking": toggle("true", "copy ConfigMaps and Secrets for the primary and roll out their changes"),
  threadiness: count("64", "rollouts worked on at once"),
  "enable-leader-election": toggle("false", "run several replicas of which one acts"),
  "leader-election-namespace": text(
    "",
    "namespace of the lease; empty means --namespace, else the pod's own or kube-system",
  ),
  "no-cross-namespace-refs": toggle("false", "refuse references to objects in other namespaces"),
  "settle-seconds": length(
    "1",
    "from a route or endpoints being read back until the slowest proxy is expected to have heard of it",
  ),
  "drain-seconds": length("3", "from then until pods without traffic may be taken away"),
} as const satisfies Record<string, Flag>;

type FlagName = keyof typeof FLAGS;

/** Flagger's flags that change nothing here, so that its Deployment can be kept as it is. */
const HARMLESS: readonly string[] = ["control-loop-interval", "zap-encoding", "zap-replace-globals", "cluster-name"];

/** Flagger's flags that ask for something this version does not do. */
const REFUSED: readonly string[] = [
  ...["slack-url", "slack-token", "slack-proxy-url", "slack-channel", "slack-user"],
  ...["msteams-url", "msteams-proxy-url", "event-webhook"],
  ...["master", "kubeconfig-service-mesh", "ingress-annotations-prefix", "ingress-class"],
];

const REFUSED_ENV = [
  "SLACK_URL",
  "SLACK_TOKEN",
  "SLACK_PROXY_URL",
  "MSTEAMS_URL",
  "MSTEAMS_PROXY_URL",
  "EVENT_WEBHOOK_URL",
];

const HIGHEST_PORT = 65_535;

/** Read the flags of `serin controller`. Throws UsageError with a sentence that says what to do. */
export function readConfig(argv: readonly string[], env: Readonly<Record<string, string | undefined>>): Config {
  const values = flagsOf(argv);
  for (const name of REFUSED_ENV) {
    if (env[name]) throw new UsageError(`${name} is set, but notifications are not supported yet: unset it`);
  }
  const namespace = orUndefined(values.namespace);
  const level = values["log-level"];
  if (!isLevel(level)) throw new UsageError(`--log-level: ${level} is none of debug, info, warn, error`);
  return {
    kubeconfig: orUndefined(values.kubeconfig),
    requestsPerSecond: countOf("kubeconfig-qps", values, 1),
    requestBurst: countOf("kubeconfig-burst", values, 1),
    metricsServer: urlOf("metrics-server", values),
    meshProvider: values["mesh-provider"],
    logLevel: level,
    port: countOf("port", values, 0, HIGHEST_PORT),
    namespace,
    selectorLabels: atLeastOne("selector-labels", values),
    includeLabelPrefixes: listOf(values["include-label-prefix"]),
    configTracking: switchOf("enable-config-tracking", values),
    workers: countOf("threadiness", values, 1),
    leaderElection: switchOf("enable-leader-election", values),
    leaderElectionNamespace:
      orUndefined(values["leader-election-namespace"]) ?? namespace ?? env["POD_NAMESPACE"] ?? "kube-system",
    noCrossNamespaceRefs: switchOf("no-cross-namespace-refs", values),
    settle: secondsOf("settle-seconds", values),
    drain: secondsOf("drain-seconds", values),
    identity: env["POD_NAME"] ?? env["HOSTNAME"] ?? "serin",
  };
}

/** The text of `serin controller --help`. */
export function controllerHelp(): string {
  const lines = Object.entries(FLAGS).map(([name, { default: value, help }]) => {
    const shown = value === "" ? "" : ` (default ${value})`;
    return `  --${name.padEnd(27)} ${help}${shown}`;
  });
  return [
    "Run the controller until it is told to stop (SIGTERM or SIGINT).",
    "",
    "Usage: serin controller [flags]",
    "",
    ...lines,
    "",
    `Accepted and without effect: ${HARMLESS.map((name) => `--${name}`).join(", ")}.`,
    "Exit codes: 0 stopped when told to, 1 failed, 2 wrong flags.",
  ].join("\n");
}

type Values = Readonly<Record<FlagName, string>>;

function flagsOf(argv: readonly string[]): Values {
  const names = Object.keys(FLAGS) as FlagName[];
  const known = [...names, ...HARMLESS, ...REFUSED];
  const given = tokens(argv, known);
  const refused = REFUSED.find((name) => given.has(name));
  if (refused !== undefined) throw new UsageError(`--${refused} is not supported yet: remove it`);
  return Object.fromEntries(names.map((name) => [name, given.get(name) ?? FLAGS[name].default])) as Values;
}

/** Go's flag style: one dash or two, `-flag=value` or `-flag value`, and switches that may stand alone. */
function tokens(argv: readonly string[], known: readonly string[]): ReadonlyMap<string, string> {
  const twoDashes = argv.map((word) => (/^-[a-z][a-z-]+/.test(word) ? `-${word}` : word));
  const options = Object.fromEntries(
    known.map((name) => [name, { type: isSwitch(name) ? ("boolean" as const) : ("string" as const) }]),
  );
  const { tokens: parsed } = parseArgs({
    args: twoDashes,
    options,
    strict: false,
    tokens: true,
    allowPositionals: true,
  });
  const given = new Map<string, string>();
  for (const token of parsed) {
    if (token.kind === "positional") throw new UsageError(`unexpected ${token.value}; flags begin with --`);
    if (token.kind !== "option") continue;
    if (!known.includes(token.name))
      throw new UsageError(`unknown flag --${token.name}; serin controller --help lists them`);
    given.set(token.name, givenValue(token.name, token.value));
  }
  return given;
}

const isSwitch = (name: string): boolean => name in FLAGS && FLAGS[name as FlagName].kind === "switch";

function givenValue(name: string, value: string | undefined): string {
  if (value !== undefined) return value;
  if (isSwitch(name) || HARMLESS.includes(name)) return "true";
  throw new UsageError(`--${name} needs a value`);
}

function text(value: string, help: string): Flag {
  return { default: value, help, kind: "text" };
}
function count(value: string, help: string): Flag {
  return { default: value, help, kind: "count" };
}
function length(value: string, help: string): Flag {
  return { default: value, help, kind: "seconds" };
}
function toggle(value: string, help: string): Flag {
  return { default: value, help, kind: "switch" };
}

const orUndefined = (value: string): string | undefined => (value === "" ? undefined : value);

const listOf = (value: string): readonly string[] =>
  value
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");

const isLevel = (value: string): value is Config["logLevel"] => ["debug", "info", "warn", "error"].includes(value);

/** Without any, no target's pods could be told apart. */
function atLeastOne(name: FlagName, values: Values): readonly string[] {
  const parts = listOf(values[name]);
  if (parts.length > 0) return parts;
  throw new UsageError(`--${name}: is empty; leave it out for ${FLAGS[name].default}`);
}

function countOf(name: FlagName, values: Values, least: number, most = Number.MAX_SAFE_INTEGER): number {
  const value = Number(values[name]);
  if (Number.isInteger(value) && value >= least && value <= most && values[name].trim() !== "") return value;
  const range = most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`;
  throw new UsageError(`--${name}: ${values[name]} is not a whole number ${range}`);
}

function secondsOf(name: FlagName, values: Values): Duration {
  const value = Number(values[name]);
  if (Number.isFinite(value) && value >= 0 && values[name].trim() !== "") return seconds(value);
  throw new UsageError(`--${name}: ${values[name]} is not a number of seconds`);
}

function switchOf(name: FlagName, values: Values): boolean {
  const value = values[name].toLowerCase();
  if (["true", "1", "t"].includes(value)) return true;
  if (["false", "0", "f"].includes(value)) return false;
  throw new UsageError(`--${name}: ${values[name]} is neither true nor false`);
}

function urlOf(name: FlagName, values: Values): string {
  if (URL.canParse(values[name]) && /^https?:/.test(values[name])) return values[name];
  throw new UsageError(`--${name}: ${values[name]} is not an http:// or https:// address`);
}

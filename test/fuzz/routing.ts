import type { ClusterObject } from "../../src/control/ports.ts";
import { BuiltinTypes } from "../../src/simulator/api/schema/builtin.ts";
import type { Dice } from "./dice.ts";
import { drawn } from "./fromSchema.ts";
import { nasty, nastyKey, nastyNumber, nastyText } from "./nasty.ts";
import { NAME, NAMESPACE, type Stored } from "./scene.ts";
import { metadataOf, ownersOf, texts } from "./workloads.ts";

/** Services, routes and destination rules as Serin, Flagger, Istio's users and nobody in their senses would write them. */

const TYPES = new BuiltinTypes();

export function routing(dice: Dice): readonly Stored[] {
  return [
    ...(dice.percent(80) ? [service(NAME, `${NAME}-primary`, dice)] : []),
    ...(dice.percent(70) ? [service(`${NAME}-primary`, `${NAME}-primary`, dice)] : []),
    ...(dice.percent(70) ? [service(`${NAME}-canary`, NAME, dice)] : []),
    ...(dice.percent(75) ? [route(NAME, dice)] : []),
    ...(dice.percent(50) ? [destinationRule(`${NAME}-primary`, dice)] : []),
    ...(dice.percent(50) ? [destinationRule(`${NAME}-canary`, dice)] : []),
    // Nobody's business.
    route("legacy", dice),
    service("legacy", "legacy", dice),
  ];
}

/** Annotations that say how an object came to be, true or not. */
function marks(dice: Dice): Readonly<Record<string, string>> {
  const json = (): string => (dice.percent(70) ? JSON.stringify(nasty(dice)) : nastyText(dice));
  const original = (): string =>
    dice.percent(60)
      ? JSON.stringify({
          spec: { selector: { app: NAME } },
          labels: texts(dice),
          annotations: { [nastyKey(dice)]: null },
        })
      : json();
  const manifest = (): string =>
    JSON.stringify({ metadata: { annotations: texts(dice) }, spec: { http: [rule(dice)], selector: texts(dice) } });
  return {
    ...texts(dice),
    ...(dice.percent(50) ? { "serin.dev/applied": "abc" } : {}),
    ...(dice.percent(10) ? { "serin.dev/taken-over-by": dice.of([NAME, "other", "constructor"]) } : {}),
    ...(dice.percent(20) ? { "serin.dev/original": original() } : {}),
    ...(dice.percent(20)
      ? { "serin.dev/split": dice.of(["90/10", "50/50", "101/-1", "0100/00", "nonsense", ""]) }
      : {}),
    ...(dice.percent(15) ? { "flagger.kubernetes.io/original-configuration": json() } : {}),
    ...(dice.percent(15)
      ? { "kubectl.kubernetes.io/last-applied-configuration": dice.percent(60) ? manifest() : json() }
      : {}),
  };
}

function stored(
  kind: "Service" | "VirtualService" | "DestinationRule",
  name: string,
  spec: unknown,
  dice: Dice,
): Stored {
  const apiVersion = kind === "Service" ? "v1" : "networking.istio.io/v1beta1";
  const metadata = metadataOf(name, dice, {
    ...ownersOf(dice),
    ...(dice.percent(80) ? { annotations: marks(dice) } : {}),
  });
  const object: ClusterObject = { apiVersion, kind, metadata, ...(spec === undefined ? {} : { spec }) };
  return { kind, object };
}

function service(name: string, app: string, dice: Dice): Stored {
  const given = dice.percent(40) ? (drawn(TYPES.type("ServiceSpec"), dice, { percent: 20 }) as object) : {};
  const port = (): object => ({
    name: dice.of(["http", "http", "metrics", "tcp-80"]),
    port: dice.of([80, 80, 9898, 9090]),
    protocol: dice.of(["TCP", "TCP", "UDP"]),
    targetPort: dice.of<unknown>([9898, "http", 0]),
    ...(dice.percent(20) ? { nodePort: 30_000 } : {}),
  });
  const ports = dice.percent(85) ? { ports: dice.times(dice.whole(0, 3), port) } : {};
  const selector = { selector: dice.percent(80) ? { app } : texts(dice) };
  return stored("Service", name, { ...given, ...ports, ...selector }, dice);
}

function route(name: string, dice: Dice): Stored {
  const http = dice.percent(95) ? dice.times(dice.whole(0, 4), () => rule(dice)) : nasty(dice);
  const spec = {
    hosts: dice.percent(80) ? [name] : nasty(dice),
    ...(dice.percent(60) ? { gateways: dice.percent(80) ? ["mesh"] : nasty(dice) } : {}),
    http,
    ...(dice.percent(20) ? { exportTo: nasty(dice), tcp: nasty(dice) } : {}),
  };
  return stored("VirtualService", name, dice.percent(95) ? spec : nasty(dice), dice);
}

const HOSTS = [
  `${NAME}-primary`,
  `${NAME}-primary`,
  `${NAME}-canary`,
  `${NAME}-canary`,
  NAME,
  `${NAME}-canary.${NAMESPACE}`,
  `${NAME}-primary.${NAMESPACE}.svc.cluster.local`,
  `${NAME}-canary.elsewhere`,
  "legacy",
  "",
] as const;

function rule(dice: Dice): unknown {
  if (dice.percent(4)) return nasty(dice);
  const weights = dice.percent(60) ? split(dice) : undefined;
  const odd = (): unknown => ({
    destination: dice.percent(95)
      ? { host: dice.of(HOSTS), ...(dice.percent(20) ? { port: { number: 80 } } : {}) }
      : nasty(dice),
    ...(dice.percent(80) ? { weight: dice.percent(80) ? dice.whole(0, 100) : nastyNumber(dice) } : {}),
    ...(dice.percent(10) ? { headers: nasty(dice) } : {}),
  });
  const others = dice.percent(25) ? dice.times(dice.whole(1, 2), odd) : [];
  return {
    ...(dice.percent(30) ? { name: nastyText(dice) } : {}),
    ...(dice.percent(30) ? { match: dice.of<unknown>([[{ uri: { prefix: "/" } }], [], nasty(dice)]) } : {}),
    route: weights === undefined ? dice.times(dice.whole(0, 3), odd) : [...weights, ...others],
    ...(dice.percent(20) ? { timeout: "3s", fault: nasty(dice), mirror: nasty(dice) } : {}),
    ...(dice.percent(10) ? { [nastyKey(dice)]: nasty(dice) } : {}),
  };
}

function split(dice: Dice): readonly unknown[] {
  const canary = dice.percent(70) ? dice.of([0, 10, 50, 100]) : dice.whole(0, 100);
  return [
    { destination: { host: `${NAME}-primary` }, weight: 100 - canary },
    { destination: { host: `${NAME}-canary` }, weight: canary },
  ];
}

function destinationRule(name: string, dice: Dice): Stored {
  const spec = {
    host: dice.percent(80) ? name : nasty(dice),
    ...(dice.percent(40)
      ? { trafficPolicy: dice.percent(50) ? { loadBalancer: { simple: "RANDOM" } } : nasty(dice) }
      : {}),
    ...(dice.percent(30) ? { subsets: nasty(dice) } : {}),
  };
  return stored("DestinationRule", name, dice.percent(95) ? spec : nasty(dice), dice);
}

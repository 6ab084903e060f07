/** What to try once the demo has been shown. Each of these is tried by test/playground/demo. */
import type { Playground } from "../playground.ts";
import { APP, HOST } from "./application.ts";

export interface Try {
  readonly what: string;
  readonly command: string;
  /** Takes it back. */
  readonly undo?: { readonly what: string; readonly command: string };
}

export const TRIES: readonly Try[] = [
  { what: "watch it", command: `kubectl get canary ${APP} --watch` },
  {
    what: "release a version: a tag with -errors30, -latency800 or -crash is a bad one",
    command: `kubectl set image deployment/${APP} app=${APP}:4.0.0`,
  },
  {
    what: "break it while it is judged",
    command: `kubectl annotate deployment ${APP} --overwrite playground.serin.dev/behaviour=errors=40%`,
    undo: { what: "and mend it", command: `kubectl annotate deployment ${APP} playground.serin.dev/behaviour-` },
  },
  {
    what: "hold it",
    command: `kubectl patch canary ${APP} --type merge -p '{"spec":{"suspend":true}}'`,
    undo: { what: "and go on", command: `kubectl patch canary ${APP} --type merge -p '{"spec":{"suspend":false}}'` },
  },
  { what: "take the Canary away: the Deployment gets its traffic back", command: `kubectl delete canary ${APP}` },
];

/** Resident bytes of the two processes; the controller's where the system tells them. */
export interface Memory {
  readonly demo: number;
  readonly controller: number | undefined;
}

function inWords({ demo, controller }: Memory): string {
  const mebibytes = (bytes: number) => `${Math.round(bytes / 2 ** 20)} MiB`;
  const beside =
    controller === undefined ? "the controller is beside it" : `${mebibytes(controller)} in the controller`;
  return `${mebibytes(demo)} of memory in this process and ${beside}`;
}

export type Invited = Pick<Playground, "kubeconfig" | "gatewayUrl" | "prometheusUrl">;

export function invitation({ kubeconfig, gatewayUrl, prometheusUrl }: Invited, memory: Memory): readonly string[] {
  return [
    `All of it stays up until Ctrl-C, with ${inWords(memory)}. In another terminal:`,
    "",
    `  export KUBECONFIG=${kubeconfig}`,
    "",
    ...TRIES.flatMap(({ undo, ...own }) => (undo === undefined ? [own] : [own, undo])).flatMap(({ what, command }) => [
      `  # ${what}`,
      `  ${command}`,
    ]),
    "",
    `The gateway: curl -i -H 'host: ${HOST}' ${gatewayUrl}`,
    `Metrics, as Prometheus has them: ${prometheusUrl}`,
  ];
}

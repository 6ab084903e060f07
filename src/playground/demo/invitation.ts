/** What to try once the demo has been shown. Each of these is tried by test/playground/demo. */
import type { Playground } from "../playground.ts";
import { APP, HOST } from "./application.ts";

export interface Try {
  readonly what: string;
  readonly command: string;
}

export const TRIES: readonly Try[] = [
  { what: "watch it", command: `kubectl get canary ${APP} --watch` },
  {
    what: "release a version: a tag with -errors30, -latency800 or -crash is a bad one",
    command: `kubectl set image deployment/${APP} app=${APP}:4.0.0`,
  },
  {
    what: "break it while it is judged (and mend it: behaviour-)",
    command: `kubectl annotate deployment ${APP} --overwrite playground.serin.dev/behaviour=errors=40%`,
  },
  {
    what: "hold it (and go on: false)",
    command: `kubectl patch canary ${APP} --type merge -p '{"spec":{"suspend":true}}'`,
  },
  { what: "take the Canary away: the Deployment gets its traffic back", command: `kubectl delete canary ${APP}` },
];

export function invitation(
  { kubeconfig, gatewayUrl, prometheusUrl }: Playground,
  residentBytes: number,
): readonly string[] {
  return [
    `All of it stays up, with ${Math.round(residentBytes / 2 ** 20)} MiB of memory, until Ctrl-C. In another terminal:`,
    "",
    `  export KUBECONFIG=${kubeconfig}`,
    "",
    ...TRIES.flatMap(({ what, command }) => [`  # ${what}`, `  ${command}`]),
    "",
    `The gateway: curl -i -H 'host: ${HOST}' ${gatewayUrl}`,
    `Metrics, as Prometheus has them: ${prometheusUrl}`,
  ];
}

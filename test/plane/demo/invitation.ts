/** How to come in from another terminal, and what to try there. */
import { onPath } from "../binaries.ts";
import { nodeAddress } from "../enter.ts";
import { gatewayUrl, type Stage } from "../stage.ts";

/** Set by the process outside: from inside of the process namespace nobody can see what anything is called out there. */
export const wayIn = "SERIN_DEMO_WAY_IN";

/** The only child of the process outside has joined the network and the mounts, but not the process namespace. */
export function wayInto(processId: number): string {
  const asUser = process.getuid?.() === 0 ? "" : " --user --preserve-credentials";
  return `nsenter --target $(cat /proc/${processId}/task/${processId}/children)${asUser} --net --mount`;
}

export async function invitation({ plane }: Stage): Promise<readonly string[]> {
  const kubectl = (await onPath("kubectl")) === plane.kubectl ? "kubectl" : plane.kubectl;
  return [
    "The plane stays up. Come in from another terminal:",
    "",
    `  ${process.env[wayIn] ?? ""} bash`,
    `  export KUBECONFIG=${await plane.kubeconfig("admin")}`,
    "",
    `The logs of all parts are in ${plane.directory}. Try:`,
    "",
    `  ${kubectl} -n test get canary podinfo --watch`,
    `  ${kubectl} -n test set env deployment/podinfo ERROR_PERCENT=0    # mends the bad version: a rollout`,
    `  ${kubectl} -n test patch canary podinfo --type merge -p '{"spec":{"suspend":true}}'    # and false`,
    `  ${kubectl} -n test set image deployment/podinfo app=podinfo:4.0.0    # another`,
    `  curl -i -H 'host: podinfo.example.com' ${gatewayUrl}`,
    `  curl -s http://${nodeAddress}:10080/metrics | grep ^flagger_canary`,
  ];
}

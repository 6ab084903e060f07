/** How to come in from another terminal, and what to try there. */
import { onPath } from "../binaries.ts";
import { nodeAddress } from "../enter.ts";
import { gatewayUrl, type Stage } from "../stage.ts";

/** Set by the process outside: from inside of the process namespace nobody can see what it is called out there. */
export const outsidePid = "SERIN_DEMO_OUTSIDE_PID";

export async function invitation({ plane }: Stage): Promise<readonly string[]> {
  const kubectl = (await onPath("kubectl")) === plane.kubectl ? "kubectl" : plane.kubectl;
  const outside = process.env[outsidePid] ?? "PID";
  const asUser = process.env["SERIN_DEMO_USER"] === "root" ? "" : " --user --preserve-credentials";
  // The only child of the process outside has joined the network and the mounts, but not the process namespace.
  const child = `$(cat /proc/${outside}/task/${outside}/children)`;
  return [
    "The plane stays up. Come in from another terminal:",
    "",
    `  nsenter --target ${child}${asUser} --net --mount bash`,
    `  export KUBECONFIG=${await plane.kubeconfig("admin")}`,
    "",
    "and try:",
    "",
    `  ${kubectl} -n test get canary podinfo --watch`,
    `  ${kubectl} -n test set env deployment/podinfo ERROR_PERCENT=0    # mends the bad version: a rollout`,
    `  ${kubectl} -n test patch canary podinfo --type merge -p '{"spec":{"suspend":true}}'    # and false`,
    `  ${kubectl} -n test rollout undo deployment/podinfo    # in mid-run: takes it back`,
    `  curl -i -H 'host: podinfo.example.com' ${gatewayUrl}`,
    `  curl -s http://${nodeAddress}:10080/metrics | grep ^flagger_canary`,
  ];
}

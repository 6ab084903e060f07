import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryFolder } from "./temporaryFolder.ts";

/** A kubeconfig file for one cluster and one user, in a folder of its own. Answers its path. */
export function kubeconfigFile(
  cluster: Readonly<Record<string, unknown>>,
  user: Readonly<Record<string, unknown>> = {},
): string {
  const path = join(temporaryFolder("serin-kubeconfig-"), "config");
  const config = {
    clusters: [{ name: "cluster", cluster }],
    users: [{ name: "user", user }],
    contexts: [{ name: "context", context: { cluster: "cluster", user: "user", namespace: "shop" } }],
    "current-context": "context",
  };
  writeFileSync(path, JSON.stringify(config));
  return path;
}

/** How namespaces are made, and whether this machine lets us. */
import { execFile } from "node:child_process";

/** Without root the same holds inside a user namespace, where this user is root. */
export function unshareFlags(): string[] {
  const flags = ["--net", "--mount", "--pid", "--fork", "--kill-child=KILL", "--mount-proc"];
  return process.getuid?.() === 0 ? flags : ["--user", "--map-root-user", ...flags];
}

/** Why not, in the kernel's words; undefined when it is allowed. */
export function refusal(): Promise<string | undefined> {
  const { promise, resolve } = Promise.withResolvers<string | undefined>();
  execFile("unshare", [...unshareFlags(), "ip", "link", "set", "lo", "up"], (error, _stdout, stderr) => {
    resolve(error ? stderr.trim() || error.message : undefined);
  });
  return promise;
}

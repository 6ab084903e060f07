/** The real kubectl, for what users see of us. */
import { execFile } from "node:child_process";
import { join } from "node:path";
import type { Plane } from "./plane.ts";

export interface Output {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export type Kubectl = (...args: readonly string[]) => Promise<Output>;

/** The program, as an administrator. */
export async function kubectlCommand(plane: Plane): Promise<readonly [string, ...string[]]> {
  const kubeconfig = await plane.kubeconfig("admin");
  // Its discovery cache would otherwise go to the home directory, and be the next plane's, with other uids.
  const home = join(plane.directory, "kubectl");
  return [plane.kubectl, `--kubeconfig=${kubeconfig}`, `--cache-dir=${home}`];
}

/** A non-zero code is an answer, not an error. `input` goes where `-f -` reads. */
export async function kubectlOn(plane: Plane, input?: string): Promise<Kubectl> {
  const [program, ...own] = await kubectlCommand(plane);
  return (...args) => {
    const { promise, resolve } = Promise.withResolvers<Output>();
    const child = execFile(
      program,
      [...own, ...args],
      { encoding: "utf8", maxBuffer: 1 << 26 },
      (error, stdout, stderr) => {
        resolve({ code: error ? (typeof error.code === "number" ? error.code : 1) : 0, stdout, stderr });
      },
    );
    child.stdin?.end(input ?? "");
    return promise;
  };
}

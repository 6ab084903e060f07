/** The kubectl of this machine, if it has one, on an embedded API server. */
import { execFile, spawnSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { kubeconfig } from "../../src/playground/http/kubeconfig.ts";
import { ApiFront } from "../../src/playground/http/server.ts";
import type { ApiServer } from "../../src/simulator/api/apiServer.ts";

export const hasKubectl = spawnSync("kubectl", ["version", "--client"]).status === 0;

export interface Output {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface EmbeddedKubectl {
  /** The program, and what leads it to the server. */
  readonly command: readonly [program: string, ...rest: readonly string[]];
  /** A folder of its own, gone when it is closed. */
  readonly directory: string;
  /** A non-zero code is an answer, not an error. */
  run(...args: readonly string[]): Promise<Output>;
  close(): Promise<void>;
}

export async function kubectlOn(api: ApiServer): Promise<EmbeddedKubectl> {
  const front = await ApiFront.listen({ api });
  const directory = await mkdtemp(join(tmpdir(), "serin-kubectl-"));
  await writeFile(join(directory, "config"), kubeconfig({ url: front.url }));
  const own = [`--kubeconfig=${join(directory, "config")}`, `--cache-dir=${join(directory, "cache")}`];
  return {
    command: ["kubectl", ...own],
    directory,
    run(...args) {
      const { promise, resolve } = Promise.withResolvers<Output>();
      execFile("kubectl", [...own, ...args], (error, stdout, stderr) => {
        resolve({ code: error === null ? 0 : 1, stdout, stderr });
      });
      return promise;
    },
    async close() {
      await front.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

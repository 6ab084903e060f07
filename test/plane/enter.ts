/**
 * A room of one's own for a plane: fresh network, process and mount namespaces, with nothing of them on the disk.
 *
 *   this process ── setpriv ── unshare ── sh (process 1 of the room) ── node … ── etcd, kube-apiserver, …
 *
 * Each arrow dies with what stands left of it, by the kernel's hand: even after `kill -9` of this process nothing runs on.
 * The network has no name, and files are on a tmpfs only the room sees, so the last process's end leaves no trace of either.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir } from "node:fs/promises";
import { networkInterfaces } from "node:os";
import { join } from "node:path";
import { cacheDirectory } from "./binaries.ts";
import { unshareFlags } from "./unshare.ts";

/** The node's address; pods live in 10.244.0.0/16, all of which this one machine answers for. */
export const nodeAddress = "10.0.0.1";

const graceMillis = 1500;

// Process 1 must be a shell, not node: orphans are handed to it, and a shell reaps them. In the foreground, since a shell's
// background jobs do not hear Ctrl-C.
const prepare = `set -e
mount -t tmpfs -o mode=700 serin-plane "$SERIN_PLANE_ROOM"
ip link set lo up
ip addr add ${nodeAddress}/32 dev lo
ip route add local 10.244.0.0/16 dev lo
set +e
"$@"
exit $?`;

/** True in a process that `inNamespace` started: the addresses of the plane are its own to use. */
export function isInNamespace(): boolean {
  return (networkInterfaces()["lo"] ?? []).some(({ address }) => address === nodeAddress);
}

/** The folder for files that nobody has to delete; only inside a namespace. */
export function roomDirectory(): string {
  return join(cacheDirectory(), "room");
}

/** Runs `node argv…` in a room of its own, with this process's terminal; resolves to its exit code when all of the room is gone. */
export async function inNamespace(argv: readonly string[]): Promise<number> {
  const room = roomDirectory();
  await mkdir(room, { recursive: true });
  const child = spawn(
    "setpriv",
    ["--pdeathsig", "KILL", "unshare", ...unshareFlags(), "sh", "-c", prepare, "sh", process.execPath, ...argv],
    { stdio: "inherit", env: { ...process.env, SERIN_PLANE_ROOM: room, TMPDIR: room } },
  );
  const end = () => child.kill("SIGKILL");
  // From a terminal the inside hears Ctrl-C itself and may end its report; a signal sent to this process alone ends it for all.
  const endSoon = () => void setTimeout(end, graceMillis).unref();
  process.on("SIGINT", endSoon).on("SIGTERM", end).on("SIGHUP", end).on("exit", end);
  try {
    const [code, signal] = (await once(child, "exit")) as [number | null, NodeJS.Signals | null];
    return code ?? (signal ? 130 : 1);
  } finally {
    process.off("SIGINT", endSoon).off("SIGTERM", end).off("SIGHUP", end).off("exit", end);
  }
}

/** `npm run plane:demo`: shows a good rollout and a bad one, live, on a real Kubernetes, Istio and Envoy. */
import { cp, rm } from "node:fs/promises";
import { join } from "node:path";
import { type Display, displayOn, showCursor } from "../../src/playground/show/display.ts";
import { closing } from "../../src/playground/show/summary.ts";
import { cacheDirectory, planeBinaries } from "./binaries.ts";
import { wayIn, wayInto } from "./demo/invitation.ts";
import { play } from "./demo/play.ts";
import { inNamespace, isInNamespace, roomDirectory } from "./enter.ts";

const help = `Usage: npm run plane:demo [-- OPTIONS]

Starts a real Kubernetes API server, Istio, Envoy and Prometheus in a network of their own, Serin under the rights that its chart
gives it, and a client that sends 50 requests a second. Then it releases a good version, which is promoted, and a bad one, which
is rolled back, and shows meanwhile what the route, the clients and the Canary say. A minute and a half at most; nothing is left.

  --keep    stay up afterwards until Ctrl-C, and say how to come in from another terminal
  --help    this text

In a terminal it draws in place (from 60 columns on; without colours where NO_COLOR is set), elsewhere it writes lines.
The npm script builds the plane first; where this file is run alone and it is not built: npm run plane:build

  SERIN_PLANE_LOGS=FOLDER   keep what every part of the plane wrote

Exit codes: 0 the good one was promoted, the bad one rolled back, and no request lost; 1 otherwise, with the reason;
2 wrong usage; 3 the plane is not built; 130 ended by Ctrl-C
`;

const logs = "SERIN_PLANE_LOGS";

async function main(args: readonly string[]): Promise<number> {
  if (args.includes("--help") || args.includes("-h")) {
    console.log(help);
    return 0;
  }
  const unknown = args.filter((arg) => arg !== "--keep");
  if (unknown.length > 0) {
    console.error(`plane:demo does not know ${unknown.join(" ")}\n\n${help}`);
    return 2;
  }
  // What still waits or watches after a failure must not hold up the end, and with this process all of it goes.
  if (isInNamespace()) process.exit(await inside(args));
  return outside(args);
}

async function outside(args: readonly string[]): Promise<number> {
  const result = await planeBinaries();
  if ("missing" in result) {
    console.error(`the real plane lacks:\n  ${result.missing.join("\n  ")}\nTo have it: npm run plane:build`);
    return 3;
  }
  process.env[wayIn] = wayInto(process.pid);
  try {
    return await inNamespace([import.meta.filename, ...args]);
  } finally {
    // Where the inside was killed, it could not.
    if (process.stdout.isTTY) process.stdout.write(showCursor);
  }
}

async function inside(args: readonly string[]): Promise<number> {
  const display = displayOn(process.stdout);
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => leave(display));
  // Kept where it vanishes with the rest, unless something goes wrong.
  process.env[logs] ??= join(roomDirectory(), "logs");
  const after = args.includes("--keep") ? "keep" : "leave";
  const reasons = await play(display, after, process.stdout.columns ?? 100).catch((error: unknown) => {
    const broken = [error instanceof Error ? error.message : String(error)];
    console.error(closing(broken).join("\n"));
    return broken;
  });
  if (reasons.length === 0) return 0;
  console.error(`What every part wrote is in ${await keptLogs()}`);
  return 1;
}

/** With this process goes everything in its namespaces. */
function leave(display: Display): never {
  display.end();
  console.log("\nended; nothing is left");
  process.exit(130);
}

async function keptLogs(): Promise<string> {
  const from = process.env[logs] ?? "";
  if (!from.startsWith(roomDirectory())) return from;
  const to = join(cacheDirectory(), "demo-logs");
  await rm(to, { recursive: true, force: true });
  await cp(from, to, { recursive: true, force: true });
  return to;
}

if (import.meta.main) process.exitCode = await main(process.argv.slice(2));

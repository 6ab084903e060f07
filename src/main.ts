import { Connection } from "./adapters/kube/connection.ts";
import { createPrometheusClient } from "./adapters/metrics/prometheus.ts";
import type { Config } from "./config.ts";
import { Engine } from "./engine.ts";
import { systemClock } from "./runtime/clock.ts";
import { jsonLog } from "./runtime/log.ts";
import { systemRandom } from "./runtime/random.ts";
import { Shutdown } from "./runtime/shutdown.ts";
import { serveHttp } from "./server/http.ts";
import { PrometheusMeters } from "./server/meters.ts";
import { VERSION } from "./version.ts";

/** Below the 30 s that Kubernetes leaves a pod by default. */
const SHUTDOWN_DEADLINE_MILLIS = 20_000;

/** Build every part of the controller, start it, and stop it when told to. Resolves when it is running. */
export async function runController(config: Config): Promise<void> {
  const clock = systemClock();
  const log = jsonLog({ clock, level: config.logLevel });
  const shutdown = new Shutdown({
    clock,
    log,
    deadlineMillis: SHUTDOWN_DEADLINE_MILLIS,
    exit: (code) => process.exit(code),
  });
  shutdown.listen(process);
  const meters = new PrometheusMeters().withProcessMetrics();
  const transport = new Connection({
    clock,
    source: config.kubeconfig === undefined ? { from: "default" } : { from: "file", path: config.kubeconfig },
    userAgent: `serin/${VERSION}`,
    qps: config.requestsPerSecond,
    burst: config.requestBurst,
  });
  const prometheus = createPrometheusClient();
  const engine = new Engine({ config, transport, prometheus, clock, random: systemRandom(), log, meters });
  meters
    .gauge({ name: "flagger_info", help: "Version and mesh provider", labels: ["version", "mesh_provider"] })
    .set(1, { version: VERSION, mesh_provider: config.meshProvider });
  // Health is served at once, while the caches are still being filled.
  const http = await serveHttp({ port: config.port, meters, readiness: () => engine.readiness() });
  shutdown.add("connections to the API server", () => transport.close());
  shutdown.add("health server", () => http.close());
  log.info({ version: VERSION, port: http.port }, "waiting for caches");
  await engine.start((name, stop) => shutdown.add(name, stop));
}

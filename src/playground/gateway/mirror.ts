import { pickEndpoint } from "../../simulator/mesh/balance.ts";
import type { Cluster, Endpoint } from "../../simulator/mesh/clusters.ts";
import { discard } from "./failures.ts";
import type { Surroundings } from "./surroundings.ts";
import type { Try } from "./upstream.ts";

/** Send a copy whose answer nobody waits for. */
export async function sendMirror(around: Surroundings, cluster: Cluster, copy: Omit<Try, "port">): Promise<void> {
  const { loads, dice, upstream, resolve, metrics, clock } = around;
  const active = (other: Endpoint) => loads.active(other);
  const turn = loads.turn(cluster);
  const endpoint = pickEndpoint(cluster, { turn, active, avoid: new Set(), key: undefined, dice });
  if (endpoint === undefined) return;
  const startedAt = clock.monotonic();
  const port = resolve(endpoint.address, endpoint.port);
  if (port !== undefined) metrics.happened("upstream_rq_total", cluster.name);
  const done = await upstream.send({ ...copy, port }).result;
  const code = done.kind === "response" ? (done.response.statusCode ?? 0) : 503;
  metrics.answered(cluster.name, code, clock.monotonic() - startedAt);
  discard(done);
}

/** The embedded API server, held to the answers of the real one: in process, and over HTTP as kubectl meets it. */
import { ApiFront } from "../../../src/playground/http/server.ts";
import { systemClock } from "../../../src/runtime/clock.ts";
import { seededRandom } from "../../../src/runtime/random.ts";
import { ApiServer } from "../../../src/simulator/api/apiServer.ts";
import { inProcess, overHttp } from "../../conformance/cluster/clusterApi.ts";
import { define } from "../../conformance/cluster/definition.ts";
import { SCRIPTS } from "../../conformance/cluster/scripts/all.ts";
import { clusterSuite } from "../../conformance/cluster/suite.ts";

const embedded = (): ApiServer => new ApiServer({ clock: systemClock(), random: seededRandom(7) });

clusterSuite("the embedded one", SCRIPTS, async () => {
  const api = inProcess(embedded());
  await define(api);
  return api;
});

clusterSuite("the embedded one over HTTP", SCRIPTS, async () => {
  const front = await ApiFront.listen({ api: embedded() });
  const api = overHttp({ url: front.url });
  await define(api);
  return {
    ...api,
    close: async () => {
      await api.close();
      await front.close();
    },
  };
});

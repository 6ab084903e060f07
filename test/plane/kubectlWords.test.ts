/** The words of kubectl on the real API server: `RECORD_ANSWERS=1` writes them down for the embedded one to keep to. */
import { kubectlSuite } from "../conformance/kubectl/suite.ts";
import { kubectlCommand } from "./kubectl.ts";
import { startPlane } from "./plane.ts";

kubectlSuite("the real API server", async () => {
  const plane = await startPlane({ istio: false, prometheus: false, envoy: false, servers: "none" });
  return { command: await kubectlCommand(plane), directory: plane.directory, stop: () => plane.stop() };
});

/** Holds a plane until it is told to go: what the tests of dying kill. Says "up" on its standard output. */
import { inNamespace, isInNamespace } from "./enter.ts";
import { startPlane } from "./plane.ts";

if (process.argv.includes("--in-a-namespace")) {
  process.exitCode = await inNamespace([import.meta.filename]);
} else if (isInNamespace()) {
  await startPlane({ istio: false, prometheus: false });
  process.stdout.write("up\n");
}

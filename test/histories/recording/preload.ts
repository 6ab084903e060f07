/** `node --import THIS …`: the process's line decides as ever and is listened to (see witness.ts). Production knows nothing of it. */
import { registerHooks } from "node:module";

const line = new URL("../../../src/control/tick.ts", import.meta.url).href;
const decide = new URL("../../../src/domain/decide.ts", import.meta.url).href;
const witness = new URL("witness.ts", import.meta.url).href;

registerHooks({
  resolve(specifier, context, nextResolve) {
    const resolved = nextResolve(specifier, context);
    const isAsked = context.parentURL === line && resolved.url === decide;
    return isAsked ? { ...resolved, url: witness } : resolved;
  },
});

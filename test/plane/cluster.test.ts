/** The cluster suite on the real API server: `RECORD_ANSWERS=1` writes its answers down for the embedded one to keep to. */
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { addressIn, type ClusterApi, overHttp } from "../conformance/cluster/clusterApi.ts";
import { define } from "../conformance/cluster/definition.ts";
import { readMessages } from "../conformance/cluster/protos.ts";
import { SCRIPTS } from "../conformance/cluster/scripts/all.ts";
import { clusterSuite } from "../conformance/cluster/suite.ts";
import { DOCUMENTS, typeFile, typeLines } from "../conformance/cluster/types.ts";
import { type Plane, startPlane } from "./plane.ts";

/** Of the API server that test/plane/go builds. */
const MODULES_VERSION = "v0.36.3";

const SCHEMA = join(import.meta.dirname, "../../src/simulator/api/schema");

describe("the real API server", () => {
  let plane: Plane;
  let api: ClusterApi;

  before(async () => {
    plane = await startPlane({ istio: false, prometheus: false, envoy: false, servers: "none" });
    // Whatever acts on objects by itself would make the answers a matter of luck.
    await plane.controllerManager.kill9();
    await plane.node.stop();
    api = overHttp(addressIn(await readFile(await plane.kubeconfig("admin"), "utf8")));
    await define(api);
  });

  after(async () => {
    await api?.close();
    await plane?.stop();
  });

  const messages = readMessages(MODULES_VERSION);
  for (const part of ["core", "groups"] as const) {
    const skip = messages === undefined ? "Go's module cache is not on this machine" : false;
    it(`has the types of ${part}Types.ts`, { skip }, async () => {
      const documents: Record<string, unknown> = {};
      for (const path of Object.keys(DOCUMENTS)) {
        documents[path] = (await api.ask({ method: "GET", path: `/openapi/v3/${path}` })).body;
      }
      const types = typeLines(documents, messages ?? new Map());
      const [file, text] = [join(SCHEMA, `${part}Types.ts`), typeFile(types, part)];
      if (process.env["RECORD_ANSWERS"] === "1") writeFileSync(file, text);
      else assert.equal(readFileSync(file, "utf8"), text);
    });
  }

  clusterSuite("the real one", SCRIPTS, async () => ({ ...api, close: async () => {} }));
});

/** The CRDs on a real API server: what it stores, and what it refuses before any controller sees it. */
import { after, before, describe } from "node:test";
import { type Apply, crdSuite } from "../conformance/crds.ts";
import { ApiError, type ApiObject } from "./api.ts";
import { type Plane, startPlane } from "./plane.ts";
import { apply } from "./resources.ts";

describe("on a real API server", () => {
  let plane: Plane;

  before(async () => {
    plane = await startPlane({ istio: false, prometheus: false, servers: "none" });
  });

  after(() => plane?.stop());

  const put: Apply = async (manifest) => {
    try {
      await apply(plane.api, manifest as ApiObject);
      return { status: 200, message: "" };
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      return { status: error.code, message: wordsOf(error) };
    }
  };

  crdSuite(put);
});

/** The API server's own sentence, which the error quotes as JSON. */
function wordsOf({ message }: ApiError): string {
  const said = /"message":("(?:[^"\\]|\\.)*")/.exec(message)?.[1];
  return said === undefined ? message : String(JSON.parse(said));
}

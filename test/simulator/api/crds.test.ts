/** Our CRDs on the embedded API server: what it stores, and what it refuses. */
import { definitions } from "../../../src/resources/crds.ts";
import { systemClock } from "../../../src/runtime/clock.ts";
import { seededRandom } from "../../../src/runtime/random.ts";
import { ApiServer } from "../../../src/simulator/api/apiServer.ts";
import { crdSuite } from "../../conformance/crds.ts";
import type { ApiObject } from "../../plane/api.ts";
import { pathOf, referenceOf } from "../../plane/resources.ts";

const api = new ApiServer({ clock: systemClock(), random: seededRandom(1) });

for (const { crd: body } of definitions()) {
  api.request({ method: "POST", path: "/apis/apiextensions.k8s.io/v1/customresourcedefinitions", body });
}

crdSuite(async (manifest) => {
  const object = manifest as ApiObject;
  const { status, body } = api.request({
    method: "PATCH",
    path: pathOf(referenceOf(object)),
    query: { fieldManager: "test", force: "true" },
    contentType: "application/apply-patch+yaml",
    body: object,
  });
  return { status, message: (body as { readonly message?: string }).message ?? "" };
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { catchUp } from "../../../src/adapters/kube/catchUp.ts";
import { UnavailableError } from "../../../src/control/errors.ts";
import type { KubeObject, Transport, TransportRequest } from "../../../src/runtime/transport.ts";

function answering(...bodies: readonly { readonly status: number; readonly body: unknown }[]) {
  const requests: TransportRequest[] = [];
  const transport: Transport = {
    request: async (request) => bodies[requests.push(request) - 1] ?? { status: 500, body: "" },
    watch: () => assert.fail("nothing is watched"),
  };
  return { transport, requests };
}

const page = (name: string, token = "") => ({
  status: 200,
  body: { kind: "CanaryList", metadata: { continue: token }, items: [{ metadata: { name, namespace: "shop" } }] },
});

test("every Canary is read anew, page after page, as the server has it now", async () => {
  const { transport, requests } = answering(page("web", "next"), page("api"));
  const names: string[] = [];
  const store = { writeThrough: ({ metadata }: KubeObject) => names.push(metadata.name) };
  await catchUp({ transport, store, namespace: "shop" });
  assert.deepEqual(names, ["web", "api"]);
  assert.equal(requests[0]?.path, "/apis/flagger.app/v1beta1/namespaces/shop/canaries");
  assert.deepEqual(
    requests.map(({ query }) => [query?.["continue"], query?.["resourceVersion"]]),
    [
      [undefined, undefined],
      ["next", undefined],
    ],
  );
});

test("a server that does not answer is no news", async () => {
  const { transport } = answering({ status: 429, body: "" });
  const store = { writeThrough: () => assert.fail("nothing was read") };
  await assert.rejects(catchUp({ transport, store, namespace: undefined }), UnavailableError);
});

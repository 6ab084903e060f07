import assert from "node:assert/strict";
import { suite, test } from "node:test";
import { catchUp } from "../../../src/adapters/kube/catchUp.ts";
import { UnavailableError } from "../../../src/control/errors.ts";
import { Store } from "../../../src/runtime/store.ts";
import type { KubeObject, Transport, TransportRequest } from "../../../src/runtime/transport.ts";

function answering(...bodies: readonly { readonly status: number; readonly body: unknown }[]) {
  const requests: TransportRequest[] = [];
  const transport: Transport = {
    request: async (request) => bodies[requests.push(request) - 1] ?? { status: 500, body: "" },
    watch: () => assert.fail("nothing is watched"),
  };
  return { transport, requests };
}

const canary = (name: string, resourceVersion: string): KubeObject => ({
  kind: "Canary",
  metadata: { name, namespace: "shop", uid: name, resourceVersion },
});

const page = (items: readonly KubeObject[], token = "", resourceVersion = "20") => ({
  status: 200,
  body: { kind: "CanaryList", metadata: { continue: token, resourceVersion }, items },
});

/** As a watch that lags has left it. */
function storeOf(...objects: readonly KubeObject[]): Store {
  const store = new Store();
  for (const object of objects) store.put(object);
  return store;
}

const versionsIn = (store: Store) =>
  Object.fromEntries(store.list().map(({ metadata }) => [metadata.name, metadata.resourceVersion]));

suite("a new leader catches up", () => {
  test("with every Canary, page after page, as the server has it now", async () => {
    const { transport, requests } = answering(
      page([canary("web", "18")], "next"),
      page([canary("api", "7")], "", "25"),
    );
    const store = storeOf(canary("web", "10"), canary("api", "7"));
    await catchUp({ transport, store, namespace: "shop" });
    assert.deepEqual(versionsIn(store), { web: "18", api: "7" });
    assert.equal(requests[0]?.path, "/apis/flagger.app/v1beta1/namespaces/shop/canaries");
    assert.deepEqual(
      requests.map(({ query }) => [query?.["continue"], query?.["resourceVersion"]]),
      [
        [undefined, undefined],
        ["next", undefined],
      ],
    );
  });

  test("and forgets those that are gone, but none that is younger than the list", async () => {
    const { transport } = answering(page([canary("web", "18")]));
    const store = storeOf(canary("web", "10"), canary("gone", "11"), canary("young", "21"));
    await catchUp({ transport, store, namespace: undefined });
    assert.deepEqual(versionsIn(store), { web: "18", young: "21" });
  });

  test("with news of the first page, and forgets nothing, where the second does not come", async () => {
    const { transport } = answering(page([canary("web", "18")], "next"), { status: 410, body: "" });
    const store = storeOf(canary("web", "10"), canary("gone", "11"));
    await assert.rejects(catchUp({ transport, store, namespace: undefined }), UnavailableError);
    assert.deepEqual(versionsIn(store), { web: "18", gone: "11" });
  });

  test("with nothing where the server does not answer with a list", async () => {
    for (const answer of [
      { status: 429, body: "" },
      { status: 200, body: "<html>" },
    ]) {
      const store = storeOf(canary("web", "10"));
      await assert.rejects(
        catchUp({ transport: answering(answer).transport, store, namespace: undefined }),
        UnavailableError,
      );
      assert.deepEqual(versionsIn(store), { web: "10" });
    }
  });

  test("at once where the kind is not installed", async () => {
    const { transport, requests } = answering({ status: 404, body: "" });
    await catchUp({ transport, store: storeOf(), namespace: undefined });
    assert.equal(requests.length, 1);
  });

  test("within a deadline for each page, and until it is told to end", async () => {
    const { transport, requests } = answering(page([]));
    const { signal } = new AbortController();
    await catchUp({ transport, store: storeOf(), namespace: undefined, signal });
    assert.equal(requests[0]?.timeoutMillis, 10_000);
    assert.equal(requests[0]?.signal, signal);
  });
});

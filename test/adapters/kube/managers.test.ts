import assert from "node:assert/strict";
import { test } from "node:test";
import { isHeldByFlagger, summarise, takeOver, writtenAt } from "../../../src/adapters/kube/managers.ts";
import { retain } from "../../../src/adapters/kube/retention.ts";
import { anObject } from "../../build/fakeTransport.ts";

const flaggers = {
  manager: "flagger",
  operation: "Update",
  apiVersion: "apps/v1",
  time: "2026-01-01T00:00:00Z",
  fieldsType: "FieldsV1",
  fieldsV1: {
    "f:spec": { "f:replicas": {}, "f:template": { "f:spec": { 'k:{"name":"sidecar"}': { ".": {}, "f:image": {} } } } },
  },
};
const ours = {
  manager: "serin",
  operation: "Apply",
  apiVersion: "apps/v1",
  time: "2026-01-02T00:00:00Z",
  fieldsType: "FieldsV1",
  fieldsV1: { "f:spec": { "f:replicas": {}, "f:selector": {} } },
};
const controllers = {
  manager: "kube-controller-manager",
  operation: "Update",
  apiVersion: "apps/v1",
  subresource: "status",
  fieldsV1: { "f:status": {} },
};
const people = { manager: "kubectl", operation: "Update", apiVersion: "apps/v1", fieldsV1: { "f:metadata": {} } };

test("what Flagger owns is credited to our apply, and nothing of anybody else's is touched", () => {
  assert.deepEqual(takeOver([controllers, flaggers, people], "apps/v1"), [
    { ...flaggers, manager: "serin", operation: "Apply" },
    controllers,
    people,
  ]);
});

test("what Flagger owns is united with what our apply owns already", () => {
  const [united, ...others] = takeOver([ours, controllers, flaggers], "apps/v1");
  assert.deepEqual(others, [controllers]);
  assert.deepEqual(united, {
    ...ours,
    fieldsV1: {
      "f:spec": {
        "f:replicas": {},
        "f:selector": {},
        "f:template": { "f:spec": { 'k:{"name":"sidecar"}': { ".": {}, "f:image": {} } } },
      },
    },
  });
});

test("entries of another API version, of the status, or of others are left as they are", () => {
  const others = [{ ...flaggers, apiVersion: "apps/v1beta2" }, { ...flaggers, subresource: "status" }, people];
  assert.deepEqual(takeOver(others, "apps/v1"), others);
});

test("a cached object keeps who of us wrote it and when, and no lists of fields", () => {
  const object = anObject("web", 1, { spec: {} });
  const metadata = { ...object.metadata, managedFields: [flaggers, ours, controllers, people] };
  const kept = retain("Deployment")({ ...object, metadata });
  assert.deepEqual(kept.metadata["managedFields"], [
    { manager: "flagger", operation: "Update", time: "2026-01-01T00:00:00Z" },
    { manager: "serin", operation: "Apply", time: "2026-01-02T00:00:00Z" },
  ]);
  assert.deepEqual(summarise(kept.metadata["managedFields"]), kept.metadata["managedFields"]);
  assert.equal(isHeldByFlagger(kept), true);
  assert.equal(writtenAt(kept), Date.UTC(2026, 0, 2, 0, 0, 1), "some time within that second");
});

test("a write to the status is not a write to the object", () => {
  const object = anObject("web", 1);
  const metadata = { ...object.metadata, managedFields: [{ ...ours, subresource: "status" }] };
  assert.equal(writtenAt({ ...object, metadata }), undefined);
});

const LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";

test("what kubectl last applied is kept where it says what to give back", () => {
  const object = anObject("web", 1, { spec: { a: 1 }, status: { b: 1 }, extra: true });
  const annotated = { ...object, metadata: { ...object.metadata, annotations: { [LAST_APPLIED]: "{}", note: "x" } } };
  assert.deepEqual(retain("Deployment")(annotated).metadata.annotations, { note: "x" });
  assert.deepEqual(retain("Service")(annotated), annotated);
  assert.deepEqual(retain("VirtualService")(annotated), annotated);
  assert.equal(retain("Deployment")(annotated)["extra"], undefined);
});

test("the content of ConfigMaps and Secrets does not reach the cache", () => {
  const secret = anObject("token", 1, { data: { password: "aHVudGVyMg==" }, stringData: {}, type: "Opaque" });
  const kept = retain("Secret")(secret);
  assert.deepEqual(kept, { apiVersion: "v1", kind: "Secret", metadata: secret.metadata });
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { checksumOf } from "../../../../src/adapters/kube/workloads/checksum.ts";

/** Computed by Go 1.26: the first 8 bytes of crypto/sha256 over encoding/json of a map[string]string or map[string][]byte. */
const FROM_GO: readonly (readonly [string, "ConfigMap" | "Secret", unknown, string])[] = [
  ["one key", "ConfigMap", { color: "blue" }, "f234cb93c08ad64e"],
  ["keys out of order", "ConfigMap", { b: "2", a: "1", B: "3", _: "4", "10": "5", "9": "6" }, "5ff70250fb14ca5b"],
  ["what HTML would mistake", "ConfigMap", { page: '<a href="x">&amp;</a>' }, "8941a8b4603de07b"],
  ["line separators and controls", "ConfigMap", { x: 'a\u2028b\u2029c\n\r\t\\ " / \u0001 \u007f' }, "ad97953372d0a1ba"],
  ["backspace and form feed", "ConfigMap", { x: "\b\f" }, "f09604dfd7449980"],
  ["more than ASCII", "ConfigMap", { x: "grüße 🐦" }, "7082024272a06143"],
  ["no data", "ConfigMap", undefined, "74234e98afe7498f"],
  ["null data", "ConfigMap", null, "74234e98afe7498f"],
  ["empty data", "ConfigMap", {}, "44136fa355b3678a"],
  ["a secret", "Secret", { password: "aHVudGVyMg==", user: "YWRtaW4=" }, "5fed01779823dc4f"],
  ["a secret's empty value", "Secret", { password: "" }, "1c541b6a96f5d39b"],
  ["a secret without data", "Secret", undefined, "74234e98afe7498f"],
];

for (const [what, kind, data, checksum] of FROM_GO) {
  test(`the checksum of ${what} is Go's`, () => {
    assert.equal(checksumOf({ kind, metadata: { name: "c" }, data }), checksum);
  });
}

test("binary data changes the checksum, its absence does not", () => {
  const plain = { kind: "ConfigMap", metadata: { name: "c" }, data: { color: "blue" } };
  assert.equal(checksumOf({ ...plain, binaryData: {} }), "f234cb93c08ad64e");
  const one = checksumOf({ ...plain, binaryData: { logo: "AAEC" } });
  assert.notEqual(one, "f234cb93c08ad64e");
  assert.notEqual(one, checksumOf({ ...plain, binaryData: { logo: "AAED" } }));
});

test("labels and immutability are no content", () => {
  const config = {
    kind: "ConfigMap",
    metadata: { name: "c", labels: { a: "b" } },
    data: { color: "blue" },
    immutable: true,
  };
  assert.equal(checksumOf(config), "f234cb93c08ad64e");
});

test("Secrets of types that have a controller of their own are not tracked", () => {
  const secret = (type: string | undefined) => ({ kind: "Secret", metadata: { name: "s" }, ...(type && { type }) });
  assert.equal(checksumOf(secret("kubernetes.io/service-account-token")), undefined);
  assert.equal(checksumOf(secret("helm.sh/release.v1")), undefined);
  for (const type of ["Opaque", "kubernetes.io/basic-auth", "kubernetes.io/ssh-auth", "kubernetes.io/tls", undefined]) {
    assert.equal(checksumOf(secret(type)), "74234e98afe7498f");
  }
});

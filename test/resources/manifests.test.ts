import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { Refusal } from "../../src/domain/spec.ts";
import { parseAlertProvider } from "../../src/resources/parseAlertProvider.ts";
import { parseCanary } from "../../src/resources/parseCanary.ts";
import { parseMetricTemplate } from "../../src/resources/parseMetricTemplate.ts";
import { isWireObject } from "../../src/resources/wire.ts";
import { type Manifest, manifests } from "../build/manifests.ts";

/** The same manifests are put to a real API server by test/conformance/crds.ts. */

function refusalsIn({ object }: Manifest): readonly Refusal[] {
  const kind = isWireObject(object) ? object["kind"] : undefined;
  if (kind === "MetricTemplate") return parseMetricTemplate(object).refusals;
  return kind === "AlertProvider" ? parseAlertProvider(object).refusals : parseCanary(object).refusals;
}

describe("manifests that the API server accepts", () => {
  for (const manifest of manifests("accepted")) {
    const expected = manifest.notes["refusals"] === "none" ? [] : (manifest.notes["refusals"] ?? "").split(", ");
    it(`${manifest.name}: not supported are ${expected.join(", ") || "no fields"}`, () => {
      const refusals = refusalsIn(manifest);
      assert.deepEqual(refusals.map(({ path }) => path).toSorted(), expected.toSorted());
      assert.ok(refusals.every(({ reason }) => reason !== "InvalidSpec"));
    });
  }
});

describe("manifests that the API server refuses", () => {
  for (const manifest of manifests("refused")) {
    const path = manifest.notes["path"] ?? "";
    it(`${manifest.name}: ${path} is refused without an API server as well`, () => {
      const refusal = refusalsIn(manifest).find((candidate) => candidate.path === path);
      assert.equal(refusal?.severity, "blocking", JSON.stringify(refusalsIn(manifest)));
      assert.match(refusal?.message ?? "", /\S+ \S+/);
    });
  }
});

import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { METRIC_PROVIDERS } from "../../src/resources/metricTemplateSchema.ts";
import { parseAlertProvider } from "../../src/resources/parseAlertProvider.ts";
import { parseMetricTemplate } from "../../src/resources/parseMetricTemplate.ts";

const template = (provider: object, query: unknown = "up") => ({ spec: { provider, query } });

describe("a MetricTemplate", () => {
  it("of Prometheus is read whole", () => {
    const provider = {
      type: "prometheus",
      address: "http://prometheus:9090",
      headers: { "X-Scope-OrgID": ["a", "b"] },
      secretRef: { name: "login" },
      insecureSkipVerify: true,
      region: null,
    };
    assert.deepEqual(parseMetricTemplate(template(provider)), {
      template: {
        provider: "prometheus",
        address: "http://prometheus:9090",
        headers: { "X-Scope-OrgID": ["a", "b"] },
        secretName: "login",
        insecureSkipVerify: true,
        region: undefined,
        query: "up",
      },
      refusals: [],
    });
  });

  for (const type of METRIC_PROVIDERS.filter((name) => name !== "prometheus")) {
    it(`of ${type} is refused by name`, () => {
      const [refusal] = parseMetricTemplate(template({ type })).refusals;
      assert.equal(refusal?.path, "spec.provider.type");
      assert.equal(refusal?.reason, "NotSupported");
      assert.ok(refusal?.message.includes(type));
    });
  }

  it("needs an address and a query", () => {
    assert.equal(parseMetricTemplate(template({ type: "prometheus" })).refusals[0]?.path, "spec.provider.address");
    assert.equal(
      parseMetricTemplate(template({ type: "prometheus", address: "x" }, 5)).refusals[0]?.path,
      "spec.query",
    );
  });

  it("is refused with an address that nothing can be asked at", () => {
    for (const address of ["prometheus:9090", "ftp://prometheus", "not a url"]) {
      const [refusal] = parseMetricTemplate(template({ type: "prometheus", address })).refusals;
      assert.equal(refusal?.path, "spec.provider.address");
      assert.match(refusal?.message ?? "", /is not an http:/);
    }
  });

  it("of any shape parses to a template or to refusals", () => {
    fc.assert(
      fc.property(fc.oneof(fc.anything(), fc.record({ spec: fc.anything() })), (object) => {
        const { template: parsed, refusals } = parseMetricTemplate(object);
        assert.equal(parsed === undefined, refusals.length > 0);
      }),
    );
  });
});

describe("an AlertProvider", () => {
  it("has an address, or a Secret with one", () => {
    const direct = parseAlertProvider({ spec: { type: "slack", address: "https://hooks", channel: "c" } });
    assert.equal(direct.provider?.address, "https://hooks");
    assert.equal(parseAlertProvider({ spec: { type: "gchat", secretRef: { name: "s" } } }).provider?.secretName, "s");
    const both = parseAlertProvider({ spec: { type: "slack", address: "a", secretRef: { name: "s" } } });
    assert.match(both.refusals[0]?.message ?? "", /exactly one of address, secretRef/);
    assert.equal(parseAlertProvider({ spec: { type: "slack" } }).provider, undefined);
  });

  it("of any shape parses to a provider or to refusals", () => {
    fc.assert(
      fc.property(fc.oneof(fc.anything(), fc.record({ spec: fc.anything() })), (object) => {
        const { provider, refusals } = parseAlertProvider(object);
        assert.equal(provider === undefined, refusals.length > 0);
      }),
    );
  });
});

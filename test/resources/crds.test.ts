import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { describe, it } from "node:test";
import fc from "fast-check";
import { parse, parseAllDocuments } from "yaml";
import { printCrds } from "../../src/cli/crds.ts";
import { definitions } from "../../src/resources/crds.ts";
import { isWireObject, type WireObject } from "../../src/resources/wire.ts";
import { printYaml } from "../../src/resources/yaml.ts";

interface Node {
  readonly path: string;
  readonly schema: WireObject;
}

/** Every node of every schema. */
function nodes(): readonly Node[] {
  return definitions().flatMap(({ fileName, crd }) => {
    const versions = parse(printYaml(crd)).spec.versions;
    return versions.flatMap((version: WireObject) => {
      const schema = isWireObject(version["schema"]) ? version["schema"]["openAPIV3Schema"] : undefined;
      return isWireObject(schema) ? below({ path: fileName, schema }) : [];
    });
  });
}

function below({ path, schema }: Node): readonly Node[] {
  const { properties, items, additionalProperties } = schema;
  const named = isWireObject(properties) ? Object.entries(properties) : [];
  const children = [...named, ["[]", items] as const, ["{}", additionalProperties] as const];
  const nested = children.flatMap(([name, child]) =>
    isWireObject(child) ? below({ path: `${path}.${name}`, schema: child }) : [],
  );
  return [{ path, schema }, ...nested];
}

describe("the CRDs", () => {
  it("have one type at every node, or are a number or a text", () => {
    for (const { path, schema } of nodes()) {
      assert.ok(typeof schema["type"] === "string" || schema["x-kubernetes-int-or-string"] === true, path);
    }
  });

  it("describe every field of ours", () => {
    const bare = nodes().filter(
      ({ path, schema }) => schema["description"] === undefined && !/(\[\]|\{\}|apiVersion|kind|metadata)$/.test(path),
    );
    assert.deepEqual(
      bare.map(({ path }) => path),
      [],
    );
  });

  it("hold whole numbers where Flagger's controller can read nothing else", () => {
    const numbers = nodes()
      .filter(({ schema }) => schema["type"] === "number")
      .map(({ path }) => path.split(".").at(-1));
    assert.deepEqual(new Set(numbers), new Set(["threshold", "min", "max", "value"]));
  });

  it("bound every text and list that a rule looks at", () => {
    for (const { path, schema } of nodes()) {
      if (schema["x-kubernetes-validations"] === undefined || schema["type"] === "object") continue;
      assert.ok(schema["maxLength"] !== undefined || schema["maxItems"] !== undefined, path);
    }
  });

  it("are far from the size that kubectl apply can take", () => {
    for (const { crd, fileName } of definitions()) assert.ok(JSON.stringify(crd).length < 100_000, fileName);
  });

  it("keep Flagger's names, columns and defaults", () => {
    const canary = parse(printYaml(definitions()[0]?.crd));
    const [version] = canary.spec.versions;
    const columns = version.additionalPrinterColumns.map(({ name }: { name: string }) => name);
    assert.deepEqual(columns.slice(0, 3), ["Status", "Weight", "Suspended"]);
    assert.equal(columns.at(-1), "LastTransitionTime");
    assert.equal(canary.metadata.annotations["helm.sh/resource-policy"], "keep");
    assert.equal(canary.spec.names.shortNames, undefined);
    const spec = version.schema.openAPIV3Schema.properties.spec;
    assert.deepEqual(spec.required, ["targetRef", "analysis"]);
    assert.equal(spec.properties.analysis.required, undefined);
    assert.equal(spec.properties.analysis.properties.sessionAffinity.properties.maxAge.default, 86400);
    assert.ok(version.schema.openAPIV3Schema.properties.status.properties.phase.enum.includes(""));
  });

  it("lie in the repository as they are generated", () => {
    const generate = join(import.meta.dirname, "../generate.ts");
    const { status, stderr } = spawnSync(process.execPath, [generate, "--check"], { encoding: "utf8" });
    assert.equal(status, 0, stderr);
  });

  it("come out of `serin crds` as one stream", () => {
    let text = "";
    printCrds((part) => {
      text += part;
    });
    const documents = parseAllDocuments(text).map((document) => ("toJS" in document ? document.toJS() : undefined));
    assert.deepEqual(
      documents,
      definitions().map(({ crd }) => JSON.parse(JSON.stringify(crd))),
    );
  });
});

describe("YAML", () => {
  it("reads back as what was printed", () => {
    const odd = fc.constantFrom(
      "no",
      "~",
      "1e3",
      "0x1f",
      "- a",
      "a: b",
      "a #b",
      " a",
      "a ",
      "2001-01-01",
      "=",
      "<<",
      "---",
      "...",
      "\u2028",
      "é",
    );
    const value = fc.letrec((tie) => ({
      tree: fc.oneof(
        odd,
        fc.string({ unit: "binary" }),
        fc.string(),
        fc.jsonValue(),
        fc.array(tie("tree")),
        fc.dictionary(fc.string(), tie("tree")),
      ),
    })).tree;
    fc.assert(
      fc.property(value, (given) => {
        const plain = JSON.parse(JSON.stringify(given));
        assert.deepEqual(JSON.parse(JSON.stringify(parse(printYaml(plain)))), plain);
      }),
      { numRuns: 2000 },
    );
  });
});

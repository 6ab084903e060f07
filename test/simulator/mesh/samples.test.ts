import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { parseAllDocuments } from "yaml";
import { seededRandom } from "../../../src/runtime/random.ts";
import type { KubeObject } from "../../../src/runtime/transport.ts";
import { decide } from "../../../src/simulator/mesh/decide.ts";
import { buildTable } from "../../../src/simulator/mesh/table.ts";
import { aPod, aRequest } from "./objects.ts";

/** Istio's own source, as far as Go has it on this machine. */
function istioFolder(): string | undefined {
  try {
    const cwd = join(import.meta.dirname, "../../plane/go");
    const folder = execFileSync("go", ["list", "-m", "-f", "{{.Dir}}", "istio.io/istio"], {
      cwd,
      env: { ...process.env, GOFLAGS: "-mod=mod", GOPROXY: "off" },
      stdio: ["ignore", "pipe", "ignore"],
    });
    const path = folder.toString().trim();
    return path !== "" && existsSync(path) ? path : undefined;
  } catch {
    return undefined;
  }
}

const FOLDERS = ["bookinfo/networking", "helloworld", "httpbin"];
/** What in the samples is more than the mesh does: raw TCP, TLS, and Services outside of the cluster. */
const MORE =
  /spec\.(tcp|tls)|spec\.servers\[\d+\]\.(tls|port\.protocol)|spec\.trafficPolicy\.(portLevelSettings\[\d+\]\.)?tls\.mode/;

const istio = istioFolder();

function objectsIn(file: string): readonly KubeObject[] {
  return parseAllDocuments(readFileSync(file, "utf8")).flatMap((document) => {
    const object = document.toJS() as KubeObject | null;
    return object?.metadata === undefined
      ? []
      : [{ ...object, metadata: { namespace: "default", ...object.metadata } }];
  });
}

function tableOf(objects: readonly KubeObject[], pods: readonly KubeObject[] = []) {
  const of = (kind: string) => objects.filter((object) => object.kind === kind);
  return buildTable({
    virtualServices: of("VirtualService"),
    destinationRules: of("DestinationRule"),
    gateways: of("Gateway").filter(({ apiVersion }) => apiVersion?.startsWith("networking.istio.io")),
    services: of("Service"),
    endpointSlices: undefined,
    pods,
  });
}

describe("Istio's own samples", { skip: istio === undefined && "Istio's source is not in Go's module cache" }, () => {
  const files = FOLDERS.flatMap((folder) => globSync(`${istio}/samples/${folder}/*.yaml`)).sort();

  it("are there", () => assert.ok(files.length > 20));
  for (const file of files) {
    it(`${file.split("/samples/")[1]} is obeyed`, () => {
      const { problems } = tableOf(objectsIn(file));
      assert.deepEqual(
        problems.filter((problem) => !MORE.test(problem)),
        [],
      );
    });
  }

  it("route bookinfo as their guide says", () => {
    const at = (name: string) => objectsIn(`${istio}/samples/bookinfo/${name}`);
    const objects = [
      ...at("networking/bookinfo-gateway.yaml"),
      ...at("networking/destination-rule-all.yaml"),
      ...at("networking/virtual-service-reviews-test-v2.yaml"),
      ...at("platform/kube/bookinfo.yaml"),
    ];
    const pod = (app: string, index: number, version: string): KubeObject => {
      const made = aPod(app, index, { app, version });
      return { ...made, metadata: { ...made.metadata, namespace: "default" } };
    };
    const pods = [
      pod("productpage", 1, "v1"),
      pod("reviews", 2, "v1"),
      pod("reviews", 3, "v2"),
      pod("reviews", 4, "v3"),
    ];
    const table = tableOf(objects, pods);
    const decided = (request: Parameters<typeof aRequest>[0]) => {
      const decision = decide(aRequest(request), table, seededRandom(1));
      return decision.kind === "forward" ? decision.cluster.name : decision.status;
    };
    const page = { port: 8080, host: "anything" };
    assert.equal(decided({ ...page, path: "/productpage" }), "outbound|9080||productpage.default.svc.cluster.local");
    assert.equal(decided({ ...page, path: "/other" }), 404);
    const reviews = { gateway: "mesh", port: 9080, host: "reviews:9080" } as const;
    assert.equal(decided(reviews), "outbound|9080|v1|reviews.default.svc.cluster.local");
    assert.equal(
      decided({ ...reviews, headers: { "end-user": "jason" } }),
      "outbound|9080|v2|reviews.default.svc.cluster.local",
    );
  });
});

import assert from "node:assert/strict";
import { test } from "node:test";
import { noAnswer, refusalOf } from "../../../src/adapters/kube/errors.ts";
import { TransportError, type TransportResponse } from "../../../src/runtime/transport.ts";

const attempt = { verb: "patch", kind: "Deployment", namespace: "shop", name: "web" } as const;

function aStatus(code: number, message: string, details?: Readonly<Record<string, unknown>>): TransportResponse {
  return { status: code, body: { kind: "Status", metadata: {}, code, message, details } };
}

const CASES: readonly (readonly [string, TransportResponse, string, RegExp])[] = [
  ["a conflict", aStatus(409, "the object has been modified"), "StaleError", /has been modified/],
  [
    "an object that is gone",
    aStatus(404, 'deployments.apps "web" not found', { name: "web" }),
    "StaleError",
    /not found/,
  ],
  [
    "a kind that is not installed",
    { status: 404, body: "404 page not found\n" },
    "RejectedError",
    /does not serve Deployment of apps\/v1; install its definition/,
  ],
  [
    "an invalid field",
    aStatus(422, 'Deployment.apps "web" is invalid: spec.replicas: must be positive', {
      name: "web",
      causes: [{ reason: "FieldValueInvalid", field: "spec.replicas" }],
    }),
    "RejectedError",
    /^patch Deployment shop\/web: Deployment.apps "web" is invalid: spec.replicas: must be positive$/,
  ],
  [
    "an invalid field that the message does not name",
    aStatus(400, "unknown field", { causes: [{ field: ".spec.foo" }] }),
    "RejectedError",
    /^patch Deployment shop\/web: \.spec\.foo: unknown field$/,
  ],
  [
    "what RBAC forbids",
    aStatus(
      403,
      'deployments.apps "web" is forbidden: User "system:serviceaccount:serin:serin" cannot patch resource "deployments" in API group "apps" in the namespace "shop"',
    ),
    "RejectedError",
    /^not allowed to patch deployments.apps in namespace shop: grant it to system:serviceaccount:serin:serin$/,
  ],
  [
    "what admission denies",
    aStatus(403, 'admission webhook "policy.example" denied the request: no latest tags'),
    "RejectedError",
    /denied the request: no latest tags$/,
  ],
  [
    "what server-side apply cannot read",
    aStatus(500, "failed to create typed patch object (shop/web; apps/v1, Kind=Deployment): duplicate entries"),
    "RejectedError",
    /duplicate entries$/,
  ],
  ["too many requests", aStatus(429, "slow down"), "UnavailableError", /429 slow down/],
  ["a server at fault", { status: 503, body: "" }, "UnavailableError", /503 the server answered 503/],
  ["a token that expired", aStatus(401, "Unauthorized"), "UnavailableError", /401 Unauthorized/],
];

for (const [what, response, name, message] of CASES) {
  test(`${what} is a ${name}`, () => {
    const error = refusalOf(response, attempt);
    assert.equal(error.name, name);
    assert.match(error.message, message);
    assert.equal(error.cause, response);
  });
}

test("what RBAC forbids on a subresource is named with it", () => {
  const response = aStatus(403, 'User "x" cannot patch resource "canaries/status" in API group "flagger.app"');
  const error = refusalOf(response, { ...attempt, kind: "Canary", subresource: "status" });
  assert.match(error.message, /^not allowed to patch canaries.flagger.app\/status in namespace shop: grant it to x$/);
});

test("no answer is an UnavailableError that keeps its cause", () => {
  const cause = new TransportError("connection reset");
  const error = noAnswer(cause, attempt);
  assert.equal(error.name, "UnavailableError");
  assert.match(error.message, /connection reset/);
  assert.equal(error.cause, cause);
});

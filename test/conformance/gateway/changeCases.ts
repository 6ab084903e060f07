/** What is done to a request and its answer on the way, and what the gateway answers by itself. */
import { header, one, path, type Scenario, two } from "./scenario.ts";
import { share, to } from "./scene.ts";

const MARK = { response: { set: { "x-new": "1" } } };

export const CHANGES: Readonly<Record<string, Scenario>> = {
  "rewrite of a prefix": {
    http: [to("one", { match: [{ uri: { prefix: "/api" } }], rewrite: { uri: "/v2" } })],
    asks: [
      [path("/api/users?x=1"), { ...one, seen: { url: "/v2/users?x=1", "x-envoy-original-path": "/api/users?x=1" } }],
    ],
  },
  "rewrite of a prefix to /": {
    http: [to("one", { match: [{ uri: { prefix: "/api" } }], rewrite: { uri: "/" } })],
    asks: [
      [path("/api/users"), { ...one, seen: { url: "//users" } }],
      [path("/api"), { ...one, seen: { url: "/" } }],
    ],
  },
  "rewrite of an exact path": {
    http: [to("one", { match: [{ uri: { exact: "/api" } }], rewrite: { uri: "/v2" } })],
    asks: [[path("/api?x"), { ...one, seen: { url: "/v2?x" } }]],
  },
  "rewrite of a regex": {
    http: [to("one", { match: [{ uri: { regex: "/a.*" } }], rewrite: { uri: "/v2" } })],
    asks: [[path("/abc/d"), { ...one, seen: { url: "/v2" } }]],
  },
  "rewrite without a match": {
    http: [to("one", { rewrite: { uri: "/v2/" } })],
    asks: [[path("/abc/d"), { ...one, seen: { url: "/v2/abc/d" } }]],
  },
  "rewrite by a regex": {
    http: [
      to("one", {
        match: [{ uri: { prefix: "/" } }],
        rewrite: { uriRegexRewrite: { match: "^/service/([^/]+)(/.*)$", rewrite: "\\2/instance/\\1" } },
      }),
    ],
    asks: [
      [path("/service/foo/v1/api?q=/service/x/y"), { ...one, seen: { url: "/v1/api/instance/foo?q=/service/x/y" } }],
    ],
  },
  "rewrite of the host": {
    http: [to("one", { rewrite: { authority: "inner.example.com" } })],
    asks: [[path("/"), { ...one, seen: { host: "inner.example.com" } }]],
  },
  "request headers": {
    http: [to("one", { headers: { request: { set: { "x-a": "rule" }, add: { "x-b": "rule" }, remove: ["x-c"] } } })],
    asks: [
      [
        path("/", { "x-a": "1", "x-b": "1", "x-c": "1" }),
        { ...one, seen: { "x-a": "rule", "x-b": "1, rule", "x-c": undefined } },
      ],
    ],
  },
  "response headers": {
    http: [to("one", { headers: { response: { set: { "x-pod": "nobody", "x-new": "1" }, remove: ["x-version"] } } })],
    asks: [[path("/"), { status: 200, headers: { "x-pod": "nobody", "x-new": "1", "x-version": undefined } }]],
  },
  "the host by a header": {
    http: [to("one", { headers: { request: { set: { Host: "header.example.com" } } } })],
    asks: [[path("/"), { ...one, seen: { host: "header.example.com" } }]],
  },
  "a destination alone has the last word": {
    http: [
      {
        route: [share("one", 100, { headers: { request: { set: { "x-a": "own" } } } })],
        headers: { request: { set: { "x-a": "rule" } } },
      },
    ],
    asks: [[path("/"), { ...one, seen: { "x-a": "own" } }]],
  },
  "a rule has the last word on several": {
    http: [
      {
        route: [
          share("one", 99, { headers: { request: { set: { "x-a": "own" } } } }),
          share("one", 1, { headers: { request: { set: { "x-a": "own" } } } }),
        ],
        headers: { request: { set: { "x-a": "rule" } } },
      },
    ],
    asks: [[path("/"), { ...one, seen: { "x-a": "rule" } }]],
  },
  "a cookie for one version": {
    http: [
      {
        route: [
          share("one", 0),
          share("two", 100, { headers: { response: { add: { "Set-Cookie": "canary=abc; Max-Age=60" } } } }),
        ],
      },
    ],
    asks: [[path("/"), { ...two, headers: { "set-cookie": "canary=abc; Max-Age=60" } }]],
  },
  "headers on the gateway's own answers": {
    http: [
      ...["empty", "nobody", "refused"].map((service) =>
        to(service, { match: [{ uri: { prefix: `/${service}` } }], headers: MARK }),
      ),
      to("one", { match: [{ uri: { prefix: "/slow" } }], headers: MARK, timeout: "0.1s" }),
      to("one", {
        match: [{ uri: { prefix: "/abort" } }],
        headers: MARK,
        fault: { abort: { httpStatus: 555, percentage: { value: 100 } } },
      }),
    ],
    asks: [
      [path("/empty"), { status: 503, headers: { "x-new": "1" } }],
      [path("/refused"), { status: 503, headers: { "x-new": "1" } }],
      [path("/slow", { "x-play": "latency=1000" }), { status: 504, headers: { "x-new": "1" } }],
      [path("/nobody"), { status: 503, headers: { "x-new": "1" } }],
      [path("/abort"), { status: 555, headers: { "x-new": "1" } }],
    ],
  },
  "what a gateway adds": {
    http: [to("one", { timeout: "3s" })],
    asks: [
      [
        path("/"),
        {
          ...one,
          headers: { server: "istio-envoy", "content-type": "application/json" },
          seen: { "x-forwarded-proto": "http", "x-envoy-attempt-count": "1", "x-envoy-expected-rq-timeout-ms": "3000" },
        },
      ],
    ],
  },
};

export const OWN_ANSWERS: Readonly<Record<string, Scenario>> = {
  "redirect of the path": {
    http: [{ match: [{ uri: { prefix: "/a" } }], redirect: { uri: "/new" } }],
    asks: [[path("/a/b?x=1"), { status: 301, headers: { location: "http://HOST/new?x=1" } }]],
  },
  "redirect of the host": {
    http: [{ redirect: { authority: "other.example.com", redirectCode: 302 } }],
    asks: [[path("/a/b?x=1"), { status: 302, headers: { location: "http://other.example.com/a/b?x=1" } }]],
  },
  "redirect of the scheme": {
    http: [{ redirect: { scheme: "https" } }],
    asks: [[path("/a"), { status: 301, headers: { location: "https://HOST/a" } }]],
  },
  "direct response": {
    http: [
      { directResponse: { status: 418, body: { string: "no" } }, headers: { response: { set: { "x-new": "1" } } } },
    ],
    asks: [[path("/"), { status: 418, body: "no", headers: { "x-new": "1" } }]],
  },
  abort: {
    http: [to("one", { fault: { abort: { httpStatus: 555, percentage: { value: 100 } } } })],
    asks: [[path("/"), { status: 555, body: "fault filter abort", tries: 0 }]],
  },
  "abort without a percentage": {
    http: [to("one", { fault: { abort: { httpStatus: 555 } } })],
    asks: [[path("/"), one]],
  },
  delay: {
    http: [to("one", { fault: { delay: { fixedDelay: "0.4s", percentage: { value: 100 } } } })],
    asks: [[path("/"), { ...one, slowerThan: 390 }]],
  },
  preflight: {
    http: [
      to("one", {
        corsPolicy: {
          allowOrigins: [{ exact: "https://a.example" }],
          allowMethods: ["GET", "POST"],
          allowHeaders: ["x-a"],
          exposeHeaders: ["x-b"],
          maxAge: "24h",
          allowCredentials: true,
        },
      }),
    ],
    asks: [
      [
        { method: "OPTIONS", headers: { origin: "https://a.example", "access-control-request-method": "GET" } },
        {
          status: 200,
          tries: 0,
          headers: {
            "access-control-allow-origin": "https://a.example",
            "access-control-allow-methods": "GET,POST",
            "access-control-allow-headers": "x-a",
            "access-control-max-age": "86400",
            "access-control-allow-credentials": "true",
          },
        },
      ],
      [
        { method: "OPTIONS", headers: { origin: "https://b.example", "access-control-request-method": "GET" } },
        { status: 200, tries: 1, headers: { "access-control-allow-origin": undefined } },
      ],
      [
        header("origin", "https://a.example"),
        {
          ...one,
          headers: {
            "access-control-allow-origin": "https://a.example",
            "access-control-expose-headers": "x-b",
            "access-control-allow-credentials": "true",
          },
        },
      ],
      [header("origin", "https://b.example"), { ...one, headers: { "access-control-allow-origin": undefined } }],
    ],
  },
};

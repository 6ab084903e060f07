/** Which requests a rule takes in, and where rules send them. */
import { header, matching, none, one, path, type Scenario, two } from "./scenario.ts";
import { share, to } from "./scene.ts";

export const MATCHES: Readonly<Record<string, Scenario>> = {
  "uri exact": {
    http: matching({ uri: { exact: "/a" } }),
    asks: [
      [path("/a"), two],
      [path("/a?x=1"), two],
      [path("/a/"), one],
      [path("/A"), one],
    ],
  },
  "uri prefix": {
    http: matching({ uri: { prefix: "/a" } }),
    asks: [
      [path("/a"), two],
      [path("/ab/c"), two],
      [path("/"), one],
    ],
  },
  "uri regex": {
    http: matching({ uri: { regex: "/a[0-9]+" } }),
    asks: [
      [path("/a12?x"), two],
      [path("/a12/b"), one],
      [path("/x/a1"), one],
    ],
  },
  "uri regex with a flag": {
    http: matching({ uri: { regex: "(?i)/ABC" } }),
    asks: [
      [path("/abc"), two],
      [path("/abcd"), one],
    ],
  },
  "uri without case": {
    http: matching({ uri: { prefix: "/Api" }, ignoreUriCase: true }),
    asks: [
      [path("/aPI/x"), two],
      [path("/ap"), one],
    ],
  },
  "header exact": {
    http: matching({ headers: { "x-user": { exact: "tester" } } }),
    asks: [
      [header("x-user", "tester"), two],
      [header("x-user", "Tester"), one],
      [path("/"), one],
    ],
  },
  "header prefix and regex": {
    http: matching({ headers: { "x-a": { prefix: "v" }, "x-b": { regex: "[ab]+" } } }),
    asks: [
      [path("/", { "x-a": "vx", "x-b": "ab" }), two],
      [path("/", { "x-a": "vx", "x-b": "abc" }), one],
      [header("x-a", "vx"), one],
    ],
  },
  "header present": {
    http: matching({ headers: { "x-user": {} } }),
    asks: [
      [header("x-user", "any"), two],
      [path("/"), one],
    ],
  },
  cookie: {
    http: matching({ headers: { cookie: { regex: "^(.*?;)?(canary=always)(;.*)?$" } } }),
    asks: [
      [header("cookie", "a=1;canary=always"), two],
      [header("cookie", "canary=never"), one],
    ],
  },
  "without header": {
    http: matching({ withoutHeaders: { "x-user": {} } }),
    asks: [
      [path("/"), two],
      [header("x-user", "a"), one],
    ],
  },
  "without value": {
    http: matching({ withoutHeaders: { "x-user": { exact: "a" } } }),
    asks: [
      [path("/"), two],
      [header("x-user", "b"), two],
      [header("x-user", "a"), one],
    ],
  },
  query: {
    http: matching({ queryParams: { v: { exact: "2" } } }),
    asks: [
      [path("/?a=1&v=2"), two],
      [path("/?v=22"), one],
      [path("/?v=%32"), one],
      [path("/"), one],
    ],
  },
  "query present": {
    http: matching({ queryParams: { v: {} } }),
    asks: [
      [path("/?v"), two],
      [path("/?v="), two],
      [path("/?w=1"), one],
    ],
  },
  method: {
    http: matching({ method: { exact: "POST" } }),
    asks: [
      [{ method: "POST", body: "hello" }, two],
      [{ method: "PUT", body: "hello" }, one],
      [path("/"), one],
    ],
  },
  scheme: { http: matching({ scheme: { exact: "http" } }), asks: [[path("/"), two]] },
  "port of the listener": { http: matching({ port: 8080 }), asks: [[path("/"), two]] },
  "another port": { http: matching({ port: 81 }), asks: [[path("/"), one]] },
  "another gateway": { http: matching({ gateways: ["mesh"] }), asks: [[path("/"), one]] },
  "and within a match": {
    http: matching({ uri: { prefix: "/a" }, headers: { "x-user": { exact: "a" } } }),
    asks: [
      [path("/a", { "x-user": "a" }), two],
      [path("/a"), one],
      [header("x-user", "a"), one],
    ],
  },
  "or across matches": {
    http: [to("two", { match: [{ uri: { exact: "/a" } }, { uri: { exact: "/b" } }] }), to("one")],
    asks: [
      [path("/a"), two],
      [path("/b"), two],
      [path("/c"), one],
    ],
  },
  "the first rule wins": {
    http: [to("one", { match: [{ uri: { prefix: "/a" } }] }), to("two", { match: [{ uri: { prefix: "/a/b" } }] })],
    asks: [
      [path("/a/b"), one],
      [path("/c"), none],
    ],
  },
  "nothing behind a rule that catches all": {
    http: [to("one"), to("two", { match: [{ uri: { prefix: "/a" } }] })],
    asks: [[path("/a"), one]],
  },
};

export const DESTINATIONS: Readonly<Record<string, Scenario>> = {
  "weight 0 is nothing": {
    http: [{ route: [share("one", 100), share("two", 0)] }],
    asks: [
      [path("/"), one],
      [path("/"), one],
      [path("/"), one],
    ],
  },
  "no weight among others is nothing": {
    http: [{ route: [share("one"), share("two", 1)] }],
    asks: [
      [path("/"), two],
      [path("/"), two],
    ],
  },
  "a single weight of 0 is all": { http: [{ route: [share("one", 0)] }], asks: [[path("/"), one]] },
  "a subset": {
    http: [{ route: [{ destination: { host: "both", subset: "v2" } }] }],
    asks: [
      [path("/"), two],
      [path("/"), two],
      [path("/"), two],
    ],
  },
  "a whole host name": { http: [to("one.mesh.svc.cluster.local")], asks: [[path("/"), one]] },
  "a host name with one dot is whole as well": {
    http: [to("one.mesh")],
    asks: [[path("/"), { status: 503, body: "" }]],
  },
  "no pods": {
    http: [to("empty")],
    asks: [
      [
        path("/"),
        { status: 503, body: "no healthy upstream", headers: { "content-type": "text/plain", server: "istio-envoy" } },
      ],
    ],
  },
  "no Service": { http: [to("nobody")], asks: [[path("/"), { status: 503, body: "" }]] },
  "no such subset": {
    http: [{ route: [{ destination: { host: "both", subset: "v3" } }] }],
    asks: [[path("/"), { status: 503, body: "" }]],
  },
  "no such port": {
    http: [{ route: [{ destination: { host: "one", port: { number: 7 } } }] }],
    asks: [[path("/"), { status: 503, body: "" }]],
  },
  "the only port need not be named": {
    http: [{ route: [{ destination: { host: "one" } }] }],
    asks: [[path("/"), one]],
  },
};

/** Tries, time-outs, and which VirtualService a host belongs to. */
import { none, one, path, play, type Scenario, two } from "./scenario.ts";
import { delegate, to, virtualService } from "./scene.ts";

const retries = (policy: object | undefined): readonly unknown[] => [
  to("one", policy === undefined ? {} : { retries: policy }),
];

export const TRIES: Readonly<Record<string, Scenario>> = {
  "no retry of a status by default": {
    http: retries(undefined),
    asks: [[play("status=503"), { status: 503, version: "1", tries: 1 }]],
  },
  "no retry of a reset by default": {
    http: retries(undefined),
    asks: [
      [
        play("reset"),
        {
          status: 503,
          tries: 1,
          body: "upstream connect error or disconnect/reset before headers. reset reason: connection termination",
        },
      ],
    ],
  },
  "retries of 5xx": {
    http: retries({ attempts: 2, retryOn: "5xx" }),
    asks: [
      [play("status=500"), { status: 500, tries: 3 }],
      [play("status=404"), { status: 404, tries: 1 }],
    ],
  },
  "retries of gateway errors": {
    http: retries({ attempts: 1, retryOn: "gateway-error" }),
    asks: [
      [play("status=503"), { status: 503, tries: 2 }],
      [play("status=500"), { status: 500, tries: 1 }],
    ],
  },
  "retries of a status code": {
    http: retries({ attempts: 2, retryOn: "connect-failure,418" }),
    asks: [
      [play("status=418"), { status: 418, tries: 3 }],
      [play("status=503"), { status: 503, tries: 1 }],
    ],
  },
  "retries of a reset": {
    http: retries({ attempts: 2, retryOn: "reset" }),
    asks: [
      [
        play("reset"),
        {
          status: 503,
          tries: 3,
          body: "upstream connect error or disconnect/reset before headers. retried and the latest reset reason: connection termination",
        },
      ],
    ],
  },
  "no retries": { http: retries({ attempts: 0 }), asks: [[play("status=503"), { status: 503, tries: 1 }]] },
  "retries with a body": {
    http: retries({ attempts: 1, retryOn: "5xx" }),
    asks: [
      [
        { method: "POST", body: "hello", headers: { "x-play": "status=500" } },
        { status: 500, tries: 2, seen: { "content-length": "5" } },
      ],
    ],
  },
  "a refused connection": {
    http: [to("refused", { retries: { attempts: 0 } })],
    asks: [
      [
        path("/"),
        {
          status: 503,
          body: "upstream connect error or disconnect/reset before headers. reset reason: remote connection failure",
        },
      ],
    ],
  },
  "a refused connection, retried": {
    http: [to("refused")],
    asks: [
      [
        path("/"),
        {
          status: 503,
          body: "upstream connect error or disconnect/reset before headers. retried and the latest reset reason: remote connection failure",
        },
      ],
    ],
  },
  timeout: {
    http: [to("one", { timeout: "0.3s" })],
    asks: [
      [play("latency=2000"), { status: 504, body: "upstream request timeout", slowerThan: 290, fasterThan: 1500 }],
    ],
  },
  "timeout of each try": {
    http: [to("one", { retries: { attempts: 2, perTryTimeout: "0.2s", retryOn: "5xx" } })],
    asks: [
      [
        play("latency=2000"),
        { status: 504, body: "upstream request timeout", tries: 3, slowerThan: 590, fasterThan: 1900 },
      ],
    ],
  },
  "timeout of all tries": {
    http: [to("one", { timeout: "0.3s", retries: { attempts: 5, perTryTimeout: "0.2s", retryOn: "5xx" } })],
    asks: [[play("latency=2000"), { status: 504, tries: 2, fasterThan: 1500 }]],
  },
};

export const HOSTS: Readonly<Record<string, Scenario>> = {
  "nobody's host": { asks: [[{ host: "nobody.example.org" }, none]] },
  "wildcards, the most specific first": {
    objects: [
      virtualService("wide", ["*.wild.example.com"], [to("one")]),
      virtualService("narrow", ["*.deep.wild.example.com", "x.wild.example.com"], [to("two")]),
    ],
    asks: [
      [{ host: "a.wild.example.com" }, one],
      [{ host: "a.b.wild.example.com" }, one],
      [{ host: "x.wild.example.com" }, two],
      [{ host: "X.Wild.example.com:8080" }, two],
      [{ host: "a.deep.wild.example.com" }, two],
      [{ host: "wild.example.com" }, none],
    ],
  },
  "two VirtualServices of one host": {
    objects: [
      virtualService("shared-a", ["shared.example.com"], [to("one")]),
      virtualService("shared-b", ["shared.example.com"], [to("two", { match: [{ uri: { prefix: "/b" } }] })]),
    ],
    asks: [
      [{ host: "shared.example.com", path: "/b" }, two],
      [{ host: "shared.example.com", path: "/a" }, one],
    ],
  },
  delegation: {
    objects: [
      virtualService(
        "root",
        ["root.example.com"],
        [
          {
            match: [{ uri: { prefix: "/a" } }],
            delegate: { name: "inner" },
            headers: { response: { set: { "x-root": "1" } } },
          },
          to("one"),
        ],
      ),
      delegate("inner", [
        to("two", { match: [{ uri: { prefix: "/a/b" } }] }),
        to("two", { match: [{ uri: { prefix: "/c" } }] }),
      ]),
    ],
    asks: [
      [
        { host: "root.example.com", path: "/a/b" },
        { ...two, headers: { "x-root": "1" } },
      ],
      [{ host: "root.example.com", path: "/a" }, one],
      [{ host: "root.example.com", path: "/c" }, one],
    ],
  },
};

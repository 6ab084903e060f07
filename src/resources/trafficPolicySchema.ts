import * as z from "zod";
import { choice, exactlyOne, flag, group, listOf, mapOf, names, text, whole } from "./fields.ts";

const connectionPool = group("Limits on connections.", {
  http: group("Limits on HTTP.", {
    h2UpgradePolicy: choice("Whether to upgrade to HTTP/2.", ["DEFAULT", "DO_NOT_UPGRADE", "UPGRADE"]).optional(),
    http1MaxPendingRequests: whole("Most requests waiting for a connection.").optional(),
    http2MaxRequests: whole("Most requests under way.").optional(),
    idleTimeout: text("How long a connection may be idle.").optional(),
    maxRequestsPerConnection: whole("Most requests on one connection.").optional(),
    maxRetries: whole("Most retries under way.").optional(),
  }).optional(),
});

const consistentHash = exactlyOne(
  group("Send like requests to like pods.", {
    httpHeaderName: text("Header to hash.").optional(),
    httpQueryParameterName: text("Query parameter to hash.").optional(),
    useSourceIp: flag("Hash the client's address.").optional(),
    httpCookie: group("Cookie to hash.", {
      name: text("Name of the cookie.").optional(),
      path: text("Path of the cookie.").optional(),
      ttl: text("How long the cookie lives.").optional(),
    }).optional(),
    minimumRingSize: whole("Least size of the hash ring.").optional(),
  }),
  ["httpHeaderName", "httpCookie", "useSourceIp", "httpQueryParameterName"],
);

const localityLbSetting = group("Preferences among localities.", {
  enabled: flag("Whether they hold.").optional(),
  distribute: listOf(
    "Shares by locality.",
    group("The shares for one origin.", {
      from: text("Locality that sends.").optional(),
      to: mapOf("Share in percent by locality.", z.int()).optional(),
    }),
  ).optional(),
  failover: listOf(
    "Where to go when a locality fails.",
    group("The fallback of one region.", {
      from: text("Region that fails.").optional(),
      to: text("Region that takes over.").optional(),
    }),
  ).optional(),
});

const loadBalancer = exactlyOne(
  group("How requests are spread over pods.", {
    simple: choice("A plain algorithm.", [
      "ROUND_ROBIN",
      "LEAST_CONN",
      "RANDOM",
      "PASSTHROUGH",
      "LEAST_REQUEST",
    ]).optional(),
    consistentHash: consistentHash.optional(),
    localityLbSetting: localityLbSetting.optional(),
    warmupDurationSecs: text("How long a new pod is warmed up.").optional(),
  }),
  ["simple", "consistentHash"],
);

const outlierDetection = group("When a pod is taken out.", {
  baseEjectionTime: text("How long at least.").optional(),
  consecutive5xxErrors: whole("After so many 5xx in a row.").optional(),
  consecutiveErrors: whole("After so many errors in a row (deprecated by Istio).").optional(),
  consecutiveGatewayErrors: whole("After so many gateway errors in a row.").optional(),
  consecutiveLocalOriginFailures: whole("After so many local failures in a row.").optional(),
  interval: text("How often to look.").optional(),
  maxEjectionPercent: whole("Most pods to take out, in percent.").optional(),
  minHealthPercent: whole("Stand down below so many healthy pods, in percent.").optional(),
  splitExternalLocalOriginErrors: flag("Count local failures apart.").optional(),
});

const tls = group("TLS to the workload.", {
  mode: choice("Whose certificates.", ["DISABLE", "SIMPLE", "MUTUAL", "ISTIO_MUTUAL"]).optional(),
  caCertificates: text("Path of the CA certificates.").optional(),
  clientCertificate: text("Path of the client certificate.").optional(),
  privateKey: text("Path of the private key.").optional(),
  sni: text("Server name to ask for.").optional(),
  subjectAltNames: names("Names that the server may have.").optional(),
});

/** `spec.service.trafficPolicy`: Istio's own, written to the DestinationRules of both versions as it stands. */
export const trafficPolicy = group("Istio traffic policy of both versions.", {
  connectionPool: connectionPool.optional(),
  loadBalancer: loadBalancer.optional(),
  outlierDetection: outlierDetection.optional(),
  tls: tls.optional(),
});

/** The fields of Istio that the mesh obeys, or may ignore without changing where a request goes. All others are told of. */
import { patternOf } from "./textMatch.ts";
import { objectOf } from "./wire.ts";

interface Fields {
  readonly [field: string]: Fields | true;
}

const TEXT_MATCH: Fields = { exact: true, prefix: true, regex: true };
const EDITS: Fields = { set: { "*": true }, add: { "*": true }, remove: true };
const HEADERS: Fields = { request: EDITS, response: EDITS };
const DESTINATION: Fields = { host: true, subset: true, port: { number: true } };
const PERCENT: Fields = { value: true };

const MATCH: Fields = {
  name: true,
  uri: TEXT_MATCH,
  scheme: TEXT_MATCH,
  method: TEXT_MATCH,
  authority: TEXT_MATCH,
  headers: { "*": TEXT_MATCH },
  withoutHeaders: { "*": TEXT_MATCH },
  queryParams: { "*": TEXT_MATCH },
  port: true,
  gateways: true,
  ignoreUriCase: true,
};

const RULE: Fields = {
  name: true,
  match: MATCH,
  route: { destination: DESTINATION, weight: true, headers: HEADERS },
  redirect: {
    uri: true,
    authority: true,
    port: true,
    derivePort: true,
    scheme: true,
    redirectCode: true,
    prefixRewrite: true,
  },
  directResponse: { status: true, body: { string: true } },
  delegate: { name: true, namespace: true },
  rewrite: { uri: true, authority: true, uriRegexRewrite: { match: true, rewrite: true } },
  timeout: true,
  retries: { attempts: true, perTryTimeout: true, retryOn: true, retryIgnorePreviousHosts: true, backoff: true },
  fault: {
    delay: { percent: true, percentage: PERCENT, fixedDelay: true },
    abort: { percentage: PERCENT, httpStatus: true },
  },
  mirror: DESTINATION,
  mirrors: { destination: DESTINATION, percentage: PERCENT },
  mirrorPercent: true,
  mirror_percent: true,
  mirrorPercentage: PERCENT,
  corsPolicy: {
    allowOrigin: true,
    allowOrigins: TEXT_MATCH,
    allowMethods: true,
    allowHeaders: true,
    exposeHeaders: true,
    maxAge: true,
    allowCredentials: true,
    unmatchedPreflights: true,
  },
  headers: HEADERS,
};

const LOAD_BALANCER: Fields = {
  simple: true,
  consistentHash: {
    httpHeaderName: true,
    httpCookie: { name: true, path: true, ttl: true },
    httpQueryParameterName: true,
    useSourceIp: true,
    // How the ring is built is not what decides whether a client stays with its pod.
    minimumRingSize: true,
    ringHash: { minimumRingSize: true },
    maglev: { tableSize: true },
  },
};

/** Nothing here speaks TLS, so that only the modes that the mesh would negotiate by itself change nothing. */
const PORT_POLICY: Fields = { loadBalancer: LOAD_BALANCER, tls: { mode: true } };
const POLICY: Fields = { ...PORT_POLICY, portLevelSettings: { port: { number: true }, ...PORT_POLICY } };

const KINDS: Readonly<Record<string, Fields>> = {
  // Everything is visible everywhere in a mesh of one gateway.
  VirtualService: { hosts: true, gateways: true, exportTo: true, http: RULE },
  DestinationRule: {
    host: true,
    exportTo: true,
    trafficPolicy: POLICY,
    subsets: { name: true, labels: { "*": true }, trafficPolicy: POLICY },
  },
  Gateway: {
    selector: { "*": true },
    servers: { name: true, hosts: true, port: { number: true, name: true, protocol: true, targetPort: true } },
  },
};

/** Paths in the spec of a VirtualService, DestinationRule or Gateway that the mesh does not obey. */
export function notObeyed(kind: "VirtualService" | "DestinationRule" | "Gateway", spec: unknown): readonly string[] {
  return [...strangers(spec, KINDS[kind] ?? {}, "spec"), ...strangeValues(spec, "spec")];
}

function* strangers(value: unknown, fields: Fields, path: string): Generator<string> {
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) yield* strangers(item, fields, `${path}[${index}]`);
    return;
  }
  for (const [field, inner] of Object.entries(objectOf(value))) {
    const known = fields[field] ?? fields["*"];
    if (known === undefined) yield `${path}.${field}`;
    else if (known !== true) yield* strangers(inner, known, `${path}.${field}`);
  }
}

/** Whether the regular expression, which Istio writes as RE2 has it, is one that we can read. */
const isReadable = (regex: unknown): boolean => patternOf(String(regex)) !== undefined;

const HARMLESS_TLS = ["DISABLE", "ISTIO_MUTUAL"];

/** Values of known fields that are more than the mesh can do. */
function* strangeValues(value: unknown, path: string): Generator<string> {
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) yield* strangeValues(item, `${path}[${index}]`);
    return;
  }
  for (const [field, inner] of Object.entries(objectOf(value))) {
    const here = `${path}.${field}`;
    const isClientTls = field === "tls" && /trafficPolicy|portLevelSettings/.test(path);
    if (isClientTls && !HARMLESS_TLS.includes(String(objectOf(inner)["mode"]))) yield `${here}.mode`;
    if (field === "protocol" && !["HTTP", "HTTP2", "GRPC"].includes(String(inner).toUpperCase())) yield here;
    if (field === "regex" && inner !== "*" && !isReadable(inner)) yield here;
    if (isEdit(path, field) && Object.values(objectOf(inner)).some((text) => hasCommand(String(text)))) yield here;
    yield* strangeValues(inner, here);
  }
}

const isEdit = (path: string, field: string): boolean =>
  (field === "set" || field === "add") && /headers\.(request|response)$/.test(path);

/** Envoy's own variables, such as `%DOWNSTREAM_REMOTE_ADDRESS%`. */
const hasCommand = (text: string): boolean => /%[A-Z][A-Z_]*(?:\([^)]*\))?%/.test(text.replaceAll("%%", ""));

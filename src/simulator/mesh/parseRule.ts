import { parseHeaders } from "./headerEdits.ts";
import { parseRetries } from "./retryPolicy.ts";
import type {
  Action,
  Cors,
  Destination,
  Fault,
  HttpRule,
  Mirror,
  NamedMatch,
  Redirect,
  RequestMatch,
  UriRewrite,
} from "./rule.ts";
import { parseTextMatch, patternOf, type TextMatch } from "./textMatch.ts";
import { type Json, listOf, millisOf, numberOf, objectOf, percentOf, textOf, textsOf } from "./wire.ts";

/** One entry of `spec.http`. Reads whatever is there; what it has to leave out, `notObeyed` tells. */
export function parseRule(value: unknown): HttpRule {
  const rule = objectOf(value);
  return {
    matches: listOf(rule["match"]).map(parseMatch),
    action: parseAction(rule),
    rewrite: parseRewrite(rule["rewrite"]),
    headers: withAuthority(parseHeaders(rule["headers"]), textOf(objectOf(rule["rewrite"])["authority"])),
    timeoutMillis: millisOf(rule["timeout"]) || undefined,
    retries: parseRetries(rule["retries"]),
    fault: parseFault(objectOf(rule["fault"])),
    mirrors: parseMirrors(rule),
    cors: rule["corsPolicy"] === undefined ? undefined : parseCors(objectOf(rule["corsPolicy"])),
  };
}

function withAuthority(headers: HttpRule["headers"], authority: string | undefined): HttpRule["headers"] {
  return authority ? { ...headers, authority } : headers;
}

function parseMatch(value: unknown): RequestMatch {
  const match = objectOf(value);
  return {
    uri: optional(match["uri"]),
    ignoreUriCase: match["ignoreUriCase"] === true,
    scheme: optional(match["scheme"]),
    method: optional(match["method"]),
    authority: optional(match["authority"]),
    headers: named(match["headers"], (name) => name.toLowerCase()),
    withoutHeaders: named(match["withoutHeaders"], (name) => name.toLowerCase()),
    queryParams: named(match["queryParams"], (name) => name),
    port: numberOf(match["port"]) || undefined,
    gateways: textsOf(match["gateways"]),
  };
}

const optional = (value: unknown): TextMatch | undefined => (value === undefined ? undefined : parseTextMatch(value));

const named = (value: unknown, spell: (name: string) => string): readonly NamedMatch[] =>
  Object.entries(objectOf(value)).map(([name, match]) => ({ name: spell(name), match: parseTextMatch(match) }));

function parseAction(rule: Json): Action {
  if (rule["redirect"] !== undefined) return { kind: "redirect", redirect: parseRedirect(objectOf(rule["redirect"])) };
  if (rule["directResponse"] !== undefined) {
    const { status, body } = objectOf(rule["directResponse"]);
    return { kind: "respond", status: numberOf(status) ?? 200, body: textOf(objectOf(body)["string"]) ?? "" };
  }
  const destinations = listOf(rule["route"]).map((entry) => {
    const { destination, weight, headers } = objectOf(entry);
    return {
      destination: parseDestination(destination),
      weight: Math.max(0, numberOf(weight) ?? 0),
      headers: parseHeaders(headers),
    };
  });
  return { kind: "route", destinations };
}

function parseRedirect(redirect: Json): Redirect {
  return {
    uri: textOf(redirect["uri"]) || undefined,
    prefixRewrite: textOf(redirect["prefixRewrite"]) || undefined,
    authority: textOf(redirect["authority"]) || undefined,
    scheme: textOf(redirect["scheme"]) || undefined,
    port: redirect["derivePort"] === "FROM_REQUEST_PORT" ? "request" : numberOf(redirect["port"]),
    status: numberOf(redirect["redirectCode"]) || 301,
  };
}

function parseDestination(value: unknown): Destination {
  const { host, subset, port } = objectOf(value);
  return { host: textOf(host) ?? "", subset: textOf(subset) ?? "", port: numberOf(objectOf(port)["number"]) };
}

function parseRewrite(value: unknown): UriRewrite {
  const { uri, uriRegexRewrite } = objectOf(value);
  const { match, rewrite } = objectOf(uriRegexRewrite);
  const pattern = patternOf(textOf(match) ?? "", undefined, "g");
  if (textOf(match) && pattern !== undefined) {
    // RE2 writes \1 and \0 where JavaScript writes $1 and $&.
    const escaped = (textOf(rewrite) ?? "").replaceAll("$", "$$$$");
    const replacement = escaped
      .replaceAll("\\0", "$&")
      .replaceAll(/\\(\d)/g, "$$$1")
      .replaceAll("\\\\", "\\");
    return { kind: "regex", pattern, replacement };
  }
  const text = textOf(uri);
  return text ? { kind: "prefix", text } : { kind: "none" };
}

function parseFault({ delay, abort }: Json): Fault {
  const { percent, percentage, fixedDelay } = objectOf(delay);
  const millis = millisOf(fixedDelay);
  const { httpStatus, percentage: abortPercentage } = objectOf(abort);
  const status = numberOf(httpStatus);
  return {
    delay: millis === undefined ? undefined : { percent: percentOf(percentage) ?? numberOf(percent) ?? 0, millis },
    // Without a percentage none is aborted.
    abort: status === undefined ? undefined : { percent: percentOf(abortPercentage) ?? 0, status },
  };
}

function parseMirrors(rule: Json): readonly Mirror[] {
  const oldPercent = numberOf(rule["mirrorPercent"] ?? rule["mirror_percent"]);
  const single =
    rule["mirror"] === undefined
      ? []
      : [
          {
            destination: parseDestination(rule["mirror"]),
            percent: percentOf(rule["mirrorPercentage"]) ?? oldPercent ?? 100,
          },
        ];
  const several = listOf(rule["mirrors"]).map((entry) => {
    const { destination, percentage } = objectOf(entry);
    return { destination: parseDestination(destination), percent: percentOf(percentage) ?? 100 };
  });
  return [...single, ...several].filter(({ percent }) => percent > 0);
}

function parseCors(policy: Json): Cors {
  const origins = policy["allowOrigins"] ?? listOf(policy["allowOrigin"]).map((exact) => ({ exact }));
  const maxAge = millisOf(policy["maxAge"]);
  return {
    origins: listOf(origins).map(parseTextMatch),
    methods: textsOf(policy["allowMethods"]).join(","),
    headers: textsOf(policy["allowHeaders"]).join(","),
    exposed: textsOf(policy["exposeHeaders"]).join(","),
    maxAgeSeconds: maxAge === undefined ? undefined : Math.floor(maxAge / 1000),
    allowsCredentials: policy["allowCredentials"] === true,
    unmatchedPreflights: policy["unmatchedPreflights"] === "IGNORE" ? "ignore" : "forward",
  };
}

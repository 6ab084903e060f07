import * as z from "zod";
import {
  amount,
  atMostOne,
  boundedListOf,
  boundedText,
  choice,
  duration,
  exactlyOne,
  flag,
  group,
  listOf,
  mapOf,
  namedRef,
  type Rule,
  ruled,
  text,
  textMap,
  whole,
} from "./fields.ts";

/** Nobody needs more: ascending whole percents run out, and CEL wants a bound. */
const MOST_STEPS = 100;

/**
 * The canary's weights, step by step. A value above 100 means 100 and ends the list, as it does in Flagger, whose own
 * tests use [1, 2, 10, 200]. A list that falls or stands still is refused: Flagger never leaves such a step.
 */
const stepWeights = ruled(
  boundedListOf(
    "Canary weights in percent, one for each step, ascending. A value of 100 or more ends the list.",
    z.int().min(1),
    { min: 1, max: MOST_STEPS },
  ),
  {
    cel: "self.isSorted() && self.all(w, w >= 100 || self.exists_one(v, v == w))",
    message: "must ascend from step to step",
    holds: (weights) => weights.every((weight, at) => at === 0 || ascends(weights[at - 1] ?? 0, weight)),
  },
);

const ascends = (before: number, weight: number): boolean => weight > before || (weight >= 100 && weight === before);

const requestMatch = group("Requests that go to the canary.", {
  headers: mapOf(
    "Headers by name.",
    exactlyOne(
      group("Value of the header.", {
        exact: text("The whole value.").optional(),
        prefix: text("How the value begins.").optional(),
        suffix: text("How the value ends.").optional(),
        regex: text("RE2 expression that the whole value matches.").optional(),
      }),
      ["exact", "prefix", "suffix", "regex"],
    ),
  ).optional(),
  queryParams: mapOf(
    "Query parameters by name.",
    atMostOne(
      group("Value of the parameter.", {
        exact: text("The whole value.").optional(),
        prefix: text("How the value begins.").optional(),
        regex: text("RE2 expression that the whole value matches.").optional(),
      }),
      ["exact", "prefix", "regex"],
    ),
  ).optional(),
  sourceLabels: textMap("Labels of the workload that sends.").optional(),
});

const metric = group("A check on what the canary does.", {
  name: text("Name of the metric; `request-success-rate` and `request-duration` are built in."),
  interval: duration("How far the query looks back.").optional(),
  threshold: amount("Most that is accepted; least for request-success-rate.").optional(),
  thresholdRange: group("Range that is accepted, bounds included.", {
    min: amount("Least that is accepted.").optional(),
    max: amount("Most that is accepted.").optional(),
  }).optional(),
  query: text("Prometheus query.").optional(),
  templateRef: namedRef("MetricTemplate to measure with.").optional(),
  templateVariables: textMap("Values for the template's variables.").optional(),
});

const alert = group("A message to people.", {
  name: text("Name of the alert."),
  severity: choice("Least severity that is sent; info when empty.", ["", "info", "warn", "error"]).optional(),
  providerRef: namedRef("AlertProvider to send with."),
});

const webhook = group("A gate or a test outside of the cluster.", {
  name: text("Name of the webhook."),
  type: choice("When it is called.", [
    "",
    "confirm-rollout",
    "pre-rollout",
    "rollout",
    "confirm-promotion",
    "post-rollout",
    "event",
    "rollback",
    "confirm-traffic-increase",
  ]).optional(),
  url: text("Address to call."),
  muteAlert: flag("Send no alerts about it.").optional(),
  timeout: duration("How long an answer may take.").optional(),
  retries: whole("How often to try again.", { min: 0 }).optional(),
  disableTLS: flag("Do not verify the server's certificate.").optional(),
  metadata: textMap("Values to send along.").optional(),
});

const cookie = (doc: string) => boundedText(doc, { max: 1024 });

const sessionAffinity = ruled(
  group("Keep a client on the version that answered it first.", {
    cookieName: cookie("Cookie that marks clients of the canary."),
    primaryCookieName: cookie("Cookie that marks clients of the primary.").optional(),
    domain: text("Domain of the cookie.").optional(),
    path: text("Path of the cookie.").optional(),
    httpOnly: flag("Hide the cookie from scripts.").optional(),
    partitioned: flag("Store the cookie partitioned.").optional(),
    secure: flag("Send the cookie over TLS only.").optional(),
    maxAge: z.int().default(86400).meta({ description: "Seconds that the cookie lives." }),
    sameSite: choice("When the cookie is sent across sites.", ["Strict", "Lax", "None"]).optional(),
  }),
  {
    cel: "!has(self.primaryCookieName) || self.primaryCookieName != self.cookieName",
    message: "cookieName and primaryCookieName must differ",
    holds: ({ cookieName, primaryCookieName }) => cookieName !== primaryCookieName,
  },
);

const percent = { min: 0, max: 100 };

const fields = {
  interval: duration("How long a step is watched before it is judged; 60s when empty.").optional(),
  threshold: whole("So many failed checks end the run; 1 when empty.", { min: 0 }).optional(),
  iterations: whole("How many checks for A/B and blue/green.", { min: 1 }).optional(),
  stepWeight: whole("By how much the canary's weight grows at each step, in percent.", { min: 1 }).optional(),
  maxWeight: whole("Weight that ends the analysis; 100 when empty.", percent).optional(),
  stepWeights: stepWeights.optional(),
  stepWeightPromotion: whole("How much traffic goes home at a time after promotion; all at once when 0.", {
    min: 0,
  }).optional(),
  mirror: flag("Copy requests to the canary before it serves any.").optional(),
  mirrorWeight: whole("Share of the requests to copy, in percent.", percent).optional(),
  primaryReadyThreshold: whole(
    "Share of available pods that makes the primary ready; 100 when empty.",
    percent,
  ).optional(),
  canaryReadyThreshold: whole(
    "Share of available pods that makes the canary ready; 100 when empty.",
    percent,
  ).optional(),
  match: listOf("Requests that go to the canary (A/B).", requestMatch).optional(),
  metrics: boundedListOf("What is checked at each step.", metric).optional(),
  alerts: listOf("Who is told.", alert).optional(),
  webhooks: boundedListOf("Gates and tests outside of the cluster.", webhook).optional(),
  sessionAffinity: sessionAffinity.optional(),
};

type Strategies = { iterations?: unknown; stepWeight?: unknown; stepWeights?: unknown };

const oneStrategy: Rule<Strategies> = {
  cel: "[has(self.iterations), has(self.stepWeight), has(self.stepWeights)].filter(given, given).size() <= 1",
  message: "takes at most one of iterations, stepWeight and stepWeights",
  path: ["stepWeights"],
  holds: ({ iterations, stepWeight, stepWeights }) =>
    [iterations, stepWeight, stepWeights].filter((given) => given !== undefined).length <= 1,
};

/** `spec.analysis`: how a new version is exposed and judged. None of iterations, stepWeight, stepWeights: 10, 50, 100. */
export const analysisSchema = ruled(group("How a new version is exposed and judged.", fields), oneStrategy);

/** `spec.analysis` as it stands on the wire. */
export type WireAnalysis = z.output<typeof analysisSchema>;

/** One entry of `spec.analysis.metrics` as it stands on the wire. */
export type WireMetric = z.output<typeof metric>;

/** What a client gets when no pod answered. */
export interface Failure {
  readonly status: number;
  readonly body: string;
  readonly flags: string;
}

/** In Envoy's own words, which people search for. */
export function failureOf(kind: "connect failure" | "reset" | "per-try timeout"): Failure {
  const reset = "upstream connect error or disconnect/reset before headers. reset reason:";
  switch (kind) {
    case "connect failure":
      return { status: 503, body: `${reset} remote connection failure`, flags: "UF" };
    case "reset":
      return { status: 503, body: `${reset} connection termination`, flags: "UC" };
    case "per-try timeout":
      return { status: 504, body: "upstream request timeout", flags: "UT" };
  }
}

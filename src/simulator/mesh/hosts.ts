/** Names of hosts as Istio reads them: short names, wildcards, and which of several patterns is meant. */

const DOMAIN = "svc.cluster.local";

/** The whole name that a name without dots stands for in a namespace. All other names are whole already. */
export function wholeHost(host: string, namespace: string): string {
  return host.includes(".") || host === "*" || host === "" ? host : serviceHost(host, namespace);
}

export const serviceHost = (name: string, namespace: string): string => `${name}.${namespace}.${DOMAIN}`;

/** The name without its port, in lower case. */
export function bareHost(authority: string): string {
  return authority.replace(/:\d+$/, "").toLowerCase();
}

/** The Service that a client in a pod of the namespace means, by any of the names that DNS would answer to. */
export function meshHost(host: string, namespace: string): string {
  const parts = host.split(".");
  if (parts.length === 1) return serviceHost(host, namespace);
  if (parts.length === 2) return `${host}.${DOMAIN}`;
  return parts.length === 3 && parts[2] === "svc" ? `${host}.cluster.local` : host;
}

/** Whether the pattern, which may begin with `*`, takes in the host. */
export function coversHost(pattern: string, host: string): boolean {
  if (pattern === "*") return true;
  // `*.example.com` takes in all that end so, but not `.example.com` itself.
  return pattern.startsWith("*") ? host.endsWith(pattern.slice(1)) && host.length >= pattern.length : pattern === host;
}

/** What two patterns have in common: the narrower of them, if either takes in the other. */
export function commonHost(one: string, other: string): string | undefined {
  const covers = (wide: string, narrow: string) =>
    wide === "*" || wide === narrow || (wide.startsWith("*") && narrow.endsWith(wide.slice(1)));
  if (covers(one, other)) return other;
  return covers(other, one) ? one : undefined;
}

/** The entry for the host: the exact one, then the longest wildcard, then `*`. */
export function mostSpecific<T>(entries: ReadonlyMap<string, T>, host: string): T | undefined {
  const exact = entries.get(host);
  if (exact !== undefined) return exact;
  let best: string | undefined;
  for (const pattern of entries.keys()) {
    if (pattern.startsWith("*") && coversHost(pattern, host) && pattern.length > (best?.length ?? 0)) best = pattern;
  }
  return best === undefined ? undefined : entries.get(best);
}

import { createHash } from "node:crypto";
import type { ClusterObject } from "../../../control/ports.ts";
import { asObject, asString, wordOf } from "../json.ts";

/** Secrets of other types belong to a controller of their own, and change without anybody having edited them. */
const TRACKED_TYPES = new Set(["Opaque", "kubernetes.io/basic-auth", "kubernetes.io/ssh-auth", "kubernetes.io/tls"]);

/**
 * Says what a ConfigMap or Secret holds in 16 hex digits, byte for byte as Flagger does. Undefined for a Secret of a
 * type that is not tracked.
 *
 * Flagger leaves binaryData out, so only objects that have some get another checksum than Flagger's. `immutable` does
 * not count: pods see no difference.
 */
export function checksumOf(config: ClusterObject): string | undefined {
  if (config.kind === "Secret" && !TRACKED_TYPES.has(asString(config["type"]) ?? "Opaque")) return undefined;
  const hash = createHash("sha256").update(goJson(config["data"]));
  const binary = asObject(config["binaryData"]);
  if (binary !== undefined && Object.keys(binary).length > 0) hash.update(`\n${goJson(binary)}`);
  return hash.digest("hex").slice(0, 16);
}

/** A map of strings as Go's encoding/json writes it: keys in order, made safe for HTML, `null` where there is none. */
function goJson(data: unknown): string {
  const map = asObject(data);
  if (map === undefined) return "null";
  const keys = Object.keys(map).toSorted((a, b) => (a < b ? -1 : 1));
  return `{${keys.map((key) => `${goString(key)}:${goString(wordOf(map[key]))}`).join(",")}}`;
}

function goString(text: string): string {
  const escaped = (char: string): string => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`;
  return JSON.stringify(text).replace(/[<>&\u2028\u2029]/g, escaped);
}

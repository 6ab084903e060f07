import { createHash } from "node:crypto";
import type { RequestOptions } from "node:https";
import { KubeConfig } from "@kubernetes/client-node/dist/config.js";
import type { Clock } from "../../runtime/clock.ts";

/** Where the address of the API server and our credentials come from. */
export type ConfigSource =
  /** KUBECONFIG, then the file in the home directory, then the pod's service account. */
  | { readonly from: "default" }
  | { readonly from: "cluster" }
  | { readonly from: "file"; readonly path: string; readonly context?: string };

/** What one request needs to be let in. */
export interface Credentials {
  readonly server: string;
  readonly proxyUrl: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly tls: TlsMaterial;
  /** Changes when, and only when, open connections were made with other bytes than these. */
  readonly fingerprint: string;
}

/** As node:tls wants it. */
export interface TlsMaterial {
  readonly ca?: string | Buffer;
  readonly cert?: string | Buffer;
  readonly key?: string | Buffer;
  readonly rejectUnauthorized?: boolean;
  readonly servername?: string;
}

/** Files of tokens and certificates rotate: read them anew after this. */
const FRESH_MILLIS = 10_000;
/** A plugin that hangs must not hang everything for ever. */
const LOAD_TIMEOUT_MILLIS = 60_000;
/** Refusal after refusal must not start the plugin in a loop. */
const RELOAD_MILLIS = 5_000;

/** What client-node makes up where it finds neither a file nor a service account. */
const NOWHERE = "http://localhost:8080";

/** Read the configuration. Throws, in words for whoever starts the program, where it does not lead to a cluster. */
export function loadConfig(source: ConfigSource): KubeConfig {
  const config = new KubeConfig();
  const file = source.from === "file" ? `the kubeconfig ${source.path}` : "the kubeconfig";
  try {
    fill(config, source);
  } catch (error) {
    // What the YAML parser says goes on with an excerpt, which may hold a token.
    const [reason = ""] = (error instanceof Error ? error.message : String(error)).split("\n");
    throw new Error(`${file} cannot be read: ${reason}`, { cause: error });
  }
  const cluster = config.getCurrentCluster();
  if (cluster === null) throw new Error(`${file}'s current context names no cluster`);
  if (!cluster.server.startsWith("http:") || cluster.skipTLSVerify) return config;
  if (source.from === "default" && cluster.server === NOWHERE) {
    throw new Error("no cluster to connect to: name a file with --kubeconfig or $KUBECONFIG, or run in a pod");
  }
  throw new Error(`${file} leads to ${cluster.server} without TLS: write https, or insecure-skip-tls-verify: true`);
}

function fill(config: KubeConfig, source: ConfigSource): void {
  if (source.from === "cluster") config.loadFromCluster();
  else if (source.from === "file") config.loadFromFile(source.path);
  else config.loadFromDefault();
  if (source.from === "file" && source.context !== undefined) config.setCurrentContext(source.context);
}

/** Credentials that follow their files and plugins. However many ask at once, one of them does the work. */
export class CredentialSource {
  readonly #clock: Clock;
  readonly #load: () => KubeConfig;
  #config: KubeConfig;
  #loadedAt: number;
  #current: Credentials | undefined;
  #currentAt = 0;
  #flight: Promise<Credentials> | undefined;

  constructor({ clock, load }: { readonly clock: Clock; readonly load: () => KubeConfig }) {
    this.#clock = clock;
    this.#load = load;
    this.#config = load();
    this.#loadedAt = clock.monotonic();
  }

  /** The namespace of the current context, where it names one. */
  get namespace(): string | undefined {
    return this.#config.getContextObject(this.#config.getCurrentContext())?.namespace;
  }

  /** Credentials at most ten seconds old. Rejects when a file cannot be read or a plugin fails. */
  async current(): Promise<Credentials> {
    if (this.#current !== undefined && this.#clock.monotonic() - this.#currentAt < FRESH_MILLIS) return this.#current;
    this.#flight ??= this.#within(this.#read()).finally(() => {
      this.#flight = undefined;
    });
    return this.#flight;
  }

  /** These were refused. Forgets them, and whatever client-node remembers of a plugin's answer. */
  refused(credentials: Credentials): void {
    if (this.#current !== credentials) return;
    this.#current = undefined;
    if (this.#clock.monotonic() - this.#loadedAt < RELOAD_MILLIS) return;
    this.#loadedAt = this.#clock.monotonic();
    this.#config = this.#load();
  }

  async #read(): Promise<Credentials> {
    const options: RequestOptions = {};
    await this.#config.applyToHTTPSOptions(options);
    const cluster = this.#config.getCurrentCluster();
    if (cluster === null) throw new Error("the kubeconfig's current context names no cluster");
    const tls = tlsOf(options);
    const { server, proxyUrl } = cluster;
    const headers = headersOf(options);
    this.#current = { server, proxyUrl, headers, tls, fingerprint: fingerprintOf(server, proxyUrl, tls) };
    this.#currentAt = this.#clock.monotonic();
    return this.#current;
  }

  #within(work: Promise<Credentials>): Promise<Credentials> {
    const { promise, resolve, reject } = Promise.withResolvers<Credentials>();
    const cancel = this.#clock.setTimer(LOAD_TIMEOUT_MILLIS, () => reject(new Error("no credentials in time")));
    work.then(resolve, reject).finally(cancel);
    return promise;
  }
}

function tlsOf({ ca, cert, key, rejectUnauthorized, servername }: RequestOptions): TlsMaterial {
  const bytes = { ca, cert, key } as Pick<TlsMaterial, "ca" | "cert" | "key">;
  const present = Object.fromEntries(Object.entries(bytes).filter(([, value]) => value !== undefined));
  return {
    ...present,
    ...(rejectUnauthorized === undefined ? {} : { rejectUnauthorized }),
    ...(servername === undefined ? {} : { servername }),
  };
}

function headersOf({ headers, auth }: RequestOptions): Record<string, string> {
  const ours: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers ?? {})) {
    // Token files end in a newline, which a header must not.
    if (value !== undefined) ours[name.toLowerCase()] = String(value).trim();
  }
  if (typeof auth === "string") ours["authorization"] = `Basic ${Buffer.from(auth).toString("base64")}`;
  return ours;
}

function fingerprintOf(server: string, proxyUrl: string | undefined, tls: TlsMaterial): string {
  const hash = createHash("sha256");
  for (const [name, value] of [...Object.entries(tls), ["server", server], ["proxy", proxyUrl ?? ""]]) {
    hash
      .update(`${name}\0`)
      .update(typeof value === "boolean" ? String(value) : (value ?? ""))
      .update("\0");
  }
  return hash.digest("base64");
}

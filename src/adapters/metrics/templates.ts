import { RejectedError } from "../../control/errors.ts";
import type { Cluster, ClusterObject, Key } from "../../control/ports.ts";
import type { Problem } from "../../domain/status.ts";
import { type ParsedMetricTemplate, parseMetricTemplate } from "../../resources/parseMetricTemplate.ts";
import type { PrometheusServer } from "./prometheus.ts";

/** A MetricTemplate that can be asked once its Secret has been read. */
export interface TemplateSource extends ParsedMetricTemplate {
  readonly namespace: string;
  readonly name: string;
}

/** Reads MetricTemplates from the cache and their Secrets from the API server; a Secret's data is never kept. */
export class TemplateReader {
  readonly #cluster: Cluster;
  readonly #parsed = new WeakMap<ClusterObject, ReturnType<typeof parseMetricTemplate>>();
  /** What was wrong with a Secret when it was last read, by who asked and by its namespace/name. */
  readonly #secrets = new Map<Key, Map<string, string>>();

  constructor(cluster: Cluster) {
    this.#cluster = cluster;
  }

  read(namespace: string, name: string, path: string): TemplateSource | { readonly problem: Problem } {
    const object = this.#cluster.read("MetricTemplate", namespace, name);
    const blocked = (reason: Problem["reason"], what: string): { readonly problem: Problem } => ({
      problem: {
        reason,
        message: `${path}.templateRef: MetricTemplate ${namespace}/${name} ${what}`,
        severity: "blocking",
      },
    });
    if (object === undefined) return blocked("MetricTemplateNotFound", "does not exist");
    const parsed = this.#parsed.get(object) ?? parseMetricTemplate(object);
    this.#parsed.set(object, parsed);
    const [refusal] = parsed.refusals;
    if (parsed.template === undefined || refusal !== undefined) {
      return blocked(
        "MetricTemplateInvalid",
        `cannot be used: ${refusal?.path ?? "spec"}: ${refusal?.message ?? "is empty"}`,
      );
    }
    return { ...parsed.template, namespace, name };
  }

  /** Problems that the last look at the template's Secret found. They pass when it can be read again. */
  secretProblems({ namespace, secretName }: TemplateSource, path: string, asker: Key): readonly Problem[] {
    const what = secretName === undefined ? undefined : this.#secrets.get(asker)?.get(`${namespace}/${secretName}`);
    if (what === undefined) return [];
    return [{ reason: "SecretUnreadable", message: `${path}.templateRef: ${what}`, severity: "holding" }];
  }

  /** Nothing is being measured for this one, so nobody would notice that a Secret has been mended. */
  forgetSecrets(asker: Key): void {
    this.#secrets.delete(asker);
  }

  /** Everything that asking needs. Throws an Error that says what is wrong with the Secret. */
  async resolve(source: TemplateSource, asker: Key): Promise<ResolvedTemplate> {
    const { query, provider, address, headers, insecureSkipVerify } = source;
    const credentials = await this.#credentials(source, asker);
    return { query, provider, server: { address, headers, insecureSkipVerify, ...credentials } };
  }

  async #credentials({ namespace, secretName }: TemplateSource, asker: Key): Promise<Credentials> {
    if (secretName === undefined) return {};
    const id = `${namespace}/${secretName}`;
    const fail = (what: string): never => {
      this.#secrets.set(asker, new Map(this.#secrets.get(asker)).set(id, what));
      throw new Error(what);
    };
    const secret = await this.#cluster.fetch("Secret", namespace, secretName).catch((error: unknown) => {
      // Only a refusal is about the Secret; an API server that is down says nothing of it.
      if (error instanceof RejectedError) fail(`Secret ${id} cannot be read: ${error.message}`);
      throw error;
    });
    if (secret === undefined) return fail(`Secret ${id} does not exist`);
    const data = decoded(secret["data"]);
    const { token, username, password } = data;
    this.#secrets.get(asker)?.delete(id);
    if (token !== undefined) return { bearerToken: token };
    if (username !== undefined && password !== undefined) return { basicAuth: { username, password } };
    return fail(`Secret ${id} has neither a token nor a username and password`);
  }
}

interface ResolvedTemplate {
  readonly query: string;
  readonly provider: string;
  readonly server: PrometheusServer;
}

type Credentials = Pick<PrometheusServer, "bearerToken" | "basicAuth">;

interface SecretData {
  readonly token?: string;
  readonly username?: string;
  readonly password?: string;
}

/** Without the line end that an editor leaves, which no header may hold. Other blanks may belong to a password. */
function decoded(data: unknown): SecretData {
  if (typeof data !== "object" || data === null) return {};
  const texts = Object.entries(data).filter((entry): entry is [string, string] => typeof entry[1] === "string");
  return Object.fromEntries(
    texts.map(([name, text]) => [
      name,
      Buffer.from(text, "base64")
        .toString("utf8")
        .replace(/[\r\n]+$/, ""),
    ]),
  );
}

/** The numbers that fields have in protobuf, which is how kubectl's own subcommands send objects. OpenAPI does not tell them. */
import { globSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";

interface Field {
  readonly number: number;
  /** Full name of a message, or of a scalar. */
  readonly type: string;
}

/** By message, for example `k8s.io.api.core.v1.Probe`, and field. */
export type Messages = ReadonlyMap<string, ReadonlyMap<string, Field>>;

const MODULES = ["api", "apimachinery", "apiextensions-apiserver"];

/** From Go's module cache, where the plane was built. Undefined where it was not built on this machine. */
export function readMessages(version: string): Messages | undefined {
  const { GOMODCACHE: cache, GOPATH: path } = process.env;
  const modules = cache || join(path || join(homedir(), "go"), "pkg/mod");
  const files = MODULES.flatMap((name) =>
    globSync(join(modules, "k8s.io", `${name}@${version}`, "**/generated.proto")),
  );
  if (files.length === 0) return undefined;
  return new Map(files.flatMap((file) => [...messagesIn(readFileSync(file, "utf8"))]));
}

function messagesIn(text: string): Messages {
  const packageName = /^package ([\w.]+);/m.exec(text)?.[1] ?? "";
  const messages = new Map<string, Map<string, Field>>();
  for (const [, name, body = ""] of text.matchAll(/^message (\w+) \{\n([\s\S]*?)^\}/gm)) {
    const fields = new Map<string, Field>();
    const statement = /^ {2}(?:optional |repeated )?(map<[^>]+>|[\w.]+) (\w+) = (\d+);/gm;
    for (const [, type = "", field = "", number] of body.matchAll(statement)) {
      fields.set(field, { number: Number(number), type: fullName(type, packageName) });
    }
    messages.set(`${packageName}.${name}`, fields);
  }
  return messages;
}

const fullName = (type: string, packageName: string): string => {
  if (type.startsWith(".")) return type.slice(1);
  return /^[A-Z]/.test(type) ? `${packageName}.${type}` : type;
};

/** The number of a field; several where JSON leaves out the messages that it is in. */
export function numberOf(messages: Messages, openApiName: string, field: string): string | undefined {
  return pathTo(messages, openApiName.replace(/^io\.k8s\./, "k8s.io."), field)?.join(".");
}

function pathTo(messages: Messages, name: string, field: string, depth = 0): readonly number[] | undefined {
  const fields = messages.get(name);
  const direct = fields?.get(field);
  if (direct !== undefined) return [direct.number];
  if (fields === undefined || depth > 1) return undefined;
  for (const { number, type } of fields.values()) {
    // JSON knows nothing of a message that is inlined, such as the handler of a probe.
    const isInlined = /\.(?:\w+Source|\w*Handler|\w+Common|IngressRuleValue|LocalObjectReference)$/.test(type);
    const below = isInlined ? pathTo(messages, type, field, depth + 1) : undefined;
    if (below !== undefined) return [number, ...below];
  }
  return undefined;
}

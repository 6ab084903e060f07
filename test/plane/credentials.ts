/** Who may do what on the plane's API server, and the files that say so. */
import { generateKeyPair } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { nodeAddress } from "./enter.ts";

export const serverUrl = `https://${nodeAddress}:6443`;

/** `admin` may do all; `nobody` is authenticated and may do nothing; the rest are the plane's own parts, apart so that audits can tell. */
export const users = ["admin", "nobody", "kcm", "istiod", "node"] as const;
export type User = (typeof users)[number];

export const tokenOf = (user: User): string => `${user}-token`;

export interface CredentialFiles {
  readonly tokens: string;
  readonly signingKey: string;
  readonly publicKey: string;
  /** Where the API server keeps the certificate that it makes for itself. */
  readonly certificates: string;
}

export async function writeCredentials(directory: string): Promise<CredentialFiles> {
  const files: CredentialFiles = {
    tokens: join(directory, "tokens.csv"),
    signingKey: join(directory, "sa.key"),
    publicKey: join(directory, "sa.pub"),
    certificates: join(directory, "certificates"),
  };
  const { privateKey, publicKey } = await promisify(generateKeyPair)("rsa", { modulusLength: 2048 });
  const lines = users.map(
    (user) => `${tokenOf(user)},${user},${user}-uid${user === "nobody" ? "" : ',"system:masters"'}`,
  );
  await writeFile(files.tokens, `${lines.join("\n")}\n`);
  await writeFile(files.signingKey, privateKey.export({ type: "pkcs8", format: "pem" }), { mode: 0o600 });
  await writeFile(files.publicKey, publicKey.export({ type: "spki", format: "pem" }));
  return files;
}

export function readCertificateAuthority(files: CredentialFiles): Promise<string> {
  return readFile(join(files.certificates, "apiserver.crt"), "utf8");
}

export async function writeKubeconfig(
  path: string,
  access: {
    readonly certificateAuthority: string;
    readonly user: string;
    readonly token: string;
    readonly namespace?: string;
  },
): Promise<string> {
  const authority = Buffer.from(access.certificateAuthority).toString("base64");
  const context = { cluster: "plane", user: access.user, namespace: access.namespace ?? "default" };
  const config = {
    apiVersion: "v1",
    kind: "Config",
    "current-context": "plane",
    clusters: [{ name: "plane", cluster: { server: serverUrl, "certificate-authority-data": authority } }],
    users: [{ name: access.user, user: { token: access.token } }],
    contexts: [{ name: "plane", context }],
  };
  await writeFile(path, JSON.stringify(config), { mode: 0o600 });
  return path;
}

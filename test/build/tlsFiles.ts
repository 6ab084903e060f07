import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryFolder } from "./temporaryFolder.ts";

/** A throwaway certificate for 127.0.0.1 and its key, or undefined on a machine without openssl. */
export function tlsFiles(): { readonly cert: string; readonly key: string; readonly certFile: string } | undefined {
  const folder = temporaryFolder("serin-tls-");
  const [certFile, keyFile] = [join(folder, "tls.crt"), join(folder, "tls.key")];
  const subject = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"];
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", keyFile];
  try {
    execFileSync("openssl", ["req", "-x509", ...key, "-out", certFile, "-days", "2", ...subject], { stdio: "ignore" });
  } catch {
    return undefined;
  }
  return { cert: readFileSync(certFile, "utf8"), key: readFileSync(keyFile, "utf8"), certFile };
}

/** A kubeconfig for the playground's API server: everybody may do everything there, so the token is only a name. */
export function kubeconfig(options: { readonly url: string; readonly namespace?: string }): string {
  const { url, namespace = "default" } = options;
  const name = "playground";
  return `${JSON.stringify(
    {
      apiVersion: "v1",
      kind: "Config",
      // client-node speaks plain HTTP only where no certificate is wanted.
      clusters: [{ name, cluster: { server: url, "insecure-skip-tls-verify": true } }],
      users: [{ name, user: { token: name } }],
      contexts: [{ name, context: { cluster: name, user: name, namespace } }],
      "current-context": name,
    },
    undefined,
    2,
  )}\n`;
}

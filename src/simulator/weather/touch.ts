import type { Transport } from "../../runtime/transport.ts";

const MARK = "example.com/touched";
const TIMEOUT_MILLIS = 1_000;

/** Write an object twice, so that it is as it was and its version is another. Answers whether that was done. */
export async function touch(bystander: Transport, path: string): Promise<boolean> {
  const object = path.replace(/\/(status|scale)$/, "");
  for (const value of ["once", null]) {
    const { status } = await bystander.request({
      method: "PATCH",
      path: object,
      query: { fieldManager: "bystander" },
      contentType: "application/merge-patch+json",
      body: { metadata: { annotations: { [MARK]: value } } },
      timeoutMillis: TIMEOUT_MILLIS,
    });
    if (status !== 200) return false;
  }
  return true;
}

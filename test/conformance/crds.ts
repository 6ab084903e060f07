import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { type Manifest, manifests } from "../build/manifests.ts";

/** Puts a manifest to an API server that knows our CRDs, and answers with its status and its words. */
export type Apply = (manifest: object) => Promise<{ readonly status: number; readonly message: string }>;

/**
 * What any API server with our CRDs must say of the manifests beside the schema's own tests: the accepted ones are
 * stored, and the refused ones are refused at apply with words that name the field.
 */
export function crdSuite(apply: Apply): void {
  describe("the CRDs", () => {
    for (const manifest of manifests("accepted")) {
      it(`accept ${manifest.name}`, async () => {
        const { status, message } = await apply(manifest.object);
        assert.ok(status < 300, `${status}: ${message}`);
      });
    }
    for (const manifest of manifests("refused")) {
      it(`refuse ${manifest.name}`, () => isRefused(manifest, apply));
    }
  });
}

async function isRefused(manifest: Manifest, apply: Apply): Promise<void> {
  const { status, message } = await apply(manifest.object);
  // 422 it should be; but a server-side apply of the wrong JSON type is answered with 500.
  assert.ok(status >= 400, message);
  assert.ok(message.includes(manifest.notes["server"] ?? ""), message);
}

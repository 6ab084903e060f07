/** `npm run build`: the whole program as one file, dist/serin.js, for the image. Nothing else needs it: sources run as they are. */
import { rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { build } from "esbuild";

const outfile = join(import.meta.dirname, "dist/serin.js");

await rm(join(import.meta.dirname, "dist"), { recursive: true, force: true });

const { metafile } = await build({
  entryPoints: [join(import.meta.dirname, "src/serin.ts")],
  outfile,
  bundle: true,
  minify: true,
  keepNames: true, // Error names and class names are read by people.
  platform: "node",
  target: "node24",
  format: "esm",
  legalComments: "linked",
  // Some libraries are CommonJS inside and ask for Node's modules with require.
  banner: { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' },
  metafile: true,
  logLevel: "warning",
});

const { size } = await stat(outfile);
const bytes = Object.values(metafile.outputs).find(({ entryPoint }) => entryPoint !== undefined)?.inputs ?? {};
console.log(`dist/serin.js: ${inKilobytes(size)}\n${heaviest(bytes)}`);

/** What the bundle is made of, so that a library that grew is seen. */
function heaviest(inputs: Readonly<Record<string, { readonly bytesInOutput: number }>>): string {
  const parts = new Map<string, number>();
  for (const [path, { bytesInOutput }] of Object.entries(inputs)) {
    const name = /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? "serin itself";
    parts.set(name, (parts.get(name) ?? 0) + bytesInOutput);
  }
  const sorted = [...parts].sort(([, one], [, other]) => other - one).slice(0, 8);
  return sorted.map(([name, count]) => `  ${inKilobytes(count).padStart(8)}  ${name}`).join("\n");
}

function inKilobytes(bytes: number): string {
  return `${Math.round(bytes / 1024)} kB`;
}

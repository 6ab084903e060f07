/**
 * `npm run build`: the whole program as dist/serin.js and the parts that it loads when they are wanted, for the image. A
 * controller never reads the simulator. Nothing else needs it: sources run as they are. `-- FOLDER` builds there instead.
 */
import { rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import { argv } from "node:process";
import { build } from "esbuild";

const outdir = resolve(argv[2] ?? join(import.meta.dirname, "dist"));

await rm(outdir, { recursive: true, force: true });

const { metafile } = await build({
  entryPoints: [join(import.meta.dirname, "src/serin.ts")],
  outdir,
  bundle: true,
  splitting: true,
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

const parts = Object.entries(metafile.outputs).filter(([path]) => path.endsWith(".js"));
const sizes = parts.map(([path, { bytes }]) => `${inKilobytes(bytes).padStart(8)}  ${path}`);
console.log(`${sizes.join("\n")}\nof these:\n${heaviest(parts.map(([, { inputs }]) => inputs))}`);

type Inputs = Readonly<Record<string, { readonly bytesInOutput: number }>>;

/** What the bundle is made of, so that a library that grew is seen. */
function heaviest(inputs: readonly Inputs[]): string {
  const bytes = new Map<string, number>();
  for (const [path, { bytesInOutput }] of inputs.flatMap((one) => Object.entries(one))) {
    const name = /node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1] ?? "serin itself";
    bytes.set(name, (bytes.get(name) ?? 0) + bytesInOutput);
  }
  const sorted = [...bytes].sort(([, one], [, other]) => other - one).slice(0, 8);
  return sorted.map(([name, count]) => `  ${inKilobytes(count).padStart(8)}  ${name}`).join("\n");
}

function inKilobytes(bytes: number): string {
  return `${Math.round(bytes / 1024)} kB`;
}

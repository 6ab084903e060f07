/** Reads manifests as a person hands them over: files, folders, standard input; many documents, and lists of objects. */
import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { text as textOf } from "node:stream/consumers";
import { isWireObject } from "../../resources/wire.ts";
import { NOWHERE, type Place, type Refusal, refusalInWords } from "./refusal.ts";
import { readYaml, type Step, type YamlDocument } from "./yamlFile.ts";

/** An object as the simulation takes it. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly [field: string]: unknown;
}

export interface Source {
  readonly manifest: Manifest;
  /** Where the field at this path is, for example `spec.analysis.metrics[0]`, or what is around it. */
  placeOf(path: string | undefined): Place;
}

export class ManifestError extends Error {
  override readonly name = "ManifestError";
  readonly refusal: Refusal;

  constructor(sentence: string, place: Place = NOWHERE) {
    const refusal = { ...place, path: null, sentence };
    super(refusalInWords(refusal));
    this.refusal = refusal;
  }
}

const ENDINGS = /\.(ya?ml|json)$/;

/** Every object in these files. `-` is standard input, a folder the manifests right in it. Throws `ManifestError`. */
export async function readManifests(
  files: readonly string[],
  stdin: NodeJS.ReadableStream,
): Promise<readonly Source[]> {
  const texts: { readonly file: string; readonly text: string }[] = [];
  for (const file of files) {
    if (file === "-") texts.push({ file: "stdin", text: await textOf(stdin) });
    else for (const path of await filesAt(file)) texts.push({ file: path, text: await readText(path) });
  }
  return texts.flatMap(({ file, text }) => sourcesIn(file, text));
}

async function filesAt(path: string): Promise<readonly string[]> {
  const found = await stat(path).catch((error: unknown) => unreadable(path, error));
  if (!found.isDirectory()) return [path];
  const names = (await readdir(path)).filter((name) => ENDINGS.test(name)).sort();
  if (names.length === 0)
    throw new ManifestError("no file in this folder ends in .yaml, .yml or .json", { file: path, line: null });
  return names.map((name) => join(path, name));
}

async function readText(path: string): Promise<string> {
  return await readFile(path, "utf8").catch((error: unknown) => unreadable(path, error));
}

function unreadable(path: string, error: unknown): never {
  const { code, message } = error as NodeJS.ErrnoException;
  const why = code === "ENOENT" ? "there is no such file" : `cannot be read: ${message}`;
  throw new ManifestError(why, { file: path, line: null });
}

/** Every object in one text. */
export function sourcesIn(file: string, text: string): readonly Source[] {
  const read = readYaml(text);
  if ("fault" in read) {
    const { line, message } = read.fault;
    throw new ManifestError(`this is not YAML: ${message}`, { file, line });
  }
  return read.documents.flatMap((document) => objectsIn(document, file));
}

function objectsIn(document: YamlDocument, file: string): readonly Source[] {
  const { value } = document;
  if (value === undefined) return [];
  const items = isWireObject(value) && String(value["kind"]).endsWith("List") ? value["items"] : undefined;
  if (Array.isArray(items))
    return items.map((item: unknown, index) => sourceOf(item, document, file, ["items", index]));
  return [sourceOf(value, document, file, [])];
}

function sourceOf(value: unknown, document: YamlDocument, file: string, at: readonly Step[]): Source {
  const placeOf = (path: string | undefined): Place => ({
    file,
    line: document.lineOf([...at, ...(path === undefined ? [] : stepsIn(path))]),
  });
  if (!isManifest(value))
    throw new ManifestError(
      "this is no Kubernetes object: write apiVersion, kind and metadata.name",
      placeOf(undefined),
    );
  return { manifest: value, placeOf };
}

function isManifest(value: unknown): value is Manifest {
  if (!isWireObject(value)) return false;
  const { apiVersion, kind, metadata } = value;
  const name = isWireObject(metadata) ? metadata["name"] : undefined;
  return [apiVersion, kind, name].every((word) => typeof word === "string" && word !== "");
}

/** `spec.analysis.metrics[2].name`, or as the API server writes it, which is the same. */
export function stepsIn(path: string): readonly Step[] {
  return path
    .split(/\.|(?=\[)/)
    .filter((part) => part !== "")
    .map((part) => (/^\[\d+\]$/.test(part) ? Number(part.slice(1, -1)) : part.replace(/^\["?|"?\]$/g, "")));
}

/** The field path that a sentence of the controller begins with, if it does. */
export function pathAtStart(sentence: string): string | undefined {
  return /^((?:spec|metadata)(?:\.\w+|\[\d+\])*)/.exec(sentence)?.[1];
}

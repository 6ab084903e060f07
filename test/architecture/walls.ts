/** Which room may import what. The arrows all point at `domain`. */
import { posix } from "node:path";
import type { Finding, Source } from "./source.ts";

interface Room {
  /** Folders, or single files, that it may import besides itself. */
  readonly mayImport: readonly string[];
  /** Whether it may use Node's own modules. */
  readonly node: "all" | "none" | readonly string[];
}

const ADAPTER = ["src/domain", "src/control/ports.ts", "src/control/errors.ts", "src/resources", "src/runtime"];

/** What the composition root puts together: all but the simulator and the command line. */
const COMPOSED = [
  "src/domain",
  "src/control",
  "src/resources",
  "src/runtime",
  "src/adapters",
  "src/server",
  "src/config.ts",
  "src/version.ts",
];

/** The longest name that a path begins with is its room. */
const ROOMS: Readonly<Record<string, Room>> = {
  "src/domain": { mayImport: [], node: "none" },
  "src/control": { mayImport: ["src/domain"], node: "none" },
  "src/resources": { mayImport: ["src/domain"], node: "none" },
  "src/runtime": { mayImport: [], node: "all" },
  "src/adapters/kube": { mayImport: ADAPTER, node: "all" },
  "src/adapters/traffic": { mayImport: ADAPTER, node: ["node:util", "node:crypto"] },
  "src/adapters/metrics": { mayImport: ADAPTER, node: "all" },
  "src/adapters/hooks": { mayImport: ADAPTER, node: "all" },
  "src/adapters/notify": { mayImport: ADAPTER, node: "all" },
  "src/server": {
    mayImport: ["src/domain", "src/control/ports.ts", "src/control/errors.ts", "src/resources", "src/runtime"],
    node: "all",
  },
  "src/simulator": {
    mayImport: ["src/domain", "src/control", "src/resources", "src/runtime"],
    node: ["node:util", "node:crypto"],
  },
  // The same world in real time: servers on loopback, and the demo.
  "src/playground": {
    mayImport: ["src/domain", "src/resources", "src/runtime", "src/simulator", "src/version.ts"],
    node: "all",
  },
  // The engine itself, run in the simulator's world: replicas, lives, laws.
  "src/simulation": {
    mayImport: [...COMPOSED, "src/engine.ts", "src/simulator"],
    node: ["node:util", "node:crypto"],
  },
  "src/cli": {
    mayImport: ["src/domain", "src/resources", "src/adapters/kube", "src/simulator", "src/simulation"],
    node: "all",
  },
  "src/main.ts": { mayImport: [...COMPOSED, "src/engine.ts"], node: "all" },
  "src/engine.ts": { mayImport: [...COMPOSED, "src/attention.ts", "src/dispatcher.ts"], node: "none" },
  "src/attention.ts": { mayImport: [...COMPOSED, "src/dispatcher.ts"], node: "none" },
  "src/dispatcher.ts": { mayImport: ["src/domain", "src/control", "src/runtime"], node: "none" },
  "src/version.ts": { mayImport: [], node: "none" },
  "src/config.ts": { mayImport: ["src/domain", "src/runtime"], node: "all" },
  "src/serin.ts": {
    mayImport: ["src/main.ts", "src/config.ts", "src/version.ts", "src/cli", "src/runtime"],
    node: "all",
  },
};

/** Each library, and the only places that know it. A library that is not here may not be used at all. */
const LIBRARIES: Readonly<Record<string, readonly string[]>> = {
  "@kubernetes/client-node": ["src/adapters/kube"],
  "@lezer/common": ["src/simulator/promql"],
  "@marcbachmann/cel-js": ["src/simulator/api/cel.ts"],
  "@prometheus-io/lezer-promql": ["src/simulator/promql"],
  pino: ["src/runtime/log.ts"],
  "prom-client": ["src/server/meters.ts"],
  "prometheus-query": ["src/adapters/metrics/prometheus.ts"],
  undici: ["src/adapters/kube", "src/adapters/metrics"],
  yaml: ["src/cli/simulate/yamlFile.ts"],
  zod: ["src/resources", "src/config.ts", "src/adapters/metrics"],
};

/** Imports of `src` that the walls do not let through. */
export function walls(sources: readonly Source[]): readonly Finding[] {
  return sources
    .filter(({ path }) => path.startsWith("src/"))
    .flatMap((source) => {
      const room = roomOf(source.path);
      if (room === undefined)
        return [{ path: source.path, line: 1, message: "stands in no room: see test/architecture/walls.ts" }];
      return source.imports.flatMap(({ specifier, line }) => {
        const message = whyNot(source.path, room, specifier);
        return message === undefined ? [] : [{ path: source.path, line, message }];
      });
    });
}

function roomOf(path: string): string | undefined {
  return Object.keys(ROOMS)
    .filter((room) => isWithin(path, room))
    .sort((one, other) => other.length - one.length)[0];
}

function whyNot(path: string, room: string, specifier: string): string | undefined {
  const { mayImport = [], node = "none" } = ROOMS[room] ?? {};
  if (specifier.startsWith(".")) {
    const target = posix.join(posix.dirname(path), specifier);
    return [room, ...mayImport].some((allowed) => isWithin(target, allowed))
      ? undefined
      : `${room} may not import ${target}`;
  }
  if (specifier.startsWith("node:")) {
    const isAllowed = node === "all" || (node !== "none" && node.includes(specifier));
    return isAllowed ? undefined : `${room} may not import ${specifier}`;
  }
  const users = LIBRARIES[libraryOf(specifier)];
  if (users === undefined) return `${specifier} is a library that nobody may use: see test/architecture/walls.ts`;
  return users.some((user) => isWithin(path, user))
    ? undefined
    : `only ${users.join(" and ")} may use ${libraryOf(specifier)}`;
}

/** Libraries that package.json installs for production and nothing hides, or that nothing uses. */
export function libraries(sources: readonly Source[], dependencies: readonly string[]): readonly Finding[] {
  const used = new Set(
    sources
      .flatMap(({ path, imports }) => (path.startsWith("src/") ? imports : []))
      .map(({ specifier }) => libraryOf(specifier)),
  );
  const finding = (message: string): Finding => ({ path: "package.json", line: 1, message });
  return [
    ...dependencies
      .filter((name) => LIBRARIES[name] === undefined)
      .map((name) => finding(`${name} has no place that hides it`)),
    ...dependencies.filter((name) => !used.has(name)).map((name) => finding(`${name} is installed and not used`)),
    ...[...used]
      .filter((name) => LIBRARIES[name] && !dependencies.includes(name))
      .map((name) => finding(`${name} is used and not installed`)),
  ];
}

/** Rings of imports, each told once. */
export function cycles(sources: readonly Source[]): readonly Finding[] {
  const files = new Map(sources.map((source) => [source.path, source]));
  const done = new Set<string>();
  const found: Finding[] = [];
  const visit = (path: string, trail: readonly string[]): void => {
    const source = files.get(path);
    if (trail.includes(path)) {
      found.push({
        path,
        line: 1,
        message: `imports itself: ${[...trail.slice(trail.indexOf(path)), path].join(" → ")}`,
      });
    } else if (source !== undefined && !done.has(path)) {
      for (const { specifier } of source.imports) {
        if (specifier.startsWith(".")) visit(posix.join(posix.dirname(path), specifier), [...trail, path]);
      }
      done.add(path);
    }
  };
  for (const path of files.keys()) visit(path, []);
  return found;
}

const isWithin = (path: string, folder: string): boolean => path === folder || path.startsWith(`${folder}/`);

const libraryOf = (specifier: string): string =>
  specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");

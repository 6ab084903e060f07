/** The command line of `npm run bench`. */
import { resolve } from "node:path";
import { parseArgs } from "node:util";

export const help = `Usage: npm run bench [-- OPTIONS]

Rolls many canaries at the same moment on a real API server, etcd and controller-manager, and prints what that cost beside
what it costs two peers. Pods are ready at once and a stub answers every query, so that only the controller's own work
counts: the bundle, as the chart runs it, with default flags. Build the plane first: npm run plane:build

  --canaries 50,400   how many at once, a plane of its own for each
  --runs 3            runs of the first number, each on a fresh plane; figures are medians. The others run once
  --quick             10 canaries, once, with 15 s of idleness: to see that it works
  --breakdown         requests of a rollout by verb, resource and answer
  --json FILE         all figures of all runs
  --cpu-prof FOLDER   runs the sources instead of the bundle and leaves their CPU profile there; slower, figures do not count
  --flags "--x=1 …"   flags for the controller besides the defaults
  --help

Exit codes: 0 measured, 1 a rollout did not end well or something broke, 2 wrong options, 3 the plane lacks programs.
`;

export interface Options {
  readonly canaries: readonly number[];
  readonly runs: number;
  readonly idleSeconds: number;
  readonly breakdown: boolean;
  readonly json: string | undefined;
  readonly cpuProfile: string | undefined;
  readonly flags: readonly string[];
}

/** The options cannot be used; the message says which. */
export class OptionError extends Error {
  override readonly name = "OptionError";
}

/** Undefined where only the help is wanted. */
export function readOptions(args: readonly string[]): Options | undefined {
  const values = parse(args);
  if (values.help === true) return undefined;
  const isQuick = values.quick === true;
  return {
    canaries: (values.canaries ?? (isQuick ? "10" : "50,400")).split(",").map((text) => count("--canaries", text)),
    runs: count("--runs", values.runs ?? (isQuick ? "1" : "3")),
    idleSeconds: isQuick ? 15 : 60,
    breakdown: values.breakdown === true,
    json: values.json === undefined ? undefined : resolve(values.json),
    cpuProfile: values["cpu-prof"] === undefined ? undefined : resolve(values["cpu-prof"]),
    flags: (values.flags ?? "").split(" ").filter((flag) => flag !== ""),
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        canaries: { type: "string" },
        runs: { type: "string" },
        quick: { type: "boolean" },
        breakdown: { type: "boolean" },
        json: { type: "string" },
        "cpu-prof": { type: "string" },
        flags: { type: "string" },
        help: { type: "boolean" },
      },
    }).values;
  } catch (cause) {
    throw new OptionError(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

function count(option: string, text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  throw new OptionError(`${option}: ${text} is not a whole number above zero`);
}

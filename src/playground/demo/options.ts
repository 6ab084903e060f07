/** The command line of the demo. */
import { parseArgs } from "node:util";
import { isScenario, SCENARIOS, type ScenarioName, USUAL } from "./scenarios.ts";

export interface DemoOptions {
  readonly scenarios: readonly ScenarioName[];
  readonly after: "stay" | "leave";
  readonly prometheus: "embedded" | "binary";
  readonly dataDirectory: string | undefined;
}

const names = Object.entries(SCENARIOS).map(
  ([name, { title, version }]) => `    ${name.padEnd(8)}${title} (${version})`,
);

export const HELP = `Usage: npm run demo [-- OPTIONS]

Starts a playground on this machine: a Kubernetes API server, workload controllers, pods that are real HTTP servers, a gateway
and a metrics server, all in one process, and the unchanged controller beside it. A client sends 50 requests a second; a good
version is released and promoted, a bad one is rolled back. Then it stays up and says what to try with kubectl.

  --scenario NAME   show this one, or several in the order in which they are given; ${USUAL.join(" and ")} by default
${names.join("\n")}
  --once            end after that
  --prometheus      use the \`prometheus\` on PATH for the metrics
  --data DIR        keep the cluster's objects in this folder; what is there already is gone on with
  --help            this text

In a terminal it draws in place (from 60 columns on; without colours where NO_COLOR is set), elsewhere it writes lines.
Ctrl-C ends it, and leaves nothing but DIR. All ports are free ones of 127.0.0.1, so that several can run at once.

Exit codes: 0 all ended as expected and no request was lost; 1 otherwise, with the reason; 2 wrong usage; 130 ended before that
`;

/** What to do, or why the command line cannot be used. */
export function readOptions(args: readonly string[]): DemoOptions | { readonly wrong: string } | "help" {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        scenario: { type: "string", multiple: true },
        once: { type: "boolean" },
        prometheus: { type: "boolean" },
        data: { type: "string" },
        help: { type: "boolean", short: "h" },
      },
    });
    if (values.help === true) return "help";
    const wanted = values.scenario ?? USUAL;
    const strange = wanted.find((name) => !isScenario(name));
    if (strange !== undefined)
      return { wrong: `no scenario is called ${strange}: ${Object.keys(SCENARIOS).join(", ")}` };
    if (values.data === "") return { wrong: "--data wants a folder" };
    return {
      scenarios: wanted.filter(isScenario),
      after: values.once === true ? "leave" : "stay",
      prometheus: values.prometheus === true ? "binary" : "embedded",
      dataDirectory: values.data,
    };
  } catch (error) {
    return { wrong: error instanceof Error ? error.message : String(error) };
  }
}

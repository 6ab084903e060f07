#!/usr/bin/env node
import { argv, env, exit, stderr, stdin, stdout } from "node:process";
import { printCrds } from "./cli/crds.ts";
import { readSimulateOptions, simulateHelp } from "./cli/simulate/options.ts";
import { controllerHelp, readConfig, UsageError } from "./config.ts";
import { VERSION } from "./version.ts";

/** One way of using the program. */
interface Command {
  readonly summary: string;
  readonly help: () => string;
  readonly run: (args: readonly string[]) => Promise<void> | void;
}

const COMMANDS: Readonly<Record<string, Command>> = {
  controller: {
    summary: "run the controller",
    help: controllerHelp,
    run: async (args) => {
      const config = readConfig(args, env);
      // Loaded only when needed: `serin crds` should not wait for a Kubernetes client.
      const { runController } = await import("./main.ts");
      await runController(config);
    },
  },
  crds: {
    summary: "print the CustomResourceDefinitions, for kubectl apply -f -",
    help: () => "Print the CustomResourceDefinitions as YAML.\n\nUsage: serin crds | kubectl apply --server-side -f -",
    run: (args) => {
      if (args.length > 0) throw new UsageError(`serin crds takes no arguments, got ${args.join(" ")}`);
      printCrds((text) => stdout.write(text));
    },
  },
  simulate: {
    summary: "run a Canary of yours in a simulated cluster, and tell what it would do",
    help: simulateHelp,
    run: async (args) => {
      const options = readSimulateOptions(args);
      if ("wrong" in options) throw new UsageError(options.wrong);
      const { simulate } = await import("./cli/simulate.ts");
      process.exitCode = await simulate(options, { stdin, stdout, stderr, env });
    },
  },
  version: {
    summary: "print the version",
    help: () => "Print the version.\n\nUsage: serin version",
    run: () => void stdout.write(`${VERSION}\n`),
  },
};

const HELP: readonly string[] = ["help", "-h", "-help", "--help"];

function help(): string {
  const lines = Object.entries(COMMANDS).map(([name, { summary }]) => `  ${name.padEnd(12)} ${summary}`);
  return ["Progressive delivery for Kubernetes.", "", "Usage: serin COMMAND [flags]", "", ...lines, ""].join("\n");
}

async function main(args: readonly string[]): Promise<void> {
  const [first, ...rest] = args;
  if (first === undefined || HELP.includes(first)) {
    stdout.write(`${rest[0] === undefined ? help() : commandNamed(rest[0]).help()}\n`);
    return;
  }
  const command = commandNamed(first);
  if (rest.some((word) => word !== "help" && HELP.includes(word))) stdout.write(`${command.help()}\n`);
  else await command.run(rest);
}

/** With dashes too: Flagger's `-version` is a flag. */
function commandNamed(word: string): Command {
  const name = word.replace(/^--?/, "");
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (command === undefined) throw new UsageError(`unknown command ${word}; serin --help lists them`);
  return command;
}

// Whoever reads us may have seen enough: `serin crds | head`.
stdout.on("error", (error: NodeJS.ErrnoException) => exit(error.code === "EPIPE" ? 0 : 1));

main(argv.slice(2)).catch((error: unknown) => {
  stderr.write(`serin: ${error instanceof Error ? error.message : String(error)}\n`);
  exit(error instanceof UsageError ? 2 : 1);
});

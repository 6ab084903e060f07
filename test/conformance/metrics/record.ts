/** `node test/conformance/metrics/record.ts`: asks a real Prometheus everything and keeps what it says. */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { ask } from "./ask.ts";
import { mainDataset } from "./dataset.ts";
import { realServer, whyNoRealServer } from "./servers.ts";
import { answersFile, nameOf, questions } from "./suite.ts";

const why = whyNoRealServer();
if (why !== undefined) throw new Error(why);
const server = await realServer();
try {
  await server.feed(mainDataset());
  const lines: string[] = [];
  for (const question of [...questions().values()].flat())
    lines.push(`${JSON.stringify(nameOf(question))}: ${JSON.stringify(await ask(server.url, question))}`);
  mkdirSync(dirname(answersFile), { recursive: true });
  writeFileSync(answersFile, `{\n${[...new Set(lines)].join(",\n")}\n}\n`);
  console.log(`${lines.length} answers recorded`);
} finally {
  await server.close();
}

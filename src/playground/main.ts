/** `npm run demo`: a rollout, a rollback, and then a playground. */
import { systemClock } from "../runtime/clock.ts";
import { jsonLog } from "../runtime/log.ts";
import { DataFolderError } from "./dataFolder.ts";
import { type DemoOptions, HELP, readOptions } from "./demo/options.ts";
import { Play, type Stage, whileShowing } from "./demo/play.ts";
import { startWorld, type World } from "./demo/world.ts";
import { whyNoPrometheusBinary } from "./prometheus/binary.ts";
import { displayOn } from "./show/display.ts";

const NARROWEST = 60;
const USUAL_COLUMNS = 100;

async function main(args: readonly string[]): Promise<number> {
  const options = readOptions(args);
  if (options === "help") {
    process.stdout.write(HELP);
    return 0;
  }
  if ("wrong" in options) {
    process.stderr.write(`demo: ${options.wrong}\n\n${HELP}`);
    return 2;
  }
  const why = options.prometheus === "binary" ? whyNoPrometheusBinary() : undefined;
  if (why !== undefined) {
    process.stderr.write(`demo: --prometheus: ${why}; without that option a metrics server of our own is used\n`);
    return 2;
  }
  return new Demo(options).run();
}

class Demo {
  readonly #options: DemoOptions;
  readonly #stage: Stage;
  readonly #interrupted = Promise.withResolvers<"interrupted">();
  #world: Promise<World> | undefined;
  /** Of the rollouts; undefined while they are not over. */
  #reasons: readonly string[] | undefined;

  constructor(options: DemoOptions) {
    const clock = systemClock();
    this.#options = options;
    this.#stage = {
      clock,
      display: displayOn(process.stdout),
      columns: Math.max(NARROWEST, process.stdout.columns ?? USUAL_COLUMNS),
      // Node itself has taken its time until here, and whoever waits does not care whose time it is.
      beganAt: clock.now() - process.uptime() * 1000,
    };
  }

  async run(): Promise<number> {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => this.#interrupt());
    // Whoever reads us has seen enough: `npm run demo | head`.
    process.stdout.on("error", () => this.#interrupt());
    const playing = this.#play();
    const outcome = await Promise.race([playing, this.#interrupted.promise]).catch((error: unknown) => error);
    const { display } = this.#stage;
    display.end();
    await this.#end(playing);
    if (outcome instanceof Error) return complain(outcome);
    if (outcome === "interrupted") display.keep(["", "ended; nothing is left"]);
    if (this.#reasons === undefined) return 130;
    return this.#reasons.length === 0 ? 0 : 1;
  }

  #interrupt(): void {
    this.#interrupted.resolve("interrupted");
  }

  async #play(): Promise<void> {
    const { display, clock, beganAt } = this.#stage;
    const { scenarios, after, dataDirectory, prometheus } = this.#options;
    const parts: string[] = [];
    const starting = () =>
      ({ kind: "starting", now: clock.now(), beganAt, where: "in the playground", parts: [...parts] }) as const;
    const tell = (part: string): void => void parts.push(part);
    const log = jsonLog({ clock, level: "error" });
    this.#world = startWorld({ clock, log, beganAt, dataDirectory, prometheus, tell });
    const started = this.#world;
    const world = await whileShowing(display, starting, () => started);
    const play = new Play(this.#stage, world);
    const { isRestored } = world.playground;
    if (isRestored && after === "leave")
      throw new Error(`${dataDirectory} holds a playground already: --once wants an empty folder, or none`);
    if (isRestored) play.restored();
    this.#reasons = isRestored ? [] : await play.acts(scenarios);
    if (after === "stay") await play.stay();
  }

  /** Ends all that was begun, also where it is still beginning. */
  async #end(playing: Promise<unknown>): Promise<void> {
    // What still plays finds its world gone, which is no news.
    playing.catch(() => undefined);
    const world = await this.#world?.catch(() => undefined);
    await world?.stop();
  }
}

function complain(error: Error): number {
  process.stderr.write(`demo: ${error.message}\n`);
  return error instanceof DataFolderError ? 2 : 1;
}

process.exitCode = await main(process.argv.slice(2));
// What was interrupted still sleeps, and nothing waits for it.
process.exit();

import { InvariantError, RejectedError, StaleError, UnavailableError } from "../../src/control/errors.ts";
import { law } from "./broken.ts";
import { happen } from "./happen.ts";
import { checkPass } from "./laws.ts";
import { type Moment, momentOf } from "./moment.ts";
import { checkParsing } from "./parsing.ts";
import type { Scene } from "./scene.ts";
import { Stage } from "./stage.ts";
import { checkTexts } from "./texts.ts";

/** More passes than any chain of phases is long, each with one refusal told in between. */
const MOST_PASSES = 40;

/** Play a scene from its objects to the end. Throws what the production code throws, and `BrokenLawError` for a law. */
export async function play(scene: Scene): Promise<void> {
  checkParsing(scene);
  const stage = new Stage(scene);
  // Twice, or what is only quiet every other time would not be found.
  await rest(stage);
  await rest(stage);
  for (const happening of scene.happenings) {
    happen(happening, stage);
    await rest(stage);
  }
  if (stage.isRejected) return;
  const writes = stage.cluster.writes.length;
  stage.restart();
  await rest(stage);
  law(stage.cluster.writes.length === writes, "a process that starts at rest writes nothing", () =>
    stage.cluster.writes.slice(writes),
  );
}

/** Pass after pass until one does nothing at all. */
async function rest(stage: Stage): Promise<void> {
  let last: unknown = "";
  let before = momentOf(stage);
  for (let count = 0, isBusy = true; isBusy; count += 1) {
    law(count < MOST_PASSES, "what nothing disturbs comes to rest", () => last);
    stage.look();
    const end = await stage.pass();
    if (stage.server.broken !== undefined) throw stage.server.broken;
    if (end.kind === "failed") checkError(end.error);
    const after = momentOf(stage);
    checkPass(before, after, stage);
    checkTexts(stage, before.told);
    last = {
      writes: stage.cluster.writes.slice(-2),
      told: stage.told.slice(-2),
      end: String(end.kind === "failed" ? end.error : ""),
    };
    // What is refused is tried again and again, though seldom.
    const isRefused = end.kind === "failed" && end.error instanceof RejectedError && sameObjects(before, after);
    const isWriting = before.writes !== after.writes && !isRefused;
    isBusy = isWriting || before.patches !== after.patches || before.told !== after.told;
    const isStale = end.kind === "failed" && end.error instanceof StaleError;
    // One that finds nothing changed and is stale is looked at again at once, for ever.
    law(isBusy || !isStale, "what is stale has changed");
    before = after;
  }
}

function sameObjects(before: Moment, after: Moment): boolean {
  return [...after.objects].every(([id, object]) => before.objects.get(id) === object);
}

/** An error that the line has a meaning for. Anything else got by every translation, and one of them says so itself. */
function checkError(error: unknown): void {
  const isExpected = error instanceof RejectedError || error instanceof UnavailableError || error instanceof StaleError;
  if (isExpected) return;
  if (error instanceof InvariantError || error instanceof Error) throw error;
  throw new Error(`thrown: ${String(error)}`);
}

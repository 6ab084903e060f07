/** Whole rollouts by the unchanged controller, side by side on one playground. */
import { after, before, describe, test } from "node:test";
import { rollouts } from "../../scenarios/rollouts.ts";
import type { Stage } from "../../scenarios/stage.ts";
import { variations } from "../../scenarios/variations.ts";
import { setStage } from "./stage.ts";

describe("rollouts on the playground", { concurrency: 16 }, () => {
  let stage: Stage;

  before(async () => {
    stage = await setStage();
    await stage.controller();
  });

  after(() => stage?.stop());

  for (const [what, play] of Object.entries({ ...rollouts, ...variations })) test(what, () => play(stage));
});

/** The unchanged controller on one playground: side by side, since most of a rollout is waiting, and no more than one core carries. */
import { after, before, describe, test } from "node:test";
import { rollouts } from "../../scenarios/rollouts.ts";
import type { Stage } from "../../scenarios/stage.ts";
import { variations } from "../../scenarios/variations.ts";
import { setStage } from "./stage.ts";

describe("rollouts on the playground", { concurrency: 5 }, () => {
  let stage: Stage;

  before(async () => {
    stage = await setStage();
    await stage.controller();
  });

  after(() => stage?.stop());

  for (const [what, play] of Object.entries({ ...rollouts, ...variations })) test(what, () => play(stage));
});

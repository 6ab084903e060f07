/** The unchanged controller on the playground: all at once, since most of a rollout is waiting. */
import { after, before, describe, test } from "node:test";
import { faults } from "../../scenarios/faults.ts";
import { rollouts } from "../../scenarios/rollouts.ts";
import type { Stage } from "../../scenarios/stage.ts";
import { variations } from "../../scenarios/variations.ts";
import { setStage } from "./stage.ts";

describe("the controller on the playground", { concurrency: 2 }, () => {
  describe("side by side", { concurrency: 16 }, () => {
    let stage: Stage;

    before(async () => {
      stage = await setStage();
      await stage.controller();
    });

    after(() => stage?.stop());

    for (const [what, play] of Object.entries({ ...rollouts, ...variations })) test(what, () => play(stage));
  });

  describe("in worlds that break, each in its own", { concurrency: 6 }, () => {
    for (const [what, play] of Object.entries(faults)) {
      test(what, async () => {
        const stage = await setStage();
        try {
          await play(stage);
        } finally {
          await stage.stop();
        }
      });
    }
  });
});

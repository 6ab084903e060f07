/** Rollouts while the world breaks around them: each has a playground of its own to break. */
import { describe, test } from "node:test";
import { faults } from "../../scenarios/faults.ts";
import { setStage } from "./stage.ts";

describe("faults on the playground", { concurrency: 2 }, () => {
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

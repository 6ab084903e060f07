/** Rollouts while the real plane breaks around them, one after the other. */
import { after, afterEach, before, describe, test } from "node:test";
import { faults } from "../scenarios/faults.ts";
import { type Stage, setStage } from "./stage.ts";

describe("faults on the real plane", () => {
  let stage: Stage;

  before(async () => {
    stage = await setStage();
  });

  afterEach(() => stage.stopControllers());

  after(() => stage?.stop());

  for (const [what, play] of Object.entries(faults)) test(what, () => play(stage));
});

/** Whole rollouts on the real plane, side by side. */
import { after, before, describe, test } from "node:test";
import { rollouts } from "../scenarios/rollouts.ts";
import { type Stage, setStage } from "./stage.ts";

describe("rollouts on the real plane", { concurrency: 4 }, () => {
  let stage: Stage;

  before(async () => {
    stage = await setStage();
    await stage.controller();
  });

  after(() => stage?.stop());

  for (const [what, play] of Object.entries(rollouts)) test(what, () => play(stage));
});

/** What a Canary may ask for besides the plain rollout, on the real plane. */
import { after, before, describe, test } from "node:test";
import { variations } from "../scenarios/variations.ts";
import { type Stage, setStage } from "./stage.ts";

describe("variations on the real plane", { concurrency: 4 }, () => {
  let stage: Stage;

  before(async () => {
    stage = await setStage();
    await stage.controller();
  });

  after(() => stage?.stop());

  for (const [what, play] of Object.entries(variations)) test(what, () => play(stage));
});

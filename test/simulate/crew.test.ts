import assert from "node:assert/strict";
import { it } from "node:test";
import { crewOf } from "../../src/cli/simulate/crew.ts";
import { livesOn } from "../../src/cli/simulate/life.ts";
import { type Manifest, sourcesIn } from "../../src/cli/simulate/manifests.ts";
import { readSimulateOptions } from "../../src/cli/simulate/options.ts";
import { settingOf } from "../../src/simulation/scenario/setting.ts";
import { stageOf } from "../../src/simulation/scenario/trial.ts";
import { settle } from "../../src/simulator/virtualClock.ts";
import { canaryYaml } from "./run.ts";

function manifestIn(yaml: string): Manifest {
  const [source] = sourcesIn("f.yaml", yaml);
  assert.ok(source);
  return source.manifest;
}

const options = readSimulateOptions(["-f", "-"]);
assert.ok(!("wrong" in options));

it("a life is the same, however long after its stage was made it begins", async () => {
  const canary = manifestIn(canaryYaml());
  const trials = [];
  for (const turns of [0, 3]) {
    const staged = await stageOf(settingOf([canary], canary));
    assert.ok("stage" in staged);
    for (let turn = 0; turn < turns; turn += 1) await settle();
    trials.push(await livesOn(staged.stage, options)({ released: "good", seed: 1 }));
  }
  assert.deepEqual(trials[0], trials[1]);
});

it("a thread that cannot go on says why, and holds nothing up when it all ends", async () => {
  const canary = manifestIn(canaryYaml());
  const staged = await stageOf(settingOf([canary], canary));
  assert.ok("stage" in staged);
  const spoilt = manifestIn(canaryYaml({ "interval:": "interval: never" }));
  const crew = crewOf(2, staged.stage, { objects: [spoilt], canary: spoilt }, options);
  await assert.rejects(crew.run({ released: "good", seed: 1 }), /a thread refuses what was taken before/);
  await crew.end();
});

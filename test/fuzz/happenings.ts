import type { Dice } from "./dice.ts";
import { canarySpec } from "./kinds.ts";
import { spoiled } from "./mutate.ts";
import type { Happening, Stored } from "./scene.ts";

/** What happens to a scene: to half of them what a rollout waits for, so that it comes to an end; and anything in between. */
export function happeningsOf(objects: readonly Stored[], spoil: (stored: Stored) => Stored, dice: Dice): Happening[] {
  const anything = (): Happening => {
    switch (dice.whole(0, 7)) {
      case 0:
        return { kind: "canary", spec: canarySpec(dice) };
      case 1:
        return { kind: "canary", spec: spoiled(canarySpec(dice), dice, 1) };
      case 2:
        return { kind: "canary", isDeleted: true };
      case 3:
        return { kind: "release", image: `podinfo:${dice.whole(1, 3)}` };
      default: {
        const stored = dice.any(objects);
        return stored === undefined ? pause(dice) : { kind: "edit", stored: spoil(stored) };
      }
    }
  };
  if (dice.percent(50)) {
    const edits = dice.percent(40) ? dice.times(dice.whole(1, 2), anything) : [];
    return [...edits, ...dice.times(dice.whole(0, 3), () => pause(dice))];
  }
  const turns = dice.times(dice.whole(2, 9), (): Happening[] => {
    const share = dice.whole(0, 9);
    if (share < 6) return [obey(dice), pause(dice)];
    if (share < 8) return [{ kind: "release", image: `podinfo:${dice.whole(1, 3)}` }];
    return [anything()];
  });
  return turns.flat();
}

const pause = (dice: Dice): Happening => ({ kind: "pause", seconds: dice.of([1, 1, 5, 30, 70, 700, 100_000]) });

const obey = (dice: Dice): Happening => ({
  kind: "obey",
  who: dice.of(["both", "both", "both", "workloads", "endpoints"]),
  missingPods: dice.percent(85) ? 0 : dice.whole(1, 2),
});

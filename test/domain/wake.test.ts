import assert from "node:assert/strict";
import { test } from "node:test";
import { decide } from "../../src/domain/decide.ts";
import { millis, seconds } from "../../src/domain/time.ts";
import { ago, aRollout, NEW, NOW, type Rollout } from "../build/aRollout.ts";

/** In how many seconds to look again. */
function wakesIn({ seen }: Rollout): number | undefined {
  const { wakeAt } = decide(seen);
  return wakeAt === undefined ? undefined : (wakeAt - NOW) / 1000;
}

const cases: Record<string, { given: Rollout; want: number | undefined }> = {
  "nothing ticks at rest": { given: aRollout(), want: undefined },
  "nor after a failure": { given: aRollout().failed(), want: undefined },
  "nor after a failed promotion": { given: aRollout().stranded(), want: undefined },
  "nor during a hold": { given: aRollout().baking({ weight: 10 }).spec({ suspend: true }), want: undefined },
  "a Canary without its target waits for one": { given: aRollout().unknown().targetGone(), want: undefined },
  "a copy waits for its pods, and then says that it does": { given: aRollout().copying(), want: 600 },
  "an adoption for the route to settle": { given: aRollout().adopting(), want: 1 },
  "or before that for its proxies": {
    given: aRollout().adopting().routedAt(10).reached("primary", 2, millis(400)),
    want: 0.6,
  },
  "and for the drain": { given: aRollout().adopting(seconds(2)), want: 4 },
  "and then for the target": { given: aRollout().adopting(seconds(6)), want: undefined },
  "a new run for its deadline": { given: aRollout().asks(NEW), want: 600 },
  "a warming one for what is left of it": { given: aRollout().warming(seconds(200)).canaryPods(0), want: 400 },
  "a step until it is due": { given: aRollout().baking({ weight: 10, forSoLong: seconds(10) }), want: 20 },
  "or until a metric sees it alone": {
    given: aRollout()
      .baking({ weight: 10, forSoLong: seconds(10) })
      .with({ literalWindow: seconds(60) }),
    want: 51,
  },
  "an answer that does not come until the step is given up": {
    given: aRollout().baking({ weight: 10, forSoLong: seconds(31) }),
    want: 599,
  },
  "a route that does not come as well": {
    given: aRollout()
      .baking({ weight: 10, forSoLong: seconds(31) })
      .with({ route: undefined }),
    want: 599,
  },
  "everything on the canary for the route to settle": { given: aRollout().handing(), want: 1 },
  "and for its deadline": { given: aRollout().handing(seconds(1)).routedAt(50), want: 599 },
  "one whose pods are new to the proxies for them": {
    given: aRollout().warming(seconds(200)).reached("canary", 2, millis(400)),
    want: 0.6,
  },
  "a primary for its proxies as well": {
    given: aRollout().replacing(seconds(5)).primaryPods(2).reached("primary", 2, millis(400)),
    want: 0.6,
  },
  "a fix after a failed promotion for the route to settle": {
    given: aRollout().stranded(millis(400)).asks("v2"),
    want: 0.6,
  },
  "one that comes back after its promotion failed too": {
    given: aRollout().stranded().primaryPods(2).reached("primary", 2, millis(400)),
    want: 0.6,
  },
  "a primary for its deadline": { given: aRollout().replacing(seconds(5)), want: 595 },
  "a part on the way home to settle": { given: aRollout().returning(50), want: 1 },
  "and for its interval": { given: aRollout().returning(50, seconds(5)), want: 25 },
  "the rest for the drain": { given: aRollout().draining(seconds(2)), want: 4 },
  "and then for the deadline of the primary": { given: aRollout().draining(seconds(6)), want: 594 },
  "a retreat for the drain": { given: aRollout().retreating("FailedChecks", seconds(2)), want: 4 },
  "and until it takes what there is": {
    given: aRollout().retreating("FailedChecks", seconds(6)).routedAt(10).primaryPods(1),
    want: 594,
  },
  "a deletion for the deadline of the target": { given: aRollout().terminating(seconds(100)), want: 500 },
  "and for the last drain": { given: aRollout().givingBack(seconds(2)), want: 4 },
  "counted from when the last of it was put back": {
    given: aRollout()
      .givingBack(seconds(60))
      .with({ route: undefined, givenBack: true, givenBackSince: ago(seconds(2)) }),
    want: 4,
  },
};

for (const [sentence, { given, want }] of Object.entries(cases)) {
  test(sentence, () => assert.equal(wakesIn(given), want));
}

/** Which scenario of the real plane each history is of. The name is that of the scenario's Canary. */
export interface Entry {
  readonly file: "rollouts" | "variations" | "faults";
  readonly scenario: string;
}

const rollouts = (scenario: string): Entry => ({ file: "rollouts", scenario });
const variations = (scenario: string): Entry => ({ file: "variations", scenario });
const faults = (scenario: string): Entry => ({ file: "faults", scenario });

export const CATALOGUE: Readonly<Record<string, Entry>> = {
  good: rollouts("a good version goes 10, 50, 100 and is promoted without a lost request"),
  bad: rollouts("a version that fails 30 % of its requests loses all traffic, and one sentence says why"),
  dead: rollouts("a version that fails every request is seen at once"),
  slow: rollouts("a version that answers too slowly is rolled back"),
  again: rollouts("a new revision in mid-run starts over and is promoted instead"),
  revert: rollouts("a revert in mid-run brings the traffic home and leaves the primary alone"),
  unready: rollouts("an image that never gets ready never gets traffic"),
  stuck: rollouts("a primary that never gets ready gets no traffic, and a later recovery ends the promotion"),
  leaving: rollouts("deletion in mid-run gives back the Service and the route that were there before"),
  configured: variations("a changed ConfigMap is rolled out like an image, and the primary reads its own copy"),
  skipping: variations("with skipAnalysis the canary takes over as soon as it is ready, and the primary follows"),
  homeward: variations("with stepWeightPromotion the traffic goes home in parts"),
  held: variations("suspended in mid-step, a rollout stands still and then goes on"),
  drifting: variations("a route edited by hand in mid-step is put right, and the run goes on from where it is"),
  renamed: variations("another name for the service in mid-run waits for the end of the run"),
  templated: variations("a MetricTemplate decides, with variables, the interval and bounds of its own"),
  killed: faults("killed in every phase of a promotion, the controller ends where one that never died ends"),
  retreat: faults("killed while it retreats, the controller still takes all traffic away and never gives any back"),
  parting: faults("killed on the way home in parts and while it gives back, the controller loses nobody"),
  stranded: faults(
    "killed while a promotion is stranded, the controller leaves the traffic where it is until the primary is ready",
  ),
  deleted: faults("a target deleted in mid-step takes no user with it"),
  handed: faults("the leader is lost in mid-step and the standby goes on"),
  outlived: faults("an API server that dies and comes back in mid-step changes nothing"),
  blind: faults("time without Prometheus neither promotes nor rolls back"),
};

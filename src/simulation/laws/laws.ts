import { BadNeverPromoted } from "./badNeverPromoted.ts";
import { DeletionGivesBack } from "./deletionGivesBack.ts";
import { ComesToRest, StormForgotten } from "./endsWell.ts";
import { EverythingEnds } from "./everythingEnds.ts";
import { ForeignSurvives } from "./foreignSurvives.ts";
import { GoodIsPromoted } from "./goodIsPromoted.ts";
import { InnocentNotBlamed } from "./innocentNotBlamed.ts";
import type { Bench, Law, Tell } from "./law.ts";
import { NothingLost } from "./nothingLost.ts";
import { OneActs } from "./oneActs.ts";
import { PodsBeforeTraffic } from "./podsBeforeTraffic.ts";
import { PodsStay } from "./podsStay.ts";
import { PrimaryUntouched } from "./primaryUntouched.ts";
import { RetreatOnlyRetreats } from "./retreatOnlyRetreats.ts";
import { SilenceAtRest } from "./silenceAtRest.ts";
import { StagesInOrder } from "./stagesInOrder.ts";
import { StatusFirst } from "./statusFirst.ts";
import { ToldIsWritten } from "./toldIsWritten.ts";
import { UnmeasuredNeverPasses } from "./unmeasuredNeverPasses.ts";

interface Kind {
  /** What users were promised. */
  readonly promise: string;
  readonly make: (bench: Bench, tell: Tell) => Law;
}

/** Every law by its name, which mutants and command lines use. */
export const LAWS = {
  "nothing-lost": {
    promise: "no request is lost because of a step",
    make: (bench, tell) => new NothingLost(bench, tell),
  },
  "pods-before-traffic": {
    promise: "a version's share never rises before its pods are there and known to every proxy",
    make: (bench, tell) => new PodsBeforeTraffic(bench, tell),
  },
  "pods-stay": {
    promise: "pods are never taken away while somebody may still send to them",
    make: (bench, tell) => new PodsStay(bench, tell),
  },
  "primary-untouched": {
    promise: "the primary is never replaced under traffic",
    make: (bench, tell) => new PrimaryUntouched(bench, tell),
  },
  "retreat-only-retreats": {
    promise: "what was rolled back is never given more again",
    make: (bench, tell) => new RetreatOnlyRetreats(bench, tell),
  },
  "status-first": {
    promise: "nothing is done that the status did not say first",
    make: (bench, tell) => new StatusFirst(bench, tell),
  },
  "stages-in-order": {
    promise: "a rollout's history goes one way",
    make: (bench, tell) => new StagesInOrder(bench, tell),
  },
  "one-acts": {
    promise: "two replicas never both act",
    make: (bench, tell) => new OneActs(bench, tell),
  },
  "bad-never-promoted": {
    promise: "a version that clearly fails is never promoted",
    make: (bench, tell) => new BadNeverPromoted(bench, tell),
  },
  "good-is-promoted": {
    promise: "a good version that is released in calm and used is promoted",
    make: (bench, tell) => new GoodIsPromoted(bench, tell),
  },
  "innocent-not-blamed": {
    promise: "checks fail only where clients were failed",
    make: (bench, tell) => new InnocentNotBlamed(bench, tell),
  },
  "unmeasured-never-passes": {
    promise: "a step in which nobody was served is not passed",
    make: (bench, tell) => new UnmeasuredNeverPasses(bench, tell),
  },
  "told-is-written": {
    promise: "what people are told is in the status",
    make: (bench, tell) => new ToldIsWritten(bench, tell),
  },
  "foreign-survives": {
    promise: "what others wrote survives byte for byte",
    make: (bench, tell) => new ForeignSurvives(bench, tell),
  },
  "deletion-gives-back": {
    promise: "a deletion gives back what was there",
    make: (bench, tell) => new DeletionGivesBack(bench, tell),
  },
  "silence-at-rest": {
    promise: "at rest, silence",
    make: (bench, tell) => new SilenceAtRest(bench, tell),
  },
  "everything-ends": {
    promise: "every stage that is not at rest ends within its bound",
    make: (bench, tell) => new EverythingEnds(bench, tell),
  },
  "comes-to-rest": {
    promise: "once nothing goes wrong any more, everything comes to rest",
    make: (_, tell) => new ComesToRest(tell),
  },
  "storm-forgotten": {
    promise: "the world ends as if nothing had ever gone wrong",
    make: (_, tell) => new StormForgotten(tell),
  },
} as const satisfies Readonly<Record<string, Kind>>;

export type LawName = keyof typeof LAWS;

import type { Random } from "../../runtime/random.ts";
import { between, spreadBetween } from "./dice.ts";
import { ALL_FAULT_KINDS, type FaultKind } from "./faults.ts";

/** What kind of weather a life has. */
export interface Temper {
  readonly kinds: readonly FaultKind[];
  /** From 0, nothing happens, to 1. */
  readonly intensity: number;
}

const CALM = 0.1;
const SINGLE = 0.3;
const MIXED = 0.75;

/** Drawn by dice of their own, beside the others: to add a kind must not change which of the others a seed draws. */
const APART: readonly FaultKind[] = ["replicaSuspend", "stallAtRequest"];
const TOGETHER = ALL_FAULT_KINDS.filter((kind) => !APART.includes(kind));

/**
 * Swarm testing: a life with everything in it finds less than many lives that each leave most of it out, since one fault
 * hides another. One in ten is calm, one in five has a single kind, and one in four nearly all.
 */
export function drawTemper(random: Random, apart: Random): Temper {
  const mood = random.next();
  // Drawn whatever the mood, so that every life takes as many numbers from the seed.
  const strength = random.next();
  const order = shuffled(random);
  const share = random.next();
  if (mood < CALM) return { kinds: [], intensity: gentle(strength) };
  // Alone, it must be sure to strike.
  if (mood < SINGLE) return { kinds: singleOf(order, apart), intensity: 0.4 + 0.6 * strength };
  const isMixed = mood < MIXED;
  const count = isMixed ? 2 + Math.floor(share * 7) : Math.ceil(order.length * (0.6 + 0.4 * share));
  const others = APART.filter(() => apart.next() < count / order.length);
  const kinds = sorted([...order.slice(0, count), ...others]);
  return { kinds, intensity: isMixed ? gentle(strength) : 0.15 + 0.35 * strength };
}

/** One of those that are drawn apart as often as any other. */
function singleOf(order: readonly FaultKind[], apart: Random): readonly FaultKind[] {
  const place = Math.floor(apart.next() * ALL_FAULT_KINDS.length);
  return [APART[place] ?? order[0]].filter((kind) => kind !== undefined);
}

const gentle = (strength: number): number => spreadBetween({ next: () => strength }, 0.1, 1);

function shuffled(random: Random): readonly FaultKind[] {
  const order = [...TOGETHER];
  for (let last = order.length - 1; last > 0; last--) {
    const other = Math.floor(between(random, 0, last + 1));
    const [one, two] = [order[last], order[other]];
    if (one !== undefined && two !== undefined) [order[last], order[other]] = [two, one];
  }
  return order;
}

const sorted = (kinds: readonly FaultKind[]): readonly FaultKind[] =>
  ALL_FAULT_KINDS.filter((kind) => kinds.includes(kind));

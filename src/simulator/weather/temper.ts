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

/**
 * Swarm testing: a life with everything in it finds less than many lives that each leave most of it out, since one fault
 * hides another. One in ten is calm, one in five has a single kind, and one in four nearly all.
 */
export function drawTemper(random: Random): Temper {
  const mood = random.next();
  // Drawn whatever the mood, so that every life takes as many numbers from the seed.
  const strength = random.next();
  const order = shuffled(random);
  const share = random.next();
  if (mood < CALM) return { kinds: [], intensity: gentle(strength) };
  // Alone, it must be sure to strike.
  if (mood < SINGLE) return { kinds: order.slice(0, 1), intensity: 0.4 + 0.6 * strength };
  if (mood < MIXED) return { kinds: sorted(order.slice(0, 2 + Math.floor(share * 7))), intensity: gentle(strength) };
  const most = Math.ceil(order.length * (0.6 + 0.4 * share));
  return { kinds: sorted(order.slice(0, most)), intensity: 0.15 + 0.35 * strength };
}

const gentle = (strength: number): number => spreadBetween({ next: () => strength }, 0.1, 1);

function shuffled(random: Random): readonly FaultKind[] {
  const order = [...ALL_FAULT_KINDS];
  for (let last = order.length - 1; last > 0; last--) {
    const other = Math.floor(between(random, 0, last + 1));
    const [one, two] = [order[last], order[other]];
    if (one !== undefined && two !== undefined) [order[last], order[other]] = [two, one];
  }
  return order;
}

const sorted = (kinds: readonly FaultKind[]): readonly FaultKind[] =>
  ALL_FAULT_KINDS.filter((kind) => kinds.includes(kind));

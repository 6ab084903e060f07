import { invariant } from "../../control/errors.ts";
import type { Split } from "../../domain/traffic.ts";

/** The weight that our two destinations share beside foreign ones of this total weight. */
export function roomBeside(foreignWeight: number): number {
  // From 100 on the numbers cannot be percent any more. Envoy takes weights as relative, so ours stay a plain 100.
  const taken = Math.ceil(foreignWeight);
  return taken > 0 && taken < 100 ? 100 - taken : 100;
}

/**
 * The split in whole weights that add up to `room`. A version that is given anything gets at least 1, as far as there
 * is room: a canary without requests could never be judged.
 */
export function scale(split: Split, room: number): Split {
  invariant(split.primary >= 0 && split.canary >= 0 && split.primary + split.canary === 100, "a split adds up to 100");
  const rounded = Math.round((room * split.canary) / 100);
  const canary = split.canary === 0 || room < 2 ? Math.min(rounded, room) : Math.max(1, rounded);
  const capped = split.canary < 100 ? Math.min(canary, Math.max(0, room - 1)) : room;
  return { primary: room - capped, canary: capped };
}

/**
 * Two live weights as percent. Never 0 for a version that gets some requests: its pods would be taken away, or the
 * other's not be waited for.
 */
export function normalise(weights: Split): Split | undefined {
  const total = weights.primary + weights.canary;
  if (!(total > 0)) return undefined;
  const rounded = Math.round((100 * weights.canary) / total);
  const raised = weights.canary > 0 ? Math.max(1, rounded) : rounded;
  const canary = weights.primary > 0 ? Math.min(99, raised) : raised;
  return { primary: 100 - canary, canary };
}

export function printSplit(split: Split): string {
  return `${split.primary}/${split.canary}`;
}

/** A split as `printSplit` writes it; undefined for any other text. */
export function parseSplit(text: string | undefined): Split | undefined {
  const canary = Number(/^\d{1,3}\/(\d{1,3})$/.exec(text ?? "")?.[1]);
  if (!(canary >= 0 && canary <= 100)) return undefined;
  const split = { primary: 100 - canary, canary };
  return printSplit(split) === text ? split : undefined;
}

import { ACTS } from "./acts.ts";
import { DECISIONS } from "./decisions.ts";
import type { Mutant } from "./mutant.ts";
import { ENDS, JUDGEMENTS } from "./outcomes.ts";

export const MUTANTS: readonly Mutant[] = [...DECISIONS, ...ENDS, ...JUDGEMENTS, ...ACTS];

/** How a life came to its end, for laws that look at nothing else. */
export interface Ending {
  /** Whether everything came to rest in time. */
  readonly isSettled: boolean;
  /** How the world differs from that of a life in fine weather; undefined where it does not, or none was lived. */
  readonly difference: string | undefined;
}

interface Lived {
  readonly isSettled: boolean;
  /** The world in the end, as one text without times and whatever chance named. */
  readonly endState: string;
}

/** The end of a life beside that of the same life in fine weather, if there was one. */
export function endingOf({ isSettled, endState }: Lived, fine: Lived | undefined): Ending {
  return { isSettled, difference: fine && firstDifference(endState, fine.endState) };
}

/** The first place where two texts differ, with a little of what is around it. */
function firstDifference(is: string, should: string): string | undefined {
  if (is === should) return undefined;
  const [some, others] = [is.split("\n"), should.split("\n")];
  const line = some.findIndex((text, number) => text !== others[number]);
  const number = line < 0 ? some.length : line;
  const [one, other] = [some[number] ?? "", others[number] ?? ""];
  let place = 0;
  while (place < one.length && one[place] === other[place]) place++;
  const from = Math.max(0, place - 60);
  return `${JSON.stringify(one.slice(from, place + 60))} instead of ${JSON.stringify(other.slice(from, place + 60))}`;
}

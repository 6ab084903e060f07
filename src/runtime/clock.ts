/** Undo what was set. Safe to call twice, and after the fact. */
export type Cancel = () => void;

/** The only source of time. Production has the system's, tests and the simulator have one that they move by hand. */
export interface Clock {
  /** Milliseconds since the epoch. May jump, in both directions. */
  now(): number;
  /** Milliseconds since some fixed moment. Never goes back, and means nothing to another process. */
  monotonic(): number;
  /** Call `fn` once, `delayMillis` from now on the monotonic scale, or a little later. */
  setTimer(delayMillis: number, fn: () => void): Cancel;
}

/** The longest delay that setTimeout keeps: it fires at once for anything longer. */
const LONGEST_DELAY_MILLIS = 2 ** 31 - 1;

/** The clock of the machine. */
export function systemClock(): Clock {
  return { now: () => Date.now(), monotonic: () => performance.now(), setTimer };
}

function setTimer(delayMillis: number, fn: () => void): Cancel {
  const due = performance.now() + delayMillis;
  const wait = (): NodeJS.Timeout =>
    setTimeout(fire, Math.min(LONGEST_DELAY_MILLIS, Math.max(0, Math.ceil(due - performance.now()))));
  const fire = (): void => {
    // Node may fire up to a millisecond early, which would break "never early" for whoever counts on us.
    if (performance.now() < due) timer = wait();
    else fn();
  };
  let timer = wait();
  return () => clearTimeout(timer);
}

// How many of something are done in a second, of late.

/** Counts what is done. */
export interface Pace {
  /**
   * One more is done.
   * @returns how many in a second: over the last ten of them, or since the beginning
   */
  step(): number;
}

const WINDOW_MS = 10_000;
// In a shorter time the first ones would make any rate.
const LEAST_MS = 200;

/** @param now a clock in milliseconds */
export function createPace(now: () => number = () => performance.now()): Pace {
  const started = now();
  const times: number[] = [];
  return {
    step() {
      const time = now();
      times.push(time);
      while ((times[0] ?? time) < time - WINDOW_MS) times.shift();
      return (times.length * 1000) / Math.min(WINDOW_MS, Math.max(LEAST_MS, time - started));
    },
  };
}

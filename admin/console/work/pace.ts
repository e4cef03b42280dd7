// The current rate of something that is done again and again.

/** Measures a rate. */
export interface Pace {
  /**
   * Counts one more.
   * @returns the rate per second: over the last ten seconds, or since the beginning when that is shorter
   */
  step(): number;
}

const WINDOW_MS = 10_000;
// Over a shorter time the first counts would give any rate.
const LEAST_MS = 200;

/**
 * Starts the measurement.
 * @param now a clock in milliseconds
 */
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

// Updates that arrive faster than anyone can read them.

/** Calls a function five times a second at most. */
export interface Throttle {
  /** Calls the function now, or at the end of the interval. */
  ask(): void;
  /** Calls the function now, and cancels a later call. */
  flush(): void;
}

const INTERVAL_MS = 200;

/**
 * Creates a throttle.
 * @param act the function; it never throws
 */
export function createThrottle(act: () => void): Throttle {
  let last = -Infinity;
  let timer: NodeJS.Timeout | undefined;
  const flush = (): void => {
    clearTimeout(timer);
    timer = undefined;
    last = performance.now();
    act();
  };
  return {
    ask() {
      if (timer !== undefined) return;
      const wait = last + INTERVAL_MS - performance.now();
      if (wait <= 0) flush();
      else timer = setTimeout(flush, wait);
    },
    flush,
  };
}

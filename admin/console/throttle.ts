// News that come faster than anybody reads them.

/** Does something a few times a second at most, however often it is asked for. */
export interface Throttle {
  /** Does it now, or soon. */
  ask(): void;
  /** Does it now, and nothing later. */
  flush(): void;
}

const INTERVAL_MS = 200;

/** @param act what is done; it never throws */
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

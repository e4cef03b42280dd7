// Work on many tenants: an iterable of outcomes that ends with a summary.

import { withCodes } from "./failure.ts";

/**
 * A run over many tenants. It begins when it is iterated or finished. Leaving the loop starts no more tenants, and
 * waits for those that have started.
 */
export interface Run<Outcome, Summary> extends AsyncIterable<Outcome> {
  /**
   * Runs to the end, or waits for it, and returns the summary.
   * @throws {AdminError} when the run could not begin, or lost the database; outcomes before that are final
   */
  finish(this: void): Promise<Summary>;
}

/** What a run is given. */
export interface Controls<Outcome> {
  /** After it is aborted, the run starts no more tenants. */
  readonly signal: AbortSignal;
  readonly report: (outcome: Outcome) => void;
}

/**
 * Makes a run.
 * @param given the caller's own signal
 */
export function createRun<Outcome, Summary>(
  given: AbortSignal | undefined,
  work: (controls: Controls<Outcome>) => Promise<Summary>,
): Run<Outcome, Summary> {
  const left = new AbortController();
  const signal = given ? AbortSignal.any([given, left.signal]) : left.signal;
  const waiting: Outcome[] = [];
  let isRead = false;
  let wake = (): void => {};
  let running: Promise<Summary> | undefined;
  let isOver = false;
  const report = (outcome: Outcome): void => {
    if (isRead) waiting.push(outcome);
    wake();
  };
  const finish = (): Promise<Summary> => {
    running ??= withCodes(() => work({ signal, report })).finally(() => {
      isOver = true;
      wake();
    });
    return running;
  };
  return {
    finish,
    async *[Symbol.asyncIterator]() {
      if (isRead || running) throw new Error("Cannot iterate: the run has begun already");
      isRead = true;
      const end = finish();
      // It is awaited below, when the outcomes have been read.
      end.catch(() => {});
      try {
        for (;;) {
          for (const outcome of waiting.splice(0)) yield outcome;
          if (waiting.length > 0) continue;
          if (isOver) break;
          await new Promise<void>((resolve) => (wake = resolve));
        }
        await end;
      } finally {
        left.abort();
        await end.catch(() => {});
      }
    },
  };
}

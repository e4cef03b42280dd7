// How far a verb has come, for a person at a terminal: a bar with rate, time left and failures, shown
// when the work takes longer than a second.

import process from "node:process";
import { SingleBar } from "cli-progress";

/** Counts work that is done. */
export interface Progress {
  /** One more is done. */
  step(failed?: boolean): void;
  /** Takes the bar from its line, so that something else can be printed there; it comes again by itself. */
  clear(): void;
  /** Ends it. */
  stop(): void;
}

const SHOW_AFTER_MS = 1000;

/**
 * Begins to count; shows nothing where the standard error is no terminal.
 * @param unit what is counted, such as "tenants"
 */
export function startProgress(total: number, unit: string): Progress {
  if (!process.stderr.isTTY) return { step() {}, clear() {}, stop() {} };
  const started = performance.now();
  let done = 0;
  let failed = 0;
  const bar = new SingleBar({
    format: `{bar} {percentage}% {value}/{total} ${unit} | {rate}/s | {eta_formatted} left | {failed} failed`,
    barCompleteChar: "\u2588",
    barIncompleteChar: "\u2591",
    stream: process.stderr,
    hideCursor: true,
    clearOnComplete: true,
    etaBuffer: 100,
    emptyOnZero: true,
    gracefulExit: false,
  });
  const payload = (): object => ({
    failed,
    rate: Math.round((done * 1000) / (performance.now() - started)),
  });
  const timer = setTimeout(() => bar.start(total, done, payload()), SHOW_AFTER_MS).unref();
  return {
    step(hasFailed = false) {
      done += 1;
      if (hasFailed) failed += 1;
      if (bar.isActive) bar.update(done, payload());
    },
    clear() {
      if (bar.isActive) process.stderr.write("\r\x1b[K");
    },
    stop() {
      clearTimeout(timer);
      if (bar.isActive) bar.stop();
    },
  };
}

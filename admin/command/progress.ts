// How far a verb has come, for a person at a terminal: a bar with rate, time left and failures, shown
// when the work takes longer than a second.

import process from "node:process";
import type { SingleBar } from "cli-progress";
import type { Meter } from "./meter.ts";

/** A bar that draws what its meter is told. */
export interface Progress extends Meter {
  /** Takes the bar from its line, so that something else can be printed there; it comes again by itself. */
  clear(): void;
  /** Ends it. */
  stop(): void;
}

const SHOW_AFTER_MS = 1000;
const MEGABYTE = 1_000_000;

/**
 * Draws nothing before a total is expected, nor where the standard error is not a terminal.
 * @param unit what is counted, such as "tenants"; of "bytes" the bar shows megabytes
 */
export function startProgress(unit: string): Progress {
  const [scale, name] = unit === "bytes" ? [MEGABYTE, "MB"] : [1, unit];
  const started = performance.now();
  let [done, failed] = [0, 0];
  let bar: SingleBar | undefined;
  let timer: NodeJS.Timeout | undefined;
  const value = (): number => Math.floor(done / scale);
  const payload = (): object => ({
    failed,
    rate: Math.round((value() * 1000) / (performance.now() - started)),
  });
  const show = async (total: number): Promise<void> => {
    const { SingleBar } = await import("cli-progress");
    if (timer === undefined) return;
    bar = new SingleBar({
      format: `{bar} {percentage}% {value}/{total} ${name} | {rate}/s | {eta_formatted} left | {failed} failed`,
      barCompleteChar: "\u2588",
      barIncompleteChar: "\u2591",
      stream: process.stderr,
      hideCursor: true,
      clearOnComplete: true,
      etaBuffer: 100,
      emptyOnZero: true,
      gracefulExit: false,
    });
    bar.start(Math.ceil(total / scale), value(), payload());
  };
  return {
    expect(total) {
      if (!process.stderr.isTTY) return;
      // The work goes on without a bar where the bar's package is not installed.
      timer ??= setTimeout(() => void show(total).catch(() => {}), SHOW_AFTER_MS).unref();
    },
    add(count, failures = 0) {
      done += count;
      failed += failures;
      bar?.update(value(), payload());
    },
    clear() {
      if (bar !== undefined) process.stderr.write("\r\x1b[K");
    },
    stop() {
      clearTimeout(timer);
      timer = undefined;
      bar?.stop();
      bar = undefined;
    },
  };
}

// Draws a progress bar on a terminal, with rate, time left and failures, when the work takes longer than
// a second.

import process from "node:process";
import type { SingleBar } from "cli-progress";
import type { Meter } from "./meter.ts";

/** A progress bar that displays the counts of its meter. */
export interface Progress extends Meter {
  /** Erases the bar, so that other output can take its line. The next update draws it again. */
  clear(): void;
  /** Ends the bar. */
  stop(): void;
}

const SHOW_AFTER_MS = 1000;
const MEGABYTE = 1_000_000;

/**
 * Starts a progress bar. It draws nothing before `expect()`, or when standard error is not a terminal.
 * @param unit of the counts, such as "tenants"; for "bytes" the bar shows megabytes
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
      // Without the bar's package, the work continues without a bar.
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

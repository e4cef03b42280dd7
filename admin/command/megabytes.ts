// The progress of what copies rows, in megabytes.

import type { Meter } from "./meter.ts";
import type { Progress } from "./progress.ts";
import type { Call } from "./verb.ts";

const MEGABYTE = 1_000_000;

/** A meter that draws the call's progress bar. */
export function createMeter(call: Call): Meter {
  let progress: Progress | undefined;
  let bytes = 0;
  return {
    expect(total) {
      progress = call.track(Math.ceil(total / MEGABYTE), "MB");
    },
    add(count) {
      const steps = Math.floor((bytes + count) / MEGABYTE) - Math.floor(bytes / MEGABYTE);
      bytes += count;
      for (let step = 0; step < steps; step += 1) progress?.step();
    },
  };
}

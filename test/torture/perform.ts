// A verb that a fault ended is run again until it has done its work, as its user would. Its time is from the first
// beginning to the last end.

import { setTimeout } from "node:timers/promises";
import { performVerb } from "../support/program/verb.ts";
import type { TortureStage } from "./stage.ts";
import type { World } from "./world.ts";

const PATIENCE_MS = 60_000;

/** The pause before something is tried again, in milliseconds. */
export const AGAIN_MS = 100;

/** When a verb was first begun and last ended. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/**
 * Runs a verb until it has done its work.
 * @param done what it says when an earlier try has done it
 */
export type Perform = (name: string, parameters: readonly string[], done?: RegExp) => Promise<Span>;

/** Makes the function that runs verbs and counts them. */
export function createPerform({ verbs }: TortureStage, world: World): Perform {
  return async (name, parameters, done) => {
    const from = performance.now();
    for (let tries = 1; ; tries += 1) {
      const { status, stderr } = await performVerb(verbs, name, ...parameters);
      const to = performance.now();
      if (status === 0 || (tries > 1 && done?.test(stderr))) {
        world.verbs.set(name, (world.verbs.get(name) ?? 0) + 1);
        return { from, to };
      }
      if (to - from > PATIENCE_MS) {
        throw new Error(`${name} ${parameters.join(" ")} exits ${status}: ${stderr.trim()}`);
      }
      await setTimeout(AGAIN_MS);
    }
  };
}

// Choices out of chance that can be had again.

import { createRandom } from "../support/random.ts";

/** Chance with a seed. */
export interface Dice {
  /** A whole number from 0 up to `limit`, itself not included. */
  below(limit: number): number;
  /** One of several. */
  pick<T>(from: readonly T[]): T;
  /** From 0 up to `most` things. */
  some<T>(most: number, make: () => T): T[];
}

/** The same seed gives the same choices. */
export function createDice(seed: number): Dice {
  const random = createRandom(seed);
  const below = (limit: number): number => Math.floor(random() * limit);
  return {
    below,
    pick: <T>(from: readonly T[]): T => from[below(from.length)] as T,
    some: (most, make) => Array.from({ length: below(most + 1) }, make),
  };
}

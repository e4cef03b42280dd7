// What a reader must know of the sizes that are shown: that they are missing, or how old they are.

import type { SizesState } from "../api.ts";
import { formatDuration } from "./format.ts";

/** Says it in one line; undefined while the sizes are as they should be. */
export function describeSizesState({ at, problem }: SizesState): string | undefined {
  if (problem === null) return undefined;
  if (at === null) return `Sizes are not available. ${problem}`;
  const age = formatDuration((Date.now() - Date.parse(at)) / 1000);
  return `Sizes are ${age} old and cannot be read again. ${problem}`;
}

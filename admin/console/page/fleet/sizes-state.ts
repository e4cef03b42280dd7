// The warning beside sizes that are missing or old.

import type { SizesState } from "../../api.ts";
import { formatDuration } from "../parts/format.ts";

/** Returns the warning as one line; undefined when the last attempt to read the sizes succeeded. */
export function describeSizesState({ at, problem }: SizesState): string | undefined {
  if (problem === null) return undefined;
  if (at === null) return `Sizes are not available. ${problem}`;
  const age = formatDuration((Date.now() - Date.parse(at)) / 1000);
  return `Sizes are ${age} old and cannot be read again. ${problem}`;
}

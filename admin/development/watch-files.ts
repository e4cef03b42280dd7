// Watches a folder, and tells once when the writing to it has paused.

import { type FSWatcher, watch } from "node:fs";

/** What is watched. */
export interface Watched {
  readonly folder: string;
  /** Which files count, by their paths in the folder. */
  readonly files: RegExp;
  /** Whether the folders in it count, too; true when left out. */
  readonly recursive?: boolean;
}

// An editor or a compiler writes in several steps.
const QUIET_MS = 200;

/**
 * Watches until it is closed.
 * @param changed called after a change
 * @param failed called with the reason when it cannot watch any more
 */
export function watchFiles(
  { folder, files, recursive = true }: Watched,
  changed: () => void,
  failed: (reason: string) => void,
): { close(): void } {
  let timer: NodeJS.Timeout | undefined;
  const watcher: FSWatcher = watch(folder, { recursive }, (_, file) => {
    if (file === null || !files.test(file)) return;
    clearTimeout(timer);
    timer = setTimeout(changed, QUIET_MS);
  });
  watcher.on("error", ({ message }) => failed(message));
  return {
    close() {
      watcher.close();
      clearTimeout(timer);
    },
  };
}

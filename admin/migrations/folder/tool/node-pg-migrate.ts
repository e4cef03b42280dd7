// node-pg-migrate: both directions in one file, in any order; without a mark all of it is up.
// https://salsita.github.io/node-pg-migrate/migrations/

import { wholeOf } from "../draft.ts";
import { findCommandBefore, findMarks, type ReadSections } from "./sections.ts";

/** A line with one of node-pg-migrate's marks: dashes and blanks stand between as they like. */
export const NODE_PG_MIGRATE_MARK: RegExp = /^\s*--[\s-]*(up|down)\s+migration/i;

/** Whether a file is one of two, for up and for down. */
export function isOfPair(file: string): boolean {
  return /\.(?:up|down)\.sql$/.test(file);
}

/** Reads a file of node-pg-migrate. */
export const readNodePgMigrate: ReadSections = (source, refuse) => {
  // A pair of files has no sections, whatever its comments are.
  if (isOfPair(source.file)) return { up: wholeOf(source), down: undefined, isMarked: false };
  const marks = findMarks(source, NODE_PG_MIGRATE_MARK);
  const up = marks.find(({ word }) => word === "up");
  const down = marks.find(({ word }) => word === "down");
  const [first, second] = marks;
  const more = marks.find((mark) => mark !== up && mark !== down);
  if (more !== undefined) {
    refuse(more.start, `"-- ${more.word} migration" stands twice; keep one`);
    return undefined;
  }
  if (up !== undefined && first !== undefined) {
    const stray = findCommandBefore(source, first);
    if (stray >= 0) {
      refuse(
        stray,
        "a command stands above the first section: node-pg-migrate never runs it; move it",
      );
      return undefined;
    }
  }
  const end = source.text.length;
  const to = (from: typeof first): number => (from === first ? (second?.start ?? end) : end);
  const start = up?.end ?? 0;
  const upEnd = up === undefined ? (down?.start ?? end) : to(up);
  return {
    up: { source, ranges: [{ start, end: upEnd }] },
    down: down && { source, ranges: [{ start: down.end, end: to(down) }] },
    isMarked: false,
  };
};

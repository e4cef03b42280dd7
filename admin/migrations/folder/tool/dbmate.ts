// dbmate: both directions in one file. https://github.com/amacneil/dbmate#creating-migrations

import type { Range } from "../../text/source-text.ts";
import { findCommandBefore, findMarks, type ReadSections } from "./sections.ts";

/** A line with one of dbmate's marks; behind it stand options. */
export const DBMATE_MARK: RegExp = /^--\s*migrate:(up|down)(?:\s+(.*?))?\s*$/;

/** Reads a file of dbmate. */
export const readDbmate: ReadSections = (source, refuse) => {
  const marks = findMarks(source, DBMATE_MARK);
  const [up, down, ...more] = marks;
  let isBroken = false;
  const fail = (at: number, problem: string): void => {
    isBroken = true;
    refuse(at, problem);
  };
  if (up?.word !== "up") {
    fail(up?.start ?? 0, 'it must begin with a line "-- migrate:up"; add it above the commands');
    return undefined;
  }
  const stray = findCommandBefore(source, up);
  if (stray >= 0) fail(stray, 'a command stands above "-- migrate:up"; move it below');
  if (down !== undefined && down.word !== "down") fail(down.start, '"-- migrate:up" stands twice');
  if (more[0] !== undefined) fail(more[0].start, "a section of dbmate stands twice");
  for (const { start, option } of marks) {
    if (!/^(?:transaction:(?:true|false))?$/.test(option)) {
      fail(start, `dbmate has no option ${JSON.stringify(option)}; use "transaction:false"`);
    }
  }
  if (isBroken) return undefined;
  const range = (from: Range, to: Range | undefined): Range => ({
    start: from.end,
    end: to?.start ?? source.text.length,
  });
  return {
    up: { source, ranges: [range(up, down)] },
    down: down && { source, ranges: [range(down, undefined)] },
    isMarked: up.option === "transaction:false",
  };
};

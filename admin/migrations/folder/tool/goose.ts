// goose: both directions in one file. https://pressly.github.io/goose/documentation/annotations/

import type { Range } from "../../text/source-text.ts";
import { findCommandBefore, findMarks, type ReadSections } from "./sections.ts";

/** A line with one of goose's marks. */
export const GOOSE_MARK: RegExp = /^--\s*\+goose\s+(\S.*?)\s*$/i;

/** Reads a file of goose. */
export const readGoose: ReadSections = (source, refuse) => {
  const ranges: { up: Range[]; down: Range[] } = { up: [], down: [] };
  let section: "up" | "down" | undefined;
  let from = 0;
  let begun: number | undefined;
  let isMarked = false;
  let isBroken = false;
  const fail = (at: number, problem: string): void => {
    isBroken = true;
    refuse(at, problem);
  };
  const close = (end: number): void => {
    if (section !== undefined) ranges[section].push({ start: from, end });
  };
  const marks = findMarks(source, GOOSE_MARK);
  for (const { start, end, word } of marks) {
    if (word === "no transaction") isMarked = true;
    else if (word.startsWith("envsub")) {
      if (!word.endsWith(" off")) fail(start, "goose fills in variables; write the text itself");
    } else if (word === "up" || word === "down") {
      if (begun !== undefined) fail(begun, '"-- +goose StatementBegin" has no StatementEnd');
      if (word === section || (word === "up" && section === "down")) {
        fail(start, `"-- +goose ${word === "up" ? "Up" : "Down"}" stands twice or below Down`);
      }
      if (word === "down" && section === undefined) fail(start, '"-- +goose Up" must come first');
      close(start);
      section = word;
      from = end;
      begun = undefined;
    } else if (word === "statementbegin" || word === "statementend") {
      const isBegin = word === "statementbegin";
      if (section === undefined || isBegin === (begun !== undefined)) {
        fail(start, "StatementBegin and StatementEnd of goose do not fit together");
      }
      close(start);
      from = end;
      begun = isBegin ? start : undefined;
    } else fail(start, `goose has no mark ${JSON.stringify(word)}`);
  }
  close(source.text.length);
  if (begun !== undefined) fail(begun, '"-- +goose StatementBegin" has no StatementEnd');
  const first = marks.find(({ word }) => word === "up");
  if (first === undefined) fail(0, 'it has no line "-- +goose Up"; add it above the commands');
  else {
    const stray = findCommandBefore(source, first);
    if (stray >= 0) fail(stray, 'a command stands above "-- +goose Up"; move it below');
  }
  if (isBroken) return undefined;
  const down = ranges.down.length > 0 ? { source, ranges: ranges.down } : undefined;
  return { up: { source, ranges: ranges.up }, down, isMarked };
};

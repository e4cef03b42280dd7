// What is found while a folder is read: problems, which are reported together, and notices.

import { AdminError } from "../../registry/admin-error.ts";
import type { Notice } from "./migration.ts";

/** A reason not to run a folder. */
export interface Problem {
  /** Relative to the folder. */
  readonly file: string;
  /** From 1; undefined for the file as a whole. */
  readonly line: number | undefined;
  /** What is, and what to do. */
  readonly text: string;
}

/** The error that lists every problem of a folder. */
export class FolderError extends AdminError {
  readonly problems: readonly Problem[];
  constructor(folder: string, problems: readonly Problem[]) {
    const count = problems.length === 1 ? "1 problem" : `${problems.length} problems`;
    const lines = problems.map(({ file, line, text }) =>
      line === undefined ? `${file}: ${text}` : `${file}:${line}: ${text}`,
    );
    super([`Cannot read migrations of "${folder}": ${count}`, ...lines].join("\n"), {
      code: "migrations_invalid",
    });
    this.problems = problems;
  }
}

/** Collects problems and notices. */
export class Findings {
  readonly problems: Problem[] = [];
  readonly notices: Notice[] = [];

  refuse(file: string, line: number | undefined, text: string): void {
    this.problems.push({ file, line, text });
  }

  note(file: string, line: number, kind: string, text: string): void {
    this.notices.push({ file, line, kind, text });
  }
}

// What a verb is: a file beside this folder that hands one of these to runVerb.

import type { Progress } from "./progress.ts";

/** An option of a verb. */
export interface Option {
  readonly type: "string" | "boolean";
  /** True when it may be given more than once; its value is then an array. */
  readonly multiple?: boolean;
  /** How its value is called in the help, such as "NAME". */
  readonly value?: string;
  /** What it does, for the help. */
  readonly about: string;
}

/** What a verb is called with, and how it speaks while it works. */
export interface Call {
  /** The values before any option, as many as the verb's `operands`. */
  readonly operands: readonly string[];
  /** The text of an option; undefined when it was not given. */
  text(name: string): string | undefined;
  /** The texts of an option that may be given more than once. */
  texts(name: string): readonly string[];
  /**
   * The whole number of an option; undefined when it was not given.
   * @throws {UsageError} when it is none from `min` to `max`
   */
  integer(name: string, min: number, max: number): number | undefined;
  /** Whether an option was given. */
  has(name: string): boolean;
  readonly env: NodeJS.ProcessEnv;
  /** Prints one item now: with --json `json` as a line of its own, else `line` unless it is undefined. */
  print(line: string | undefined, json: unknown): void;
  /** Begins to count; the bar ends with the verb at the latest. */
  track(total: number, unit: string): Progress;
  /**
   * Aborted by the first Ctrl-C or SIGTERM once it was asked for: the verb then ends what is at work and
   * returns. A second one ends the process at once, which every verb must survive.
   */
  interruption(): AbortSignal;
}

/** What a verb has to tell at its end: `lines` for a person, `json` for a machine. */
export interface Report {
  readonly lines: readonly string[];
  readonly json: unknown;
  /** 0 when left out; 1 for failed, 3 for done in part. */
  readonly status?: 0 | 1 | 3;
}

/** One verb. */
export interface Verb {
  /** The file's name without its ending. */
  readonly name: string;
  /** One sentence for the help. */
  readonly about: string;
  /** Names of the operands, all of them needed. */
  readonly operands: readonly string[];
  readonly options: Readonly<Record<string, Option>>;
  /** The arguments of an example. */
  readonly example: string;
  run(call: Call): Promise<Report>;
}

// What the benchmark is made of: parts that run one after the other in one process, each with what it
// opened closed behind it.

import type { Options } from "./options.ts";

/** How to end what was opened; called from the last to the first. */
export type Openings = (() => Promise<unknown>)[];

/** What a part is given. */
export interface PartContext {
  readonly options: Options;
  /** Aborted by Ctrl-C: throw soon; what `openings` holds is closed all the same. */
  readonly signal: AbortSignal;
  /** Put the end of everything into it as soon as it is open; closed when the part has ended. */
  readonly openings: Openings;
  /** Tells whoever waits how far it has come: a line on standard error. */
  readonly say: (text: string) => void;
}

/** A drawing for the report. */
export interface Chart {
  /** The name of its file without a folder, such as `latency.svg`. */
  readonly file: string;
  /** Stands for the drawing where it cannot be seen. */
  readonly title: string;
  readonly svg: string;
}

/** What a part has found. */
export interface PartResult {
  /** The heading of its section. */
  readonly title: string;
  /** The section below the heading: what was measured how, then the tables. */
  readonly markdown: string;
  /** Shown below the tables, in this order. */
  readonly charts: readonly Chart[];
  /** All that was measured, for its JSON file. */
  readonly figures: unknown;
  /** Rowhouse gave a wrong answer or an error; one line each. They make the exit status 1. */
  readonly failures: readonly string[];
  /** A bar was not met, with its figure; one line each. They are printed and change no status. */
  readonly missed: readonly string[];
}

/** One part of the benchmark. */
export interface Part {
  /** For `--only`: a lower-case word. */
  readonly name: string;
  /** Measures. Errors end the whole benchmark with status 1. */
  run(context: PartContext): Promise<PartResult>;
}

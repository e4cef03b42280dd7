// The type of a verb. Each file beside this folder passes one to runVerb.

import type { VerbName } from "../program/verbs.ts";
import type { Registry } from "../registry/registry.ts";
import type { Meter } from "./meter.ts";

/** An option of a verb. */
interface Option {
  readonly type: "string" | "boolean";
  /** True when it may be given more than once. */
  readonly multiple?: boolean;
  /** One letter that stands for it, as in -h. */
  readonly short?: string;
  /** Name of its value in the help, such as "NAME". */
  readonly value?: string;
  /** Its description in the help. */
  readonly about: string;
}

/** The options of a verb by name. */
export type Options = Readonly<Record<string, Option>>;

/** Names of the options that have one text. */
type TextName<O extends Options> = {
  [Name in keyof O & string]: O[Name] extends { readonly multiple: true }
    ? never
    : O[Name] extends { readonly type: "string" }
      ? Name
      : never;
}[keyof O & string];

/** Names of the options that may have several texts. */
type ListName<O extends Options> = {
  [Name in keyof O & string]: O[Name] extends { readonly type: "string"; readonly multiple: true }
    ? Name
    : never;
}[keyof O & string];

/** A tuple with one text for each operand; an operand in brackets, as `[FILE]`, may be left out. */
export type OperandTexts<Operands extends readonly string[]> = {
  readonly [Place in keyof Operands]: Operands[Place] extends `[${string}]`
    ? string | undefined
    : string;
};

/** The arguments of a verb, and its output while it runs. */
export interface Call<
  Operands extends readonly string[] = readonly string[],
  O extends Options = Options,
> {
  /** The values before any option, in the order of the verb's `operands`. */
  readonly operands: OperandTexts<Operands>;
  /** The text of an option; undefined when it was not given. */
  text(name: TextName<O>): string | undefined;
  /** The texts of an option that may be given more than once. */
  texts(name: ListName<O>): readonly string[];
  /**
   * The whole number of an option; undefined when it was not given.
   * @throws {UsageError} when it is not a whole number from `min` to `max`
   */
  integer(name: TextName<O>, min: number, max: number): number | undefined;
  /** Whether an option was given. */
  has(name: keyof O & string): boolean;
  readonly env: NodeJS.ProcessEnv;
  /**
   * Opens the registry that the environment names, passes it to `work`, and closes it.
   * @throws {ConfigError} that lists every problem of the environment
   * @throws {AdminError} when the environment does not name a database
   */
  withRegistry<T>(work: (registry: Registry) => Promise<T>): Promise<T>;
  /** Prints one item now: with --json, `json` on one line; otherwise `line`, unless it is undefined. */
  print(line: string | undefined, json: unknown): void;
  /**
   * Asks the person at the terminal and returns the line that they typed.
   * @returns undefined with --json, or when standard input or output is not a terminal
   */
  ask(question: string): Promise<string | undefined>;
  /** Starts a progress bar and returns its meter. The bar ends with the verb at the latest. */
  meter(unit: "tenants" | "objects" | "bytes"): Meter;
  /**
   * Returns a signal that the first Ctrl-C or SIGTERM aborts: the verb then finishes the tenants that it has
   * started and returns. A second one ends the process at once; the database must stay consistent.
   */
  interruption(): AbortSignal;
}

/** The result of a verb: `lines` for a person, `json` for a machine. */
export interface Report {
  readonly lines: readonly string[];
  readonly json: unknown;
  /** 0 when left out; 1 for failed, 3 for done in part. */
  readonly status?: 0 | 1 | 3;
}

/** One verb. */
export interface Verb<
  Operands extends readonly string[] = readonly string[],
  O extends Options = Options,
> {
  /** The file's name without its extension. */
  readonly name: VerbName;
  /** One sentence for the help. */
  readonly about: string;
  /** Names of the operands; those in brackets, at the end, may be left out. */
  readonly operands: Operands;
  readonly options: O;
  /** The arguments of an example. */
  readonly example: string;
  /** Runs the verb. It imports large modules here, so that --help and wrong usage do not load them. */
  run(call: Call<Operands, O>): Promise<Report>;
}

// One environment variable, and how a table of them is read. The reader reports all problems at once and prints
// nothing secret.

/** One environment variable. */
export interface Variable<T> {
  /** The text of a variable that is unset or empty; undefined when the variable is required. */
  readonly fallback?: string;
  /** What the text of a required variable looks like. */
  readonly example?: string;
  /** Its meaning, for the tables of src/README.md and admin/README.md. */
  readonly about: string;
  /** True when no error may print the value or a part of it. */
  readonly secret?: boolean;
  /** Reads the text; throws an Error whose message completes "Cannot read NAME: …". */
  parse(text: string): T;
}

/** A table of variables by name. */
export type Variables = Readonly<Record<string, Variable<unknown>>>;

/** The values of a table's variables by name. */
export type Values<T extends Variables> = {
  readonly [Name in keyof T]: T[Name] extends Variable<infer V> ? V : never;
};

/** The error for variables that cannot be read; its message has one line for each. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
}

/** A text that printing, logging and JSON never show. */
export class Secret {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  /** The text itself, for the code that opens the connection. */
  reveal(): string {
    return this.#text;
  }

  toString(): string {
    return "[secret]";
  }

  toJSON(): string {
    return "[secret]";
  }

  // console.log and its like call these: https://nodejs.org/api/util.html, https://docs.deno.com
  static {
    for (const inspect of ["nodejs.util.inspect.custom", "Deno.customInspect"]) {
      Object.defineProperty(this.prototype, Symbol.for(inspect), { value: () => "[secret]" });
    }
  }
}

/**
 * Reads every variable of a table.
 * @param env names to texts; an empty text counts as unset
 * @returns the values by name, frozen
 * @throws {ConfigError} that lists every problem at once, one line each
 */
export function readVariables<T extends Variables>(
  table: T,
  env: Readonly<Record<string, string | undefined>>,
): Values<T> {
  const values: Record<string, unknown> = {};
  const problems: string[] = [];
  for (const [name, variable] of Object.entries(table)) {
    const text = env[name] || variable.fallback;
    try {
      if (text === undefined) throw new Error(`it is not set${remedy(variable)}`);
      values[name] = variable.parse(text);
    } catch (error) {
      problems.push(
        `Cannot read ${name}: ${error instanceof Error ? error.message : "the text is unreadable"}`,
      );
    }
  }
  if (problems.length > 0) throw new ConfigError(problems.join("\n"));
  return Object.freeze(values) as Values<T>;
}

function remedy({ example }: Variable<unknown>): string {
  return example === undefined ? "" : `; set it to ${example}`;
}

/**
 * Reads two parts of an environment.
 * @throws {ConfigError} that lists the problems of both
 */
export function readBoth<A, B>(readFirst: () => A, readSecond: () => B): readonly [A, B] {
  let first: A;
  try {
    first = readFirst();
  } catch (error) {
    const second = findProblems(readSecond);
    if (!(error instanceof ConfigError) || second === undefined) throw error;
    throw new ConfigError(`${error.message}\n${second}`, { cause: error });
  }
  return [first, readSecond()];
}

function findProblems(read: () => unknown): string | undefined {
  try {
    read();
    return undefined;
  } catch (error) {
    return error instanceof ConfigError ? error.message : undefined;
  }
}

/**
 * A variable that is a whole number.
 * @param range the least and the greatest value
 */
export function integer(
  fallback: number,
  [min, max]: readonly [min: number, max: number],
  about: string,
): Variable<number> {
  return { fallback: String(fallback), about, parse: (text) => parseInteger(text, min, max) };
}

/**
 * Reads a whole number in plain digits.
 * @throws {Error} that completes "Cannot read NAME: …"
 */
export function parseInteger(text: string, min: number, max: number): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < min || value > max) {
    throw new Error(`"${text}" is not a whole number from ${min} to ${max}`);
  }
  return value;
}

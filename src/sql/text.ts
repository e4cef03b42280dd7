// Turns a text with the parameters $1, $2, … and their values into one safe SQL text. The text may be put together at
// run time, so it is checked as a template is; what was checked is kept for the next time, up to a bound.

import { type ParameterText, splitParameters } from "./lexer.ts";
import { untypedLiteral } from "./parameter.ts";
import { TemplateError } from "./template-error.ts";

/** A statement that may be sent. */
export interface CheckedStatement {
  readonly text: string;
  /** Whether its answer has rows: false for INSERT, UPDATE, DELETE or MERGE without RETURNING. */
  readonly hasRows: boolean;
}

interface KnownText extends ParameterText {
  /** The number of parameters. */
  readonly count: number;
}

const MAX_KNOWN = 512;
const MAX_KNOWN_LENGTH = 8192;
/** The texts that were checked, the oldest first. */
const known = new Map<string, KnownText>();

/**
 * Writes a text and its parameters as one SQL statement.
 * @param text one statement; a `;` at its end is left out
 * @param parameters the values of $1, $2, …, which become quoted literals without a type
 * @throws {TemplateError} when the text is not accepted, or has other parameters than there are values
 * @throws {AppError} VALUE_INVALID when a value cannot be written
 * @throws {TypeError} when a value's type cannot be written as a literal
 */
export function compileText(text: string, parameters: readonly unknown[]): CheckedStatement {
  const { pieces, numbers, count, hasRows } = known.get(text) ?? read(text);
  if (parameters.length !== count) {
    throw new TemplateError(
      `Cannot write statement: it has ${parameters.length} values for ${count} parameters`,
    );
  }
  // Each value is written once: what is not fixed could be written differently the second time.
  const literals = Array.from(parameters, (value, at) =>
    untypedLiteral(value, `parameter $${at + 1}`),
  );
  let whole = pieces[0] ?? "";
  for (let at = 0; at < numbers.length; at += 1) {
    whole += literals[(numbers[at] ?? 0) - 1];
    whole += pieces[at + 1] ?? "";
  }
  // The text may end in a comment, so the line must end here.
  return { text: `${whole}\n`, hasRows };
}

function read(text: string): KnownText {
  if (typeof text !== "string") {
    throw new TemplateError(`Cannot read statement: it is a ${typeof text}, must be a string`);
  }
  const split = splitParameters(text.replace(/;\s*$/, ""));
  const numbers = new Set(split.numbers);
  const count = numbers.size;
  const last = split.numbers.reduce((most, number) => Math.max(most, number), 0);
  for (let number = 1; number < last; number += 1) {
    if (numbers.has(number)) continue;
    throw new TemplateError(
      `Cannot read statement: "$${number}" is missing, and "$${last}" is there`,
    );
  }
  const found = { ...split, count };
  if (text.length <= MAX_KNOWN_LENGTH) {
    const [oldest] = known.size < MAX_KNOWN ? [] : known.keys();
    if (oldest !== undefined) known.delete(oldest);
    known.set(text, found);
  }
  return found;
}

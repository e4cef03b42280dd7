// A template and its values to one safe SQL text. The fixed text is checked once for each place in
// the source that has a template; the values become literals, the names quoted identifiers. There is
// no way to put raw text into a statement, and none shall be added.

import { isForbiddenCall, isForbiddenName } from "./forbidden.ts";
import { checkTemplate } from "./lexer.ts";
import { literal } from "./literal.ts";
import { quoteName } from "./quote-name.ts";
import { TemplateError } from "./template-error.ts";

export { TemplateError } from "./template-error.ts";
export { json, type Json, type Value } from "./literal.ts";

const checked = new WeakSet<object>();

/** A name to be put into a statement; made by {@link identifier}. */
export class Identifier {
  readonly #sql: string;
  readonly #isForbiddenCall: boolean;

  /** {@link identifier} has the rules. */
  constructor(name: string) {
    const sql = quoteName(name);
    if (isForbiddenName(name))
      throw new TemplateError(`Cannot write name "${name}": it is not accepted`);
    this.#sql = sql;
    this.#isForbiddenCall = isForbiddenCall(name);
  }

  /** Whether it is the name of a function that no statement may call. */
  get isForbiddenCall(): boolean {
    return this.#isForbiddenCall;
  }

  /** The name in double quotes. */
  get sql(): string {
    return this.#sql;
  }

  /** Whether a value was made by this class, and not only given its prototype. */
  static is(value: unknown): value is Identifier {
    return typeof value === "object" && value !== null && #sql in value;
  }
}

/**
 * The one way to put a name (of a table, a column, …) into a statement at run time. A dot is part of
 * the name: write `` ${identifier("a")}.${identifier("b")} `` for two.
 * @param name 1 to 63 bytes of UTF-8: PostgreSQL cuts a longer one, and it would be another's
 * @throws {TemplateError} for an empty or longer name, NUL, a lone surrogate, or a name that no
 *   statement may use
 * Source: https://www.postgresql.org/docs/current/sql-syntax-lexical.html#SQL-SYNTAX-IDENTIFIERS
 */
export function identifier(name: string): Identifier {
  return new Identifier(name);
}

/**
 * Writes a tagged template as one SQL statement.
 * @param strings the fixed text, as a tag receives it
 * @param values literals ({@link literal} has the rules) or identifiers, one for each placeholder
 * @throws {TemplateError} when the fixed text is not acceptable, see {@link checkTemplate}
 * @throws {AppError} VALUE_INVALID when a value cannot be written
 * @throws {TypeError} when a value has a type that has no literal
 */
export function compile(strings: TemplateStringsArray, values: readonly unknown[]): string {
  if (!checked.has(strings)) {
    if (!Array.isArray(strings) || !Array.isArray(strings.raw) || !Object.isFrozen(strings)) {
      throw new TemplateError("Cannot read statement: write it as a tagged template, tenant`…`");
    }
    checkTemplate(strings);
    checked.add(strings);
  }
  if (values.length !== strings.length - 1) {
    throw new TemplateError(
      `Cannot write statement: ${values.length} values for ${strings.length - 1} placeholders`,
    );
  }
  let text = strings[0] ?? "";
  for (let index = 0; index < values.length; index += 1) {
    const value = values[index];
    if (Identifier.is(value)) checkCall(value, strings[index + 1] ?? "");
    // Between spaces, a name joins none of its neighbours.
    text += Identifier.is(value) ? ` ${value.sql} ` : literal(value, `value ${index + 1}`);
    text += strings[index + 1] ?? "";
  }
  // A comment may be the last thing in the text: the line ends here, whatever follows.
  return `${text}\n`;
}

/** A name that may not be called: what follows must begin with something else than a parenthesis or a comment. */
function checkCall(name: Identifier, following: string): void {
  if (!name.isForbiddenCall || /^\s*[^\s(/-]/.test(following)) return;
  throw new TemplateError(`Cannot write statement: ${name.sql}(…) is not accepted`);
}

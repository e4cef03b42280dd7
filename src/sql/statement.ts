// Turns a template and its values into one safe SQL text. It checks the fixed text of each template in the source
// once. Values become literals, names become quoted identifiers. Raw text cannot be put into a statement, and that
// must stay so.

import { isForbiddenCall, isForbiddenName } from "./forbidden.ts";
import { checkTemplate } from "./lexer.ts";
import { literal } from "./literal.ts";
import { quoteName } from "./quote-name.ts";
import { TemplateError } from "./template-error.ts";
import type { CheckedStatement } from "./text.ts";

export { TemplateError } from "./template-error.ts";
export { json, type Value } from "./literal.ts";
export { type CheckedStatement, compileText } from "./text.ts";

/** For the fixed text of each template that was checked: whether its answer has rows. */
const checked = new WeakMap<object, boolean>();

/** A name for a statement; made by {@link identifier}. */
export class Identifier {
  readonly #sql: string;
  readonly #isForbiddenCall: boolean;

  /** The same as {@link identifier}. */
  constructor(name: string) {
    const sql = quoteName(name);
    if (isForbiddenName(name))
      throw new TemplateError(`Cannot write name "${name}": it is not accepted`);
    this.#sql = sql;
    this.#isForbiddenCall = isForbiddenCall(name);
  }

  /** Whether a statement must not call a function of this name. */
  get isForbiddenCall(): boolean {
    return this.#isForbiddenCall;
  }

  /** The name in double quotes. */
  get sql(): string {
    return this.#sql;
  }

  /** Whether this class made a value; false for an object that only has its prototype. */
  static is(value: unknown): value is Identifier {
    return typeof value === "object" && value !== null && #sql in value;
  }
}

/**
 * Puts a name of a table, a column or the like into a statement at run time. It is the only way to do so. A dot is
 * part of the name: write `` ${identifier("a")}.${identifier("b")} `` for two names.
 * @param name 1 to 63 bytes of UTF-8: PostgreSQL truncates a longer name, which may then name another object
 * @throws {TemplateError} for an empty or longer name, NUL, a lone surrogate, or a forbidden name
 * Source: https://www.postgresql.org/docs/current/sql-syntax-lexical.html#SQL-SYNTAX-IDENTIFIERS
 * @example
 * ```ts
 * import { identifier, type Row, type Tenant } from "rowhouse";
 *
 * export async function listSorted(tenant: Tenant, column: "id" | "text"): Promise<readonly Row[]> {
 *   return tenant`select id, text from note order by ${identifier(column)}`;
 * }
 * ```
 */
export function identifier(name: string): Identifier {
  return new Identifier(name);
}

/**
 * Writes a tagged template as one SQL statement.
 * @param strings the fixed text, as a tag receives it
 * @param values literals ({@link literal} has the rules) or identifiers, one for each placeholder
 * @throws {TemplateError} when {@link checkTemplate} rejects the fixed text
 * @throws {AppError} VALUE_INVALID when a value cannot be written
 * @throws {TypeError} when a value's type cannot be written as a literal
 */
export function compile(
  strings: TemplateStringsArray,
  values: readonly unknown[],
): CheckedStatement {
  let hasRows = checked.get(strings);
  if (hasRows === undefined) {
    if (!Array.isArray(strings) || !Array.isArray(strings.raw) || !Object.isFrozen(strings)) {
      throw new TemplateError("Cannot read statement: write it as a tagged template, tenant`…`");
    }
    hasRows = checkTemplate(strings);
    checked.set(strings, hasRows);
  }
  if (values.length !== strings.length - 1) {
    throw new TemplateError(
      `Cannot write statement: it has ${values.length} values for ${strings.length - 1} placeholders`,
    );
  }
  let text = strings[0] ?? "";
  for (let index = 0; index < values.length; index += 1) {
    const value = values[index];
    if (Identifier.is(value)) checkCall(value, strings[index + 1] ?? "");
    // The spaces keep a name apart from the text beside it.
    text += Identifier.is(value) ? ` ${value.sql} ` : literal(value, `value ${index + 1}`);
    text += strings[index + 1] ?? "";
  }
  // The text may end in a comment, so the line must end here.
  return { text: `${text}\n`, hasRows };
}

/** Rejects the call of a forbidden function: the text after its name must not begin with "(" or a comment. */
function checkCall(name: Identifier, following: string): void {
  if (!name.isForbiddenCall || /^\s*[^\s(/-]/.test(following)) return;
  throw new TemplateError(`Cannot write statement: ${name.sql}(…) is not accepted`);
}

// The operands of a verb: texts in their order or, from two on, options with their names. A call has the one or the
// other.

import { UsageError } from "./usage-error.ts";
import type { Options, OperandTexts } from "./verb.ts";

/** What the parser has read; only an option that may be given more than once has a list. */
export type OptionValues = Readonly<
  Record<string, string | boolean | readonly (string | boolean)[] | undefined>
>;

/** The operands of a call, and the options without those that stood for operands. */
export interface ReadOperands<Operands extends readonly string[]> {
  readonly operands: OperandTexts<Operands>;
  readonly values: OptionValues;
}

const SCHEMA_NAMES = new Set(["SCHEMA", "OLD", "NEW", "SRC"]);

/** The options that stand for the operands of a verb with two or more: `--schema` for SCHEMA. */
export function operandOptions(names: readonly string[]): Options {
  if (names.length < 2) return {};
  return Object.fromEntries(
    names.map((name) => [
      name.toLowerCase(),
      { type: "string", value: name, about: `The operand ${name}` },
    ]),
  );
}

/** Writes the operands as options: `--host HOST --schema SCHEMA`. */
export function asOptions(names: readonly string[]): string {
  return names.map((name) => `--${name.toLowerCase()} ${name}`).join(" ");
}

/**
 * Finds a verb's operands. An option of the verb that may be repeated, such as `--host`, gives the operand first.
 * @param own the verb's own options
 * @throws {UsageError} for a wrong number, for both forms or half of each, and for a schema name that is not one
 */
export function readOperands<Operands extends readonly string[]>(
  names: Operands,
  own: Options,
  positionals: readonly string[],
  values: OptionValues,
): ReadOperands<Operands> {
  const flags = names.length < 2 ? [] : names.map((name) => name.toLowerCase());
  const given = flags.filter((flag) => values[flag] !== undefined);
  if (positionals.length > 0 || given.length === 0) {
    if (given.some((flag) => !(flag in own))) {
      throw new UsageError(`it takes ${names.join(" ")} or ${asOptions(names)}, not parts of both`);
    }
    return { operands: complete(names, positionals), values };
  }
  const missing = flags.find((flag) => !given.includes(flag));
  if (missing !== undefined) {
    throw new UsageError(`it takes ${asOptions(names)}; --${missing} is missing`);
  }
  const lists = flags.map((flag) => [flag, [values[flag]].flat()] as const);
  const rest = lists.map(([flag, list]) => [flag, list.length > 1 ? list.slice(1) : undefined]);
  return {
    operands: complete(
      names,
      lists.map(([, [first]]) => first),
    ),
    values: { ...values, ...Object.fromEntries(rest) },
  };
}

function complete<Operands extends readonly string[]>(
  names: Operands,
  texts: readonly unknown[],
): OperandTexts<Operands> {
  if (!isComplete(texts, names)) {
    const wanted = names.join(" ") || "no operands";
    throw new UsageError(`it takes ${wanted}, got ${texts.length}`);
  }
  requireOrder(names, texts);
  return texts;
}

function isComplete<Operands extends readonly string[]>(
  texts: unknown,
  names: Operands,
): texts is OperandTexts<Operands> {
  const required = names.filter((name) => !name.startsWith("[")).length;
  return Array.isArray(texts) && texts.length >= required && texts.length <= names.length;
}

/** A host, a file or a URL where a schema belongs is a sign of operands in another order. */
function requireOrder(names: readonly string[], texts: readonly unknown[]): void {
  if (names.length < 2) return;
  for (const [place, name] of names.entries()) {
    const text = texts[place];
    if (SCHEMA_NAMES.has(name) && typeof text === "string" && /^[\w-]*[.:/]/.test(text)) {
      throw new UsageError(
        `${name} ${JSON.stringify(text)} is not the name of a schema: the order is ${names.join(" ")}, ` +
          `or name each as ${asOptions(names)}`,
      );
    }
  }
}

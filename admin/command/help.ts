// The text that --help prints.

import { commandFor } from "../program/form.ts";
import { asOptions } from "./operands.ts";
import type { Options, Verb } from "./verb.ts";

/** Formats the help of a verb: usage, purpose, options and an example. */
export function helpText(
  verb: Pick<Verb, "name" | "about" | "operands" | "example">,
  options: Options,
): string {
  const names = Object.entries(options).map(([name, option]): [string, string] => [
    `${option.short ? `-${option.short}, ` : ""}--${name}${option.value ? ` ${option.value}` : ""}${option.multiple ? " …" : ""}`,
    option.about,
  ]);
  const width = Math.max(...names.map(([name]) => name.length));
  return [
    ["Usage:", commandFor(verb.name), ...verb.operands, "[options]"].join(" "),
    "",
    verb.about,
    "",
    ...names.map(([name, about]) => `  ${name.padEnd(width)}  ${about}`),
    "",
    ...(verb.operands.length < 2 ? [] : [`Operands may be options: ${asOptions(verb.operands)}.`]),
    "Connects with ADMIN_DATABASE_URL, else DATABASE_URL, or with the URL in the file that ADMIN_DATABASE_URL_FILE or",
    "DATABASE_URL_FILE names. Reads .env in the current folder; variables of the environment win over it.",
    "Exit status: 0 done, 1 failed, 2 wrong usage, 3 done in part.",
    "",
    `Example: ${commandFor(verb.name)} ${verb.example}`.trimEnd(),
    "",
  ].join("\n");
}

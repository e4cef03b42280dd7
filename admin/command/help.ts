// The text that --help prints.

import type { Options, Verb } from "./verb.ts";

/** Formats the help of a verb: usage, purpose, options and an example. */
export function helpText(
  verb: Pick<Verb, "name" | "about" | "operands" | "example">,
  options: Options,
): string {
  const names = Object.entries(options).map(([name, option]): [string, string] => [
    `--${name}${option.value ? ` ${option.value}` : ""}${option.multiple ? " …" : ""}`,
    option.about,
  ]);
  const width = Math.max(...names.map(([name]) => name.length));
  return [
    ["Usage: node", `admin/${verb.name}.js`, ...verb.operands, "[options]"].join(" "),
    "",
    verb.about,
    "",
    ...names.map(([name, about]) => `  ${name.padEnd(width)}  ${about}`),
    "",
    "Connects with ADMIN_DATABASE_URL, else DATABASE_URL.",
    "Exit status: 0 done, 1 failed, 2 wrong usage, 3 done in part.",
    "",
    `Example: node admin/${verb.name}.js ${verb.example}`.trimEnd(),
    "",
  ].join("\n");
}

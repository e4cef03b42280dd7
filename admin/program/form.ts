// The form in which a person calls the verbs: the program `rowhouse` of the package, or the file of a verb. Help and
// errors name that form. The first argument of the process tells it, so that it holds for each run on its own.

import { basename } from "node:path";
import process from "node:process";
import type { VerbName } from "./verbs.ts";

/** How a person calls the program of the package. */
export const PROGRAM = "npx rowhouse";

// The file that package.json names in `bin`.
const PROGRAM_FILE = "rowhouse.js";

// Within an installed package, `npx rowhouse` is the shorter form, and it always works.
const IS_INSTALLED = import.meta.url.includes("/node_modules/");

/** Writes the command that runs a verb: `npx rowhouse status`, or `node admin/status.js`. */
export function commandFor(verb: VerbName): string {
  return IS_INSTALLED || isProgram() ? `${PROGRAM} ${verb}` : `node admin/${verb}.js`;
}

/** The arguments of the verb that this process runs. */
export function verbArguments(): readonly string[] {
  return process.argv.slice(isProgram() ? 3 : 2);
}

function isProgram(): boolean {
  return basename(process.argv[1] ?? "") === PROGRAM_FILE;
}

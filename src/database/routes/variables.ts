// The environment's names of other databases: DATABASE_URL_EU is the database "eu".

import type { Secret, Variable } from "../../environment.ts";
import { DATABASE_NAME, HOME } from "./names.ts";

const PREFIX = "DATABASE_URL_";
const FILE = "_FILE";

/** The variables that have URLs among all names of an environment, those whose URL is in a file included. */
export function findUrlVariables(names: readonly string[]): readonly string[] {
  const found = names
    .filter((name) => name.startsWith(PREFIX) && name !== `DATABASE_URL${FILE}`)
    .map((name) => (name.endsWith(FILE) ? name.slice(0, -FILE.length) : name));
  return ["DATABASE_URL", ...new Set(found)];
}

/** The name of the database of a variable. */
export function databaseOf(variable: string): string {
  return variable.slice(PREFIX.length).toLowerCase();
}

/**
 * The table of the other databases' variables that are set.
 * @param names the names that the environment has
 * @param parse reads a URL
 */
export function otherVariables(
  env: Readonly<Record<string, string | undefined>>,
  names: readonly string[],
  parse: (text: string) => Secret,
): Readonly<Record<string, Variable<Secret>>> {
  const set = findUrlVariables(names).filter((name) => name !== "DATABASE_URL" && env[name]);
  return Object.fromEntries(set.map((name) => [name, variableOf(name, parse)]));
}

function variableOf(variable: string, parse: (text: string) => Secret): Variable<Secret> {
  const name = databaseOf(variable);
  const isName = DATABASE_NAME.test(name) && variable === `${PREFIX}${name.toUpperCase()}`;
  return {
    about: `Where the service role connects for the tenants of the database "${name}"`,
    secret: true,
    parse(text) {
      if (name === HOME) throw new Error(`the database "${HOME}" is that of DATABASE_URL`);
      if (isName) return parse(text);
      throw new Error(
        'the name of a database has capital letters, digits and "_" here, begins with a letter, and has 31 characters at most',
      );
    },
  };
}

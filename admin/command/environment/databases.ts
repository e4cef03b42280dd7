// The URLs of the other databases: a variable for each, with the database's name behind that of home's variable.

import { readFileSync } from "node:fs";
import { parseDatabaseUrl } from "../../../src/config.ts";
import {
  ConfigError,
  readVariables,
  type Secret,
  type Variable,
} from "../../../src/environment.ts";
import { readSecretFiles } from "../../../src/secret-files.ts";
import { isDatabaseName } from "../../registry/others.ts";

/**
 * Reads the variables `<HOME>_<NAME>`, and the files that `<HOME>_<NAME>_FILE` names.
 * @param home the variable of home's URL, such as "ADMIN_DATABASE_URL"
 * @returns the URLs by name, in lower case and in alphabetical order
 * @throws {ConfigError} that lists every problem, one line each
 */
export function readOtherUrls(
  env: Readonly<Record<string, string | undefined>>,
  home: string,
): ReadonlyMap<string, Secret> {
  const nameOf = (variable: string): string => variable.slice(home.length + 1).toLowerCase();
  const given = Object.keys(env).filter((key) => key.startsWith(`${home}_`) && Boolean(env[key]));
  const variables = new Set(
    given.map((key) => key.replace(/_FILE$/, "")).filter((key) => key !== home),
  );
  const wrong = [...variables].filter(
    (key) => !isDatabaseName(nameOf(key)) || key !== key.toUpperCase(),
  );
  if (wrong.length > 0) {
    const wanted = `the name behind ${home}_ must be 1 to 31 of A-Z, 0-9 and _, begin with a letter, and not be HOME`;
    throw new ConfigError(wrong.map((key) => `Cannot read ${key}: ${wanted}`).join("\n"));
  }
  const names = [...variables].toSorted();
  const secrets = readSecretFiles(env, names, (path) => readFileSync(path, "utf8"));
  const variable: Variable<Secret> = {
    about: "URL of another database",
    secret: true,
    parse: parseDatabaseUrl,
  };
  const table = Object.fromEntries(names.map((name) => [name, variable]));
  const values = readVariables(table, { ...env, ...secrets });
  return new Map(Object.entries(values).map(([name, url]) => [nameOf(name), url]));
}

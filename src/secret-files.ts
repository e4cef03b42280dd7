// Secrets in files, as container platforms hand them over: NAME_FILE names the file that holds NAME.

import { ConfigError } from "./environment.ts";

/**
 * Reads the variables whose values are in files. One newline at a file's end does not belong to the value.
 * @param env names to texts; an empty text counts as unset
 * @param names of the variables; of each, the one with `_FILE` behind it holds a path
 * @param read reads a file's text, or throws an error with a code or a name
 * @returns the values by name, without those that have no file
 * @throws {ConfigError} that lists every file that cannot be read, is empty, or whose variable is set as well; it holds
 *   no part of a value
 */
export function readSecretFiles(
  env: Readonly<Record<string, string | undefined>>,
  names: readonly string[],
  read: (path: string) => string,
): Readonly<Record<string, string>> {
  const values: Record<string, string> = {};
  const problems: string[] = [];
  for (const name of names) {
    const path = env[`${name}_FILE`];
    if (!path) continue;
    const value = env[name] ? undefined : readValue(path, read);
    if (value instanceof Error) {
      problems.push(`Cannot read ${name}_FILE: file ${JSON.stringify(path)} ${value.message}`);
    } else if (value === undefined) {
      problems.push(`Cannot read ${name}: ${name} and ${name}_FILE are both set; set one of them`);
    } else values[name] = value;
  }
  if (problems.length > 0) throw new ConfigError(problems.join("\n"));
  return values;
}

function readValue(path: string, read: (path: string) => string): string | Error {
  try {
    const value = read(path).replace(/\r?\n$/, "");
    return value === "" ? new Error("is empty") : value;
  } catch (error) {
    const { code, name } = error as { readonly code?: string; readonly name: string };
    return new Error(`cannot be read (${code ?? name})`);
  }
}

// Reads a list of tenants from a file, or from standard input.

import { createReadStream } from "node:fs";
import process from "node:process";
import { UsageError } from "../command/usage-error.ts";
import { AdminError } from "../registry/admin-error.ts";
import { type Format, readTenantLines, type TenantLine } from "./lines.ts";

/** The option `--format` of the verbs that read such a file. */
export const FORMAT_OPTION = {
  type: "string",
  value: "csv|ndjson",
  about: "Format of the file; detected from its first character when left out",
} as const;

/**
 * Reads the text of `--format`.
 * @throws {UsageError} when it is not a format
 */
export function parseFormat(text: string | undefined): Format | undefined {
  if (text === undefined || text === "csv" || text === "ndjson") return text;
  throw new UsageError(`--format ${JSON.stringify(text)} must be csv or ndjson`);
}

/**
 * Reads the lines of a file.
 * @param file a path; `-` is standard input
 * @yields as {@link readTenantLines}
 * @throws {AdminError} when the file cannot be read
 */
export async function* readTenantFile(
  file: string,
  format: Format | undefined,
): AsyncGenerator<TenantLine> {
  const source = file === "-" ? process.stdin : createReadStream(file);
  try {
    yield* readTenantLines(source.setEncoding("utf8"), format);
  } catch (error) {
    const code: unknown = Reflect.get(Object(error), "code");
    if (typeof code !== "string") throw error;
    throw new AdminError(`Cannot read ${JSON.stringify(file)}: ${code}; name a readable file`);
  }
}

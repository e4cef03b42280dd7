// Reads the lines of a file of tenants, as CSV or NDJSON. It does not check the names.

import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Settings } from "../registry/tenants/state.ts";

/**
 * `csv` has the header `host,schema`; `ndjson` has one object per line, with `schema`, `host` or `hosts`, and maybe
 * `settings`.
 */
export type Format = "csv" | "ndjson";

/** One tenant as written in the file, or the problem of the line. */
export type TenantLine = { readonly line: number } & (ListedTenant | { readonly problem: string });

interface ListedTenant {
  readonly schema: string;
  readonly hosts: readonly string[];
  readonly settings?: Settings;
}

const MAX_LINE = 100_000;
const HEADER = ["host", "schema"];

/**
 * Reads the lines one after the other, and skips empty ones.
 * @param chunks the file's text
 * @param format when undefined, the first character decides: `{` begins NDJSON
 * @yields one item for each tenant, and one for each invalid line
 */
export async function* readTenantLines(
  chunks: AsyncIterable<string>,
  format: Format | undefined,
): AsyncGenerator<TenantLine> {
  const iterator = chunks[Symbol.asyncIterator]();
  let start = "";
  for (;;) {
    const next = await iterator.next();
    if (next.done === true) break;
    start += next.value;
    if (/\S/.test(start)) break;
  }
  const rest = { [Symbol.asyncIterator]: () => iterator };
  const text = Readable.from(joined(start.replace(/^\uFEFF/, ""), rest));
  const isObject = start.trimStart().startsWith("{");
  yield* (format ?? (isObject ? "ndjson" : "csv")) === "csv" ? readCsv(text) : readNdjson(text);
}

async function* joined(start: string, rest: AsyncIterable<string>): AsyncGenerator<string> {
  yield start;
  yield* rest;
}

async function* readCsv(text: Readable): AsyncGenerator<TenantLine> {
  const { CsvError, parse } = await import("csv-parse");
  const parser = parse({
    info: true,
    relax_column_count: true,
    skip_empty_lines: true,
    trim: true,
    max_record_size: MAX_LINE,
  });
  // The parser reports errors of the source.
  pipeline(text, parser).catch(() => {});
  let columns: readonly string[] | undefined;
  try {
    for await (const { record, info } of parser as AsyncIterable<{
      record: string[];
      info: { lines: number };
    }>) {
      const { lines: line } = info;
      if (columns === undefined) {
        columns = record.map((name) => name.toLowerCase());
        if (columns.toSorted().join(",") === HEADER.join(",")) continue;
        yield {
          line,
          problem: `The header is ${JSON.stringify(record.join(","))}, not "host,schema"`,
        };
        return;
      }
      if (record.length !== columns.length) {
        yield { line, problem: `It has ${record.length} fields, not ${columns.length}` };
        continue;
      }
      const field = (name: string): string => record[columns?.indexOf(name) ?? -1] ?? "";
      yield { line, schema: field("schema"), hosts: [field("host")] };
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    const { lines: line = 1 } = error as { readonly lines?: number };
    yield { line, problem: `It is not valid CSV from here on: ${error.message}` };
  }
}

async function* readNdjson(text: Readable): AsyncGenerator<TenantLine> {
  let line = 0;
  for await (const content of createInterface({ input: text, crlfDelay: Infinity })) {
    line += 1;
    if (content.trim() !== "") yield { line, ...readObject(content) };
  }
}

function readObject(content: string): ListedTenant | { problem: string } {
  let value: unknown;
  try {
    value = JSON.parse(content);
  } catch {
    value = undefined;
  }
  if (!isObject(value)) {
    return { problem: `It is not a JSON object: ${JSON.stringify(content.slice(0, 80))}` };
  }
  const { schema, host, hosts, settings, ...others } = value;
  const [other] = Object.keys(others);
  if (other !== undefined) {
    return {
      problem: `It has an unknown member ${JSON.stringify(other)}; it may have "schema", "host", "hosts" and "settings"`,
    };
  }
  const all: unknown[] = [
    ...(host === undefined ? [] : [host]),
    ...(Array.isArray(hosts) ? hosts : []),
  ];
  const isText = (item: unknown): item is string => typeof item === "string";
  if (!isText(schema) || all.length === 0 || !all.every(isText)) {
    return {
      problem: 'It needs "schema", a string, and "host", a string, or "hosts", an array of strings',
    };
  }
  if (settings === undefined) return { schema, hosts: all };
  if (!isObject(settings)) return { problem: 'Its "settings" are not an object' };
  return { schema, hosts: all, settings };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

// All that the programs under test print in one run, in one folder, and what must not be in it.

import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import type { Readable } from "node:stream";

// Names the folder; unset outside of a run of the suite, and nothing is kept then. Each process of the run has
// files of its own there: a line of one is never cut by another's.
const VARIABLE = "TEST_PRINTED";
const PRINTED = `${process.pid}.printed`;
const PLANTED = `${process.pid}.planted`;

const planted = new Set<string>();
// A service writes a line for each request: most of the time of a write is to open the file.
const kept = new Map<string, string>();
const MOST_KEPT = 1_000_000;

// A URL with a password, but for the one in the words that say how to write a URL.
const CONNECTION_STRING = /postgres(?:ql)?:\/\/[^\s:@/"]*:(?!PASSWORD@|…)[^\s@"]+@/gi;

const LOG_LINE = /^\{"time":"[^"]*","level":"\w+","event":.*$/gm;

/** The fields that a line of the service's log may have, those of the admin API's, and those of an error. */
const FIELDS = new Set([
  ..."time level event requestId method route host tenant status ms code outcome error signal seconds port problems".split(
    " ",
  ),
  ..."count variables actor verb reason tokens".split(" "),
]);
const ERROR_FIELDS = new Set(
  "name code sqlState routine constraint kind said database frames".split(" "),
);

/** Makes the folder of this run. */
export function openPrinted(): void {
  process.env[VARIABLE] = mkdtempSync(join(tmpdir(), "rowhouse-printed-"));
}

/** Keeps a text that was printed. */
export function recordText(text: string): void {
  append(PRINTED, text);
}

/** Keeps all that comes out of a program; whoever reads it as well is not disturbed. */
export function recordPrinted(...streams: readonly Readable[]): void {
  for (const stream of streams) {
    stream.on("data", (chunk: Buffer | string) => recordText(String(chunk)));
    stream.on("end", () => recordText("\n"));
  }
}

/** Names a text that no program may print from now on, and returns it. */
export function plant(secret: string): string {
  planted.add(secret);
  append(PLANTED, `${secret}\n`);
  return secret;
}

/** The same for the password of a URL. */
export function plantPassword(url: string): void {
  const { password } = new URL(url);
  if (password !== "") plant(decodeURIComponent(password));
}

/**
 * The lines with a secret, with any connection string, or with a field that the service does not log; each
 * with the reason before it. A run prints much: each secret is looked for in the whole text, not in each line.
 */
export function findLeaks(text: string): string[] {
  const leaks: string[] = [];
  for (const secret of planted) {
    for (let at = text.indexOf(secret); at >= 0; at = text.indexOf(secret, at + 1)) {
      leaks.push(`planted "${secret}": ${lineAt(text, at)}`);
    }
  }
  for (const { index } of text.matchAll(CONNECTION_STRING)) {
    leaks.push(`a connection string: ${lineAt(text, index)}`);
  }
  for (const [line] of text.matchAll(LOG_LINE)) {
    const field = findField(line);
    if (field !== undefined) leaks.push(`the field "${field}": ${line}`);
  }
  return leaks;
}

function lineAt(text: string, at: number): string {
  const end = text.indexOf("\n", at);
  return text.slice(text.lastIndexOf("\n", at) + 1, end < 0 ? undefined : end);
}

/** Removes the folder and returns all that was printed; what other processes planted is planted here. */
export function closePrinted(): string {
  flushPrinted();
  const folder = process.env[VARIABLE] ?? "";
  delete process.env[VARIABLE];
  const read = (ending: string): string[] =>
    readdirSync(folder)
      .filter((name) => name.endsWith(ending))
      .map((name) => readFileSync(join(folder, name), "utf8"));
  for (const secret of read(".planted").join("").split("\n")) {
    if (secret !== "") planted.add(secret);
  }
  const text = read(".printed").join("\n");
  rmSync(folder, { recursive: true });
  return text;
}

/** Writes what was kept in memory; after each file's tests, and when the process ends. */
export function flushPrinted(): void {
  const folder = process.env[VARIABLE];
  for (const [name, text] of kept) {
    if (folder !== undefined && text !== "") appendFileSync(join(folder, name), text);
  }
  kept.clear();
}

process.on("exit", flushPrinted);

function append(name: string, text: string): void {
  if (process.env[VARIABLE] === undefined) return;
  const all = (kept.get(name) ?? "") + text;
  kept.set(name, all);
  if (all.length > MOST_KEPT) flushPrinted();
}

function findField(line: string): string | undefined {
  const fields = JSON.parse(line) as { error?: object };
  const unknown = Object.keys(fields).find((name) => !FIELDS.has(name));
  return unknown ?? Object.keys(fields.error ?? {}).find((name) => !ERROR_FIELDS.has(name));
}

// An archive of export-tenant, taken apart and put together again: what a damaged disk or a stranger makes of it.

import { createWriteStream } from "node:fs";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import yauzl from "yauzl";
import yazl from "yazl";

/** The entries of an archive by name. */
export type Entries = Map<string, Buffer>;

/** Reads all entries into memory. */
export async function readEntries(file: string): Promise<Entries> {
  const zip = await yauzl.openPromise(file, { autoClose: false });
  const entries: Entries = new Map();
  for await (const entry of zip.eachEntry()) {
    const stream: Readable = await zip.openReadStreamPromise(entry);
    entries.set(entry.fileName, Buffer.concat((await stream.toArray()) as Buffer[]));
  }
  zip.close();
  return entries;
}

/** Writes a zip with these entries. */
export async function writeEntries(file: string, entries: Entries): Promise<void> {
  const zip = new yazl.ZipFile();
  for (const [name, content] of entries) zip.addBuffer(content, name);
  zip.end();
  await pipeline(zip.outputStream, createWriteStream(file));
}

/** Writes a copy of an archive whose manifest was edited. */
export async function editManifest(
  from: string,
  to: string,
  edit: (manifest: EditableManifest) => void,
): Promise<void> {
  const entries = await readEntries(from);
  const text = entries.get("manifest.json")?.toString() ?? "";
  const manifest = JSON.parse(text) as EditableManifest;
  edit(manifest);
  entries.set("manifest.json", Buffer.from(JSON.stringify(manifest)));
  await writeEntries(to, entries);
}

/** A manifest, to be edited. */
export type EditableManifest = Record<string, unknown> & {
  migrations: string[];
  tables: (Record<string, unknown> & { rows: number; columns: string[] })[];
  sequences: Record<string, unknown>[];
  shape: {
    partitions: Record<string, unknown>[];
    settings: object[];
    comments: object[];
  };
};

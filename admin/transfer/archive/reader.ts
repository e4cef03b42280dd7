// Reads an archive through the zip's own directory, without writing anything to disk. A damaged archive is an
// AdminError; its entries are streams.

import type { Readable } from "node:stream";
import { crc32 } from "node:zlib";
import yauzl, { type Entry, type ZipFile } from "yauzl";
import { AdminError } from "../../registry/admin-error.ts";
import { type ArchivedTable, type Manifest, MANIFEST_ENTRY, parseManifest } from "./manifest.ts";

/** An open archive. */
export interface Archive {
  readonly manifest: Manifest;
  /** The COPY text of a table. */
  open(table: ArchivedTable): Promise<Readable>;
}

const MAX_MANIFEST_BYTES = 16_000_000;
const MAX_ENTRIES = 100_000;

/**
 * Opens an archive, hands it to `work`, and closes it.
 * @throws {AdminError} when the file is not an archive, is cut off or damaged, or has another format
 */
export async function withArchive<T>(
  file: string,
  work: (archive: Archive) => Promise<T>,
): Promise<T> {
  const zip = await explain(file, () => yauzl.openPromise(file, { autoClose: false }));
  try {
    const entries = await explain(file, () => readEntries(zip));
    const manifest = parseManifest(await explain(file, () => readManifest(zip, entries)));
    return await work({
      manifest,
      async open({ entry }) {
        const found = entries.get(entry);
        if (found === undefined) {
          throw damaged(file, `it has no entry ${JSON.stringify(entry)}`);
        }
        return explain(file, () => zip.openReadStreamPromise(found));
      },
    });
  } finally {
    zip.close();
  }
}

/** Builds the error for a damaged archive. */
export function damaged(file: string, problem: string): AdminError {
  return new AdminError(
    `Cannot read archive ${JSON.stringify(file)}: ${problem}; it is damaged or not an archive; use another file`,
  );
}

async function readEntries(zip: ZipFile): Promise<ReadonlyMap<string, Entry>> {
  const entries = new Map<string, Entry>();
  for await (const entry of zip.eachEntry()) {
    if (entries.has(entry.fileName) || entries.size >= MAX_ENTRIES) {
      throw new Error("it has too many entries");
    }
    entries.set(entry.fileName, entry);
  }
  return entries;
}

async function readManifest(zip: ZipFile, entries: ReadonlyMap<string, Entry>): Promise<string> {
  const entry = entries.get(MANIFEST_ENTRY);
  if (entry === undefined) throw new Error(`it has no ${MANIFEST_ENTRY}`);
  if (entry.uncompressedSize > MAX_MANIFEST_BYTES) {
    throw new Error(`its ${MANIFEST_ENTRY} has more than ${MAX_MANIFEST_BYTES} bytes`);
  }
  const chunks: Buffer[] = [];
  for await (const chunk of await zip.openReadStreamPromise(entry)) chunks.push(chunk as Buffer);
  const bytes = Buffer.concat(chunks);
  if (crc32(bytes) !== entry.crc32) throw new Error(`its ${MANIFEST_ENTRY} has a wrong checksum`);
  return bytes.toString("utf8");
}

async function explain<T>(file: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Error && "syscall" in error && "code" in error) {
      throw new AdminError(
        `Cannot read archive ${JSON.stringify(file)}: ${String(error.code)}; check its path and mode`,
        { cause: error },
      );
    }
    const problem = error instanceof Error ? error.message.split("\n")[0] : undefined;
    throw damaged(file, problem ?? "it cannot be read");
  }
}

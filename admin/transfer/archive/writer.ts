// Writes an archive: a zip file with an entry for each table, and the manifest last. The file gets its name when it is
// complete; until then it is FILE.….partial in the same folder.

import { randomBytes } from "node:crypto";
import { type FileHandle, link, lstat, open, rename, unlink } from "node:fs/promises";
import { dirname } from "node:path";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import yazl from "yazl";
import { AdminError } from "../../registry/admin-error.ts";
import { CopyDigest, type Measure } from "../rows/digest.ts";
import { type Manifest, MANIFEST_ENTRY } from "./manifest.ts";
import type { Meter } from "../../command/meter.ts";

// Level 1 takes half the time of zlib's own choice, for a few percent more.
const COMPRESSION_LEVEL = 1;
// Private, because an archive contains a customer's data.
const MODE = 0o600;
const FILE_ERRORS = new Set(
  "EACCES EDQUOT EFBIG EIO EISDIR ENAMETOOLONG ENOENT ENOSPC ENOTDIR EPERM EROFS".split(" "),
);

/** An archive that is being written. */
export interface ArchiveWriter {
  /** Writes an entry to its end. */
  write(entry: string, text: Readable): Promise<Measure>;
}

/** The options of writing. */
export interface WriteOptions {
  /** Ends the work and removes the partial file. */
  readonly signal: AbortSignal | undefined;
  readonly meter: Meter | undefined;
}

/**
 * Writes an archive; a failure removes the file.
 * @param fill writes the tables, and returns the manifest
 * @returns its size in bytes
 * @throws {AdminError} when the file exists, or cannot be written
 */
export async function writeArchive(
  file: string,
  { signal, meter }: WriteOptions,
  fill: (archive: ArchiveWriter) => Promise<Manifest>,
): Promise<number> {
  await refuseExisting(file);
  const partial = `${file}.${randomBytes(4).toString("hex")}.partial`;
  const handle = await explain(file, () => open(partial, "wx", MODE));
  try {
    await explain(file, () => writeEntries(handle, { signal, meter }, fill));
    await explain(file, () => publish(partial, file));
    return (await lstat(file)).size;
  } catch (error) {
    await unlink(partial).catch(() => {});
    throw error;
  }
}

async function writeEntries(
  handle: FileHandle,
  { signal: interruption, meter }: WriteOptions,
  fill: (archive: ArchiveWriter) => Promise<Manifest>,
): Promise<void> {
  // A failure on one side ends the other.
  const failing = new AbortController();
  const signal = interruption ? AbortSignal.any([failing.signal, interruption]) : failing.signal;
  const zip = new yazl.ZipFile();
  const settings = { mode: 0o100000 + MODE, compressionLevel: COMPRESSION_LEVEL };
  const written = pipeline(zip.outputStream, handle.createWriteStream({ flush: true }), {
    signal,
  });
  const filled = fill({
    async write(entry, text) {
      const digest = new CopyDigest(meter);
      zip.addReadStream(digest, entry, settings);
      await pipeline(text, digest, { signal });
      return digest.measure();
    },
  }).then((manifest) => {
    zip.addBuffer(Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`), MANIFEST_ENTRY, settings);
    zip.end();
  });
  let first: unknown;
  const fail = (error: unknown): void => {
    first ??= error;
    failing.abort();
  };
  await Promise.all([written.catch(fail), filled.catch(fail)]);
  if (interruption?.aborted) {
    throw new AdminError("Cannot export tenant: interrupted; run it again");
  }
  if (first !== undefined) throw first;
}

/** Gives the file its name, unless another file has taken it, and syncs the folder. */
async function publish(partial: string, file: string): Promise<void> {
  try {
    await link(partial, file);
    await unlink(partial);
  } catch (error) {
    if (codeOf(error) === "EEXIST") throw error;
    // The file system lacks hard links.
    await refuseExisting(file);
    await rename(partial, file);
  }
  const folder = await open(dirname(file), "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

async function refuseExisting(file: string): Promise<void> {
  const found = await lstat(file).catch(() => undefined);
  if (found) throw exists(file);
}

async function explain<T>(file: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const code = codeOf(error);
    if (code === "EEXIST") throw exists(file);
    // Errors of PostgreSQL and of its connection pass through here, too.
    if (code === undefined || !FILE_ERRORS.has(code)) throw error;
    throw new AdminError(`Cannot write ${JSON.stringify(file)}: ${code}; choose another place`);
  }
}

function exists(file: string): AdminError {
  return new AdminError(`Cannot write ${JSON.stringify(file)}: it exists; choose another name`);
}

function codeOf(error: unknown): string | undefined {
  const code: unknown = Reflect.get(Object(error), "code");
  return typeof code === "string" ? code : undefined;
}

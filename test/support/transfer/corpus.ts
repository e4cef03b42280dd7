// The corpus: a schema with at least one object of every kind that a schema may hold, as migrations, and what is
// done to it by hand and by its application afterwards. It is SQL in test/transfer/corpus: statements apart by an
// empty line, "@" for the tenant's schema.

import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const CORPUS = fileURLToPath(new URL("../../transfer/corpus", import.meta.url));

/** The corpus for one kind of admin role. Whoever opened it removes it. */
export interface Corpus {
  /** For TENANT_MIGRATIONS. */
  readonly folder: string;
  /** What is done to a tenant of it. */
  later(schemaName: string): readonly string[];
  remove(): Promise<void>;
}

/** @param superuser with the objects, too, that only a superuser can make */
export async function openCorpus(superuser: boolean): Promise<Corpus> {
  const read = async (folder: string): Promise<readonly string[]> => {
    const place = join(CORPUS, folder);
    const files = (await readdir(place)).filter((file) => file.endsWith(".sql")).toSorted();
    const texts = await Promise.all(files.map((file) => readFile(join(place, file), "utf8")));
    return texts.flatMap((text) => text.trim().split(/\n\n+/));
  };
  const made = [...(await read(".")), ...(superuser ? await read("superuser") : [])];
  const later = [...(await read("later")), ...(superuser ? await read("later-superuser") : [])];
  const folder = await mkdtemp(join(tmpdir(), "rowhouse-corpus-"));
  await writeFile(join(folder, "package.json"), '{"type":"module"}');
  await writeFile(join(folder, "0001-corpus.js"), toModule(made));
  return {
    folder,
    later: (schemaName) => later.map((command) => inSchema(command, schemaName)),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

function inSchema(command: string, schemaName: string): string {
  return command
    .replaceAll("@.", `${schemaName}.`)
    .replaceAll(/(?<![\w@])@(?![\w.@>])/g, schemaName);
}

function toModule(commands: readonly string[]): string {
  return `${inSchema.toString()}
    const commands = ${JSON.stringify(commands)};
    export async function up({ schema, sql }) {
      for (const command of commands) await sql(inSchema(command, schema));
    }
    export async function down() {}\n`;
}

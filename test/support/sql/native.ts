// What a tool makes of its folder in `public`: its files, cut by the tool's own marks and sent by psql, which knows
// nothing of tenants.

import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runProgram } from "../../../admin/development/embedded/program.ts";
import { runCommands } from "../server/commands.ts";

/** The tools whose folders are in test/support/migrations. */
export const TOOLS = [
  "dbmate",
  "drizzle",
  "goose",
  "golang-migrate",
  "node-pg-migrate",
  "plain",
  "prisma",
] as const;

type Tool = (typeof TOOLS)[number];

/** One file's way up: text for psql, or a module. */
type Step = string | ((url: string) => Promise<void>);

const numbered = (files: readonly string[]): readonly string[] =>
  files.toSorted((a, b) => Number(/^\d+/.exec(a)?.[0]) - Number(/^\d+/.exec(b)?.[0]));
const between = (text: string, from: RegExp, to: RegExp): string =>
  (text.split(from)[1] ?? text).split(to)[0] ?? "";

const SECTIONS: Partial<Record<Tool, readonly [from: RegExp, to: RegExp]>> = {
  goose: [/^-- \+goose Up.*$/im, /^-- \+goose Down.*$/im],
  dbmate: [/^-- migrate:up.*$/im, /^-- migrate:down.*$/im],
  "node-pg-migrate": [/^-+\s*Up Migration.*$/im, /^-+\s*Down Migration.*$/im],
};

async function stepsOf(tool: Tool, folder: string): Promise<readonly Step[]> {
  const read = (file: string): Promise<string> => readFile(join(folder, file), "utf8");
  const files = await readdir(folder);
  if (tool === "prisma") {
    const folders = files.filter((name) => /^\d/.test(name)).toSorted();
    return Promise.all(folders.map((name) => read(`${name}/migration.sql`)));
  }
  if (tool === "drizzle") {
    const journal = JSON.parse(await read("meta/_journal.json")) as {
      readonly entries: readonly { readonly tag: string }[];
    };
    return Promise.all(journal.entries.map(({ tag }) => read(`${tag}.sql`)));
  }
  const ups = numbered(
    files.filter((name) => /^\d.*\.(?:sql|mjs)$/.test(name) && !name.endsWith(".down.sql")),
  );
  const [from, to] = SECTIONS[tool] ?? [/^\0/, /^\0/];
  return Promise.all(
    ups.map(async (name): Promise<Step> => {
      if (!name.endsWith(".mjs")) return between(await read(name), from, to);
      const { up } = (await import(join(folder, name))) as {
        up(
          this: void,
          step: { schema: string; sql(text: string): Promise<unknown> },
        ): Promise<void>;
      };
      return (url) => up({ schema: "public", sql: (text) => runCommands(url, [text]) });
    }),
  );
}

/**
 * Runs a folder in the schema "public" of a database.
 * @param url of a superuser
 * @param programs the folder of psql
 */
export async function migrateNatively(
  tool: Tool,
  folder: string,
  url: string,
  programs: string,
): Promise<void> {
  const scratch = await mkdtemp(join(tmpdir(), "rowhouse-native-"));
  const file = join(scratch, "step.sql");
  const send = async (text: string): Promise<void> => {
    await writeFile(file, text);
    await runProgram(join(programs, "psql"), [
      "-qX",
      "-v",
      "ON_ERROR_STOP=1",
      "-d",
      url,
      "-f",
      file,
    ]);
  };
  let texts = "";
  for (const step of await stepsOf(tool, folder)) {
    // A session of its own for each file, as the next file may find what the last one left.
    if (typeof step === "string") texts += `${step}\n\\c\n`;
    else {
      await send(texts);
      texts = "";
      await step(url);
    }
  }
  await send(texts);
  await rm(scratch, { recursive: true });
}

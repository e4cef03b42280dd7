// Drizzle: a journal names the migrations in their order. A newer form without a journal has a folder for each.

import type { Range, SourceText } from "../../text/source-text.ts";
import type { Draft, SqlDraft, Tool } from "../draft.ts";
import type { Folder } from "../folder.ts";

/** The file that lists the migrations. */
export const JOURNAL = "meta/_journal.json";
const COMMAND = "npx drizzle-kit generate --custom --name NAME";
const BREAKPOINT = "--> statement-breakpoint";
const DIALECTS = new Set<unknown>(["postgresql", "pg", undefined]);

/** The reader of Drizzle's folders with a journal. */
export const drizzle: Tool = {
  name: "Drizzle",
  command: COMMAND,
  async read(folder) {
    const tags = await readJournal(folder);
    const drafts: Draft[] = [];
    for (const tag of tags) {
      const draft = await readOne(folder, tag, `${tag}.sql`);
      if (draft !== undefined) drafts.push(draft);
    }
    const named = new Set(tags.map((tag) => `${tag}.sql`));
    for (const file of folder.files.filter((name) => !named.has(name))) {
      if (file.endsWith(".sql")) {
        folder.findings.note(
          file,
          1,
          "left out",
          `"${JOURNAL}" does not name it: Drizzle never runs it`,
        );
      } else {
        folder.findings.refuse(file, undefined, "it is not a migration of Drizzle; move it");
      }
    }
    for (const other of folder.folders.filter((name) => name !== "meta")) {
      folder.findings.refuse(other, undefined, "it is not a migration of Drizzle; move it");
    }
    return drafts;
  },
};

/** The reader of Drizzle's folders without a journal: `NAME/migration.sql` beside `snapshot.json`. */
export const drizzleFolders: Tool = {
  name: "Drizzle",
  command: COMMAND,
  async read(folder) {
    const drafts: Draft[] = [];
    for (const file of folder.files) {
      folder.findings.refuse(file, undefined, "Drizzle has a folder for each migration; move it");
    }
    for (const name of folder.folders) {
      const inside = await folder.list(name);
      for (const other of [...inside.files, ...inside.folders]) {
        if (other === "migration.sql" || other === "snapshot.json") continue;
        folder.findings.refuse(
          `${name}/${other}`,
          undefined,
          'a migration of Drizzle is "migration.sql" and "snapshot.json"; remove it',
        );
      }
      const draft = await readOne(folder, name, `${name}/migration.sql`);
      if (draft !== undefined) drafts.push(draft);
    }
    return drafts;
  },
};

async function readOne(folder: Folder, name: string, file: string): Promise<SqlDraft | undefined> {
  const source = await folder.text(file);
  if (source === undefined) return undefined;
  return { name, file, up: { source, ranges: cut(source) }, down: undefined, isMarked: false };
}

/** Drizzle cuts at its mark wherever it stands, and sends each part by itself. */
function cut({ text }: SourceText): readonly Range[] {
  const ranges: Range[] = [];
  let start = 0;
  for (let at = text.indexOf(BREAKPOINT); at >= 0; at = text.indexOf(BREAKPOINT, start)) {
    ranges.push({ start, end: at });
    start = at + BREAKPOINT.length;
  }
  return [...ranges, { start, end: text.length }];
}

async function readJournal(folder: Folder): Promise<readonly string[]> {
  const refuse = (problem: string): readonly string[] => {
    folder.findings.refuse(JOURNAL, undefined, problem);
    return [];
  };
  const source = await folder.text(JOURNAL);
  if (source === undefined) return [];
  let journal: unknown;
  try {
    journal = JSON.parse(source.text);
  } catch {
    return refuse("it is not JSON; restore it from your repository");
  }
  if (!isObject(journal) || !Array.isArray(journal["entries"])) {
    return refuse('it has no list "entries"; restore it from your repository');
  }
  const dialect = journal["dialect"];
  if (!DIALECTS.has(dialect)) {
    return refuse(`its dialect is ${JSON.stringify(dialect)}, must be "postgresql"`);
  }
  const tags = journal["entries"].flatMap((entry: unknown) => {
    const tag = isObject(entry) ? entry["tag"] : undefined;
    return typeof tag === "string" && /^[^/\\]+$/.test(tag) ? [tag] : [];
  });
  if (tags.length < journal["entries"].length) {
    return refuse("an entry has no tag; restore it from your repository");
  }
  const doubled = tags.find((tag, index) => tags.indexOf(tag) < index);
  if (doubled !== undefined) return refuse(`it names "${doubled}" twice; remove one entry`);
  return tags;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

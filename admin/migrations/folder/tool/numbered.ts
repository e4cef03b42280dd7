// Files that begin with a number, which gives their order. Modules of our own may stand between them.

import type { Draft, SqlDraft, Tool } from "../draft.ts";
import { wholeOf } from "../draft.ts";
import type { Folder } from "../folder.ts";
import { compareNumbers, withoutZeros } from "../number.ts";
import { refuseForeign } from "./foreign.ts";
import type { ReadSections } from "./sections.ts";

const NAME = /^(\d{1,20})(?!\d)(.*?)(\.up|\.down)?\.(sql|js|mjs|cjs|ts)$/s;
const MODULES = new Set(["js", "mjs", "cjs", "ts"]);

interface NumberedFile {
  readonly file: string;
  readonly number: string;
  /** The file's name without its extension and direction. */
  readonly name: string;
  readonly direction: string;
  readonly extension: string;
}

/**
 * Creates the reader of a tool whose files are numbered.
 * @param command see {@link Tool}
 */
export function createNumbered(name: string, readSections: ReadSections, command?: string): Tool {
  return {
    name,
    ...(command === undefined ? {} : { command }),
    async read(folder) {
      for (const other of folder.folders) {
        folder.findings.refuse(
          other,
          undefined,
          `it is a folder, and ${name} has only files; move it, or let TENANT_MIGRATIONS name it`,
        );
      }
      const files = dropCompiled(folder.files.flatMap((file) => parseName(folder, file)));
      const ups = files.filter(({ direction }) => direction !== ".down").toSorted(compare);
      const downs = files.filter(({ direction }) => direction === ".down");
      refuseDoubled(folder, ups);
      for (const down of downs) {
        if (ups.some((up) => up.name === down.name && up.extension === "sql")) continue;
        folder.findings.refuse(down.file, undefined, `it has no "${down.name}.up.sql" beside it`);
      }
      const drafts: Draft[] = [];
      for (const up of ups) {
        const down = downs.find((file) => file.name === up.name);
        const draft = await readOne(folder, up, down, readSections);
        if (draft !== undefined) drafts.push(draft);
      }
      return drafts;
    },
  };
}

function parseName(folder: Folder, file: string): readonly NumberedFile[] {
  const [, number, rest = "", direction = "", extension = ""] = NAME.exec(file) ?? [];
  if (/^\D.*\.go$/.test(file)) {
    folder.findings.note(
      file,
      1,
      "left out",
      "Go without a number, which no tool takes for a migration",
    );
    return [];
  }
  if (number === undefined || (direction !== "" && extension !== "sql")) {
    folder.findings.refuse(file, undefined, explain(file));
    return [];
  }
  return [{ file, number, name: `${number}${rest}`, direction, extension }];
}

function explain(file: string): string {
  if (file.endsWith(".go")) return "it is Go, which Rowhouse does not run; write it as SQL";
  if (/^[VUR]\d*__?.*\.sql$/.test(file))
    return "it has a name of Flyway's; rename it to NUMBER_name.sql";
  return "it is not a migration: a name must begin with a number of up to 20 digits and end in .sql, .js, .mjs, .cjs or .ts; rename or move it";
}

/** A source beside its compiled module is the same migration. */
function dropCompiled(files: readonly NumberedFile[]): readonly NumberedFile[] {
  const compiled = new Set(
    files.filter(({ extension }) => extension === "js").map(({ name }) => name),
  );
  return files.filter(({ extension, name }) => extension !== "ts" || !compiled.has(name));
}

function compare(one: NumberedFile, other: NumberedFile): number {
  const byNumber = compareNumbers(one.number, other.number);
  if (byNumber !== 0) return byNumber;
  return one.file < other.file ? -1 : 1;
}

function refuseDoubled(folder: Folder, files: readonly NumberedFile[]): void {
  const first = new Map<string, string>();
  for (const { file, number } of files) {
    const other = first.get(withoutZeros(number));
    if (other === undefined) first.set(withoutZeros(number), file);
    else {
      const problem = `it has the number of "${other}"; give one of them another number`;
      folder.findings.refuse(file, undefined, problem);
    }
  }
}

async function readOne(
  folder: Folder,
  { file, name, extension }: NumberedFile,
  down: NumberedFile | undefined,
  readSections: ReadSections,
): Promise<Draft | undefined> {
  if (MODULES.has(extension)) return { name, file, up: undefined };
  const source = await folder.text(file);
  if (source === undefined) return undefined;
  refuseForeign(folder, source);
  const sections = readSections(source, (at, text) =>
    folder.findings.refuse(file, source.lineAt(at), text),
  );
  if (sections === undefined) return undefined;
  const draft: SqlDraft = { name, file, ...sections };
  if (down === undefined) return draft;
  if (draft.down !== undefined) {
    folder.findings.refuse(down.file, undefined, `"${file}" has the way down, too; keep one`);
  }
  const text = await folder.text(down.file);
  return text === undefined ? draft : { ...draft, down: wholeOf(text) };
}

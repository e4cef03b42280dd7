// PostgreSQL's own grammar judges what is rewritten: the tree of what runs for a tenant is the tree of the source, but for
// the schema.

import { readdirSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { loadModule, parseSync } from "libpg-query";
import { readMigrationFolder } from "../../../admin/migrations/folder/read-folder.ts";
import { renderCommand } from "../../../admin/migrations/folder/render.ts";
import { readFiles } from "../../support/sql/migration-folder.ts";
import { createQualifiedWriter } from "../../support/sql/qualified-writer.ts";
import { createRandom } from "../../support/random.ts";

const FOLDERS = fileURLToPath(new URL("../../support/migrations/", import.meta.url));

/** A member of a tree that is a place in the text. */
const PLACE = /location$|^stmt_len$|_(?:start|end)$/;

/** The trees of a text's commands, without places. `change` may replace a value. */
function treesOf(
  text: string,
  change: (key: string, value: unknown) => unknown,
): readonly unknown[] {
  return (parseSync(text).stmts ?? []).map((statement): unknown =>
    JSON.parse(
      JSON.stringify(statement, (key, value: unknown) =>
        PLACE.test(key) ? undefined : change(key, value),
      ),
    ),
  );
}

describe("the parse trees of a migration", () => {
  before(loadModule);

  it("readMigrationFolder() changes the schema and nothing else, in generated texts", async () => {
    const write = createQualifiedWriter(createRandom(13), "acme");
    const pairs = Array.from({ length: 1000 }, write);
    const source = pairs.map((pair) => pair.source).join(";\n");
    const { migrations } = await readFiles({ "1_a.sql": source });
    const up = migrations[0]?.up;
    const commands = up?.kind === "sql" ? up.commands : [];
    expect(commands).to.have.length(pairs.length);
    const form = (_: string, value: unknown): unknown =>
      typeof value === "string" ? value.replaceAll(/"acme"\s*\.\s*/g, '"acme".') : value;
    pairs.forEach(({ source: from, expected }, index) => {
      const command = commands[index];
      const rendered = command === undefined ? "" : renderCommand(command, "acme");
      expect(treesOf(rendered, form), from).to.deep.equal(treesOf(expected, form));
    });
  });

  for (const tool of readdirSync(FOLDERS)) {
    it(`readMigrationFolder() gives public its own text back: ${tool}`, async () => {
      const { migrations } = await readMigrationFolder(`${FOLDERS}${tool}`);
      let compared = 0;
      for (const { file, up, down } of migrations) {
        if (up.kind === "module") continue;
        const isApart = file.endsWith(".up.sql") || tool === "plain" || tool === "prisma";
        const bodies = isApart ? [up] : [up, down];
        const rendered = bodies.flatMap((body) =>
          body?.kind === "sql"
            ? body.commands.map((command) => renderCommand(command, "public"))
            : [],
        );
        const source = await readFile(`${FOLDERS}${tool}/${file}`, "utf8");
        const trees = treesOf(rendered.join(";\n"), asInPublic);
        expect(trees, file).to.deep.equal(treesOf(source, asInPublic).filter(isRun));
        compared += trees.length;
      }
      expect(compared).to.be.greaterThan(20);
    });
  }
});

/** What is rewritten for good reasons, in one form: bodies, current_schema() and the path of a function. */
function asInPublic(key: string, value: unknown): unknown {
  if (typeof value === "string")
    return value
      .replaceAll(/(?:"public"|\bpublic)\./g, "")
      .replaceAll("current_schema()", "'public'");
  if (key === "VariableSetStmt") return { name: "a setting" };
  return value;
}

/** Whether a command of the source is run: BEGIN, COMMIT and CREATE SCHEMA are not. */
function isRun(tree: unknown): boolean {
  return !/^\{"stmt":\{"(?:TransactionStmt|CreateSchemaStmt)"/.test(JSON.stringify(tree));
}

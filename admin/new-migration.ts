// node admin/new-migration.js NAME [--sql] (npm run new-migration NAME): writes the skeleton of a tenant migration.

import { commandFor } from "./program/form.ts";
import { runVerb } from "./command/command.ts";
import { writeMigration } from "./migrations/new-migration.ts";

await runVerb({
  name: "new-migration",
  about:
    "Writes the skeleton of a tenant migration, with the next number, into the folder that --folder names. " +
    "Without it, SQL goes into the folder of TENANT_MIGRATIONS. It does not connect to a database.",
  operands: ["NAME"],
  options: {
    folder: {
      type: "string",
      value: "FOLDER",
      about: "Folder with the sources of your migrations",
    },
    sql: { type: "boolean", about: "Write SQL, in the form that the folder has" },
  },
  example: "add-color --folder your-application/migrations",
  async run(call) {
    const sql = call.has("sql");
    const files = await writeMigration(call.operands[0], {
      folder: call.text("folder"),
      configured: call.env["TENANT_MIGRATIONS"] || undefined,
      sql,
    });
    const todo = sql ? "fill it in" : "fill in up and down, compile";
    return {
      lines: [`Wrote ${files.join(" and ")}: ${todo}, then ${commandFor("migrate")} --plan`],
      json: { file: files[0], files },
    };
  },
});

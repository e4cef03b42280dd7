// node admin/new-migration.js NAME (npm run new-migration NAME): writes the skeleton of a tenant migration.

import { runVerb } from "./command/command.ts";
import { writeMigration } from "./migrations/new-migration.ts";

await runVerb({
  name: "new-migration",
  about:
    "Writes the skeleton of a tenant migration, with the next number, into the folder of the example application " +
    "or the folder that --folder names. It does not connect to a database.",
  operands: ["NAME"],
  options: {
    folder: {
      type: "string",
      value: "FOLDER",
      about: "Folder with the sources of your migrations",
    },
  },
  example: "add-color --folder your-application/migrations",
  async run(call) {
    const file = await writeMigration(call.operands[0], call.text("folder"));
    return {
      lines: [`Wrote ${file}: fill in up and down, compile, then node admin/migrate.js --plan`],
      json: { file },
    };
  },
});

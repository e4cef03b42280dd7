// npx rowhouse init [FOLDER]: writes an application into an empty folder.

import { resolve } from "node:path";
import { runVerb } from "./command/command.ts";

await runVerb({
  name: "init",
  about:
    "Writes an application into FOLDER, or into the current folder: an entry for Node, Deno and Workers, one migration " +
    "in SQL, and the scripts and packages of package.json. It refuses a folder that has one of its files, and then " +
    "writes nothing. It does not connect to a database.",
  operands: ["[FOLDER]"],
  options: {},
  example: "your-application",
  async run(call) {
    const [folder = "."] = call.operands;
    const { writeApplication } = await import("./scaffold/scaffold.ts");
    const { files, notes } = await writeApplication(resolve(folder));
    const enter = folder === "." ? "" : `cd ${folder}, then `;
    return {
      lines: [`Wrote ${files.join(", ")}`, ...notes, `Next: ${enter}npm install, and npm run dev`],
      json: { folder: resolve(folder), files, notes },
    };
  },
});

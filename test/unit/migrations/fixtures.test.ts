// The folders of test/support/migrations: one for each tool, with every kind of command that the tool can express.

import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect } from "chai";
import { readMigrationFolder } from "../../../admin/migrations/folder/read-folder.ts";
import { renderCommand } from "../../../admin/migrations/folder/render.ts";
import { readPage, section } from "../../support/pages/pages.ts";

const FOLDERS = fileURLToPath(new URL("../../support/migrations/", import.meta.url));
const TOOLS: Readonly<Record<string, readonly [tool: string, migrations: number]>> = {
  dbmate: ["dbmate", 12],
  drizzle: ["Drizzle", 7],
  goose: ["goose", 13],
  "golang-migrate": ["golang-migrate or sqlx", 13],
  "node-pg-migrate": ["node-pg-migrate", 9],
  plain: ["plain SQL", 13],
  prisma: ["Prisma", 11],
};

describe("the folders of the tools", () => {
  it("have notices of the kinds that the page lists", async () => {
    const kinds = new Set<string>();
    for (const name of Object.keys(TOOLS)) {
      const { notices } = await readMigrationFolder(`${FOLDERS}${name}`);
      for (const { kind } of notices) kinds.add(kind);
    }
    const page = section(readPage("admin/migrations/folder/README.md"), "## What the plan notes");
    const listed = [...page.matchAll(/^\| `([^`]+)`/gm)].map(([, kind]) => kind);
    expect(listed).to.include.members([...kinds]);
    expect(kinds.size).to.be.greaterThan(8);
  });

  it("are all listed here", () => {
    expect(readdirSync(FOLDERS)).to.have.members(Object.keys(TOOLS));
  });

  for (const [name, [tool, count]] of Object.entries(TOOLS)) {
    it(`readMigrationFolder() reads ${name}, and leaves public in values alone`, async () => {
      const folder = await readMigrationFolder(`${FOLDERS}${name}`);
      expect([folder.tool, folder.migrations.length]).to.deep.equal([tool, count]);
      const texts = folder.migrations.flatMap(({ up, down }) =>
        [up, down].flatMap((body) =>
          body?.kind === "sql" ? body.commands.map((command) => renderCommand(command, "t")) : [],
        ),
      );
      expect(texts.length).to.be.greaterThan(20);
      const code = texts.map((text) => text.replaceAll(/'(?:[^']|'')*'|--.*|\$t\$.*?\$t\$/g, ""));
      const left = code.filter((text) => /\bpublic\b/i.test(text) && !/schema public/.test(text));
      expect(left).to.deep.equal([]);
    });
  }
});

// The skeleton of a migration compiles and runs as it stands.

import { spawnSync } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { copyCheckout } from "../support/checkout.ts";
import { runVerb, type VerbResult } from "../support/verb.ts";

describe("new-migration", () => {
  let folder: string;
  const write = (...parameters: string[]): Promise<VerbResult> =>
    runVerb("", "new-migration", ...parameters);

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "rowhouse-new-"));
  });

  after(() => rm(folder, { recursive: true, force: true }));

  it("new-migration numbers the files of a folder one after the other", async () => {
    for (const name of ["first", "add-color"]) {
      const { status, stdout } = await write(name, "--folder", folder);
      expect([status, stdout.startsWith("Wrote ")]).to.deep.equal([0, true]);
    }
    const files = await readdir(folder);
    expect(files.toSorted()).to.deep.equal(["0001-first.ts", "0002-add-color.ts"]);
    const text = await readFile(join(folder, "0002-add-color.ts"), "utf8");
    expect(text).to.include('from "rowhouse/tenant-migrations"');
  });

  it("new-migration refuses a name that is none, and writes nothing", async () => {
    for (const name of ["../x", "Add", "a--b", "a b", "", "-a"]) {
      const { status, stderr } = await write("--folder", folder, "--", name);
      expect(stderr, name).to.match(/^Cannot write migration ".*": its name must be/);
      expect(status).to.equal(1);
    }
    expect(await readdir(folder)).to.have.length(2);
  });

  it("new-migration's skeleton compiles in the tree", async function () {
    this.timeout(60_000);
    const checkout = await copyCheckout();
    try {
      const options = { cwd: checkout, encoding: "utf8" } as const;
      const written = spawnSync("npm", ["run", "--silent", "new-migration", "add-note"], options);
      expect(written.stdout).to.equal(
        "Wrote admin/migrations/tenant/0003-add-note.ts: fill in up and down, compile, " +
          "then node admin/migrate.js --plan\n",
      );
      const compiled = spawnSync("npx", ["tsc", "--noEmit"], options);
      expect([compiled.stdout, compiled.status]).to.deep.equal(["", 0]);
    } finally {
      await rm(checkout, { recursive: true, force: true });
    }
  });
});

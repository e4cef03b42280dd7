// The program of the package: what it lists, how it is called by a link, and in which form messages name it.

import { spawnSync } from "node:child_process";
import { mkdtemp, readFile, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { expect } from "chai";
import { suggest } from "../../../admin/program/nearest.ts";
import { verbList } from "../../../admin/program/list.ts";
import { VERB_NAMES } from "../../../admin/program/verbs.ts";
import { ROOT } from "../../support/pages/checkout.ts";
import { listFiles } from "../../support/pages/pages.ts";

describe("rowhouse", () => {
  let folder: string;
  let link: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "rowhouse-bin-"));
    link = join(folder, "rowhouse");
    await symlink(join(ROOT, "admin/rowhouse.js"), link);
  });

  after(() => rm(folder, { recursive: true, force: true }));

  const run = (...args: readonly string[]) =>
    spawnSync(process.execPath, [link, ...args], { encoding: "utf8" });

  it("by a link, runs a verb and names it in the form in which it was called", () => {
    const { status, stderr } = run("add-tenant", "acme.example");
    expect(stderr).to.match(/; see npx rowhouse add-tenant --help\n$/);
    expect(status).to.equal(2);
  });

  it("refuses what is not a verb, and names the one that was meant", () => {
    const { status, stdout, stderr } = run("add-tennant");
    expect({ status, stdout, stderr }).to.deep.equal({
      status: 2,
      stdout: "",
      stderr: 'Cannot run "add-tennant": it is not a verb; did you mean "add-tenant"?\n',
    });
  });

  it("without a verb, lists every verb, and loads none of them for that", async () => {
    for (const name of VERB_NAMES) expect(verbList()).to.match(new RegExp(`^  ${name} `, "m"));
    const sources = ["admin/rowhouse.ts", ...listFiles("admin/program/*.ts")];
    for (const file of sources) {
      const source = await readFile(join(ROOT, file), "utf8");
      const imported = [...source.matchAll(/^(?:import|\} from) .*"(.+)";$/gm)].map(
        ([, path]) => path,
      );
      expect(imported.join(" "), file).to.match(
        /^(?:(?:node:[\w/]+|\.\/(?:program\/)?\w+\.ts|\.\.\/src\/runtime\/node-version\.ts) ?)*$/,
      );
    }
  });
});

describe("suggest()", () => {
  it("finds a name with a letter missing, doubled, replaced or swapped, and none that is far", () => {
    const meant = ["migrat", "miggrate", "mygrate", "mirgate"];
    for (const name of meant) {
      expect(suggest(name, VERB_NAMES), name).to.equal('; did you mean "migrate"?');
    }
    expect(suggest("drop", VERB_NAMES)).to.equal('; did you mean "drop-tenant"?');
    expect(suggest("destroy-all", VERB_NAMES)).to.equal("");
    expect(suggest("bakcup", ["backup"], "--")).to.equal('; did you mean "--backup"?');
  });
});

describe("commandFor()", () => {
  it("writes every command that a message names: no source writes the form of one itself", async () => {
    const files = listFiles(":(glob)admin/**/*.ts", ":(glob)src/**/*.ts");
    expect(files.length).to.be.greaterThan(200);
    const found: string[] = [];
    for (const file of files.filter((name) => !name.startsWith("admin/program/"))) {
      const source = await readFile(join(ROOT, file), "utf8");
      const code = source.replaceAll(/^\s*(?:\/\/|\/?\*).*$/gm, "");
      if (/node admin\/|npx rowhouse/.test(code)) found.push(file);
    }
    expect(found).to.deep.equal([]);
  });
});

// The order of the migrations, what contradicts it, and the way from one version to another.

import { expect } from "chai";
import { parseCanary } from "../../../admin/migrate/canary.ts";
import { changesBetween, findVersion, newestVersion } from "../../../admin/migrations/changes.ts";
import type { Migration } from "../../../admin/migrations/folder/migration.ts";
import {
  type Allowance,
  findProblems,
  orderMigrations,
  type TenantMigrations,
} from "../../../admin/migrations/ordered.ts";
import { cutStages } from "../../../admin/migrations/stages.ts";
import { pickListed } from "../../../admin/registry/tenants/pattern.ts";

const plain = (name: string, changes: Partial<Migration> = {}): Migration => ({
  name,
  file: `${name}.sql`,
  checksum: `sum of ${name}`,
  isTransactional: true,
  leavesSessionState: false,
  up: { kind: "sql", commands: [] },
  down: { kind: "sql", commands: [] },
  ...changes,
});
const folder = (...migrations: readonly Migration[]) => ({
  tool: "plain",
  notices: [],
  migrations,
});
const recorded = (...names: readonly string[]) => ({
  recorded: names.map((name, index) => ({
    position: index + 1,
    name,
    checksum: `sum of ${name}`,
  })),
  sharedSchemas: [],
  extensions: ["plpgsql"],
});
const order = (...names: readonly string[]): TenantMigrations =>
  orderMigrations(folder(...names.map((name) => plain(name))), recorded());

describe("the order of the tenant migrations", () => {
  const problemsOf = (
    names: readonly (string | Migration)[],
    known: readonly string[],
    allowance: Allowance = {},
  ): readonly string[] => {
    const migrations = names.map((one) => (typeof one === "string" ? plain(one) : one));
    return findProblems(folder(...migrations), recorded(...known), "/app/db", allowance);
  };

  it("orderMigrations() puts what tenants have first, as they got it, then the rest of the folder", () => {
    const { ordered } = orderMigrations(
      folder(plain("a"), plain("b"), plain("c"), plain("d")),
      recorded("a", "c", "b"),
    );
    expect(ordered.map(({ name, position }) => [position, name])).to.deep.equal([
      [1, "a"],
      [2, "c"],
      [3, "b"],
      [4, "d"],
    ]);
  });

  it("findProblems() refuses a folder that lacks what tenants have, and names it", () => {
    expect(problemsOf(["a"], ["a", "b", "c"], { late: true, edited: true })).to.deep.equal([
      'the folder "/app/db" does not have "b", and 1 more, which tenants of this database have; ' +
        "set TENANT_MIGRATIONS to the folder that they were migrated with",
    ]);
  });

  it("findProblems() refuses a file that was edited, unless that is accepted", () => {
    const edited = plain("a", { checksum: "another" });
    expect(problemsOf([edited, "b"], ["a"])[0]).to.match(/^a\.sql was edited .*--accept-edited$/);
    expect(problemsOf([edited, "b"], ["a"], { edited: true })).to.deep.equal([]);
    // A module has no checksum, and neither has what an older registry took over.
    expect(problemsOf([plain("a", { checksum: undefined })], ["a"])).to.have.length(1);
  });

  it("findProblems() refuses what was merged late, unless that is allowed", () => {
    expect(problemsOf(["a", "b", "c"], ["a", "c"])[0]).to.match(
      /^b\.sql comes before "c", which tenants have already; .*--allow-late$/,
    );
    expect(problemsOf(["a", "b", "c"], ["a", "c"], { late: true })).to.deep.equal([]);
    // Once tenants have it, it is late no more.
    expect(problemsOf(["a", "b", "c", "d"], ["a", "c", "b"])).to.deep.equal([]);
  });

  it("findProblems() refuses an extension that no shared schema has", () => {
    const creating = (extension: string): Migration =>
      plain("a", {
        up: {
          kind: "sql",
          commands: [{ pieces: [""], line: 3, title: "create extension", extension }],
        },
      });
    expect(problemsOf([creating("citext")], [])[0]).to.match(
      /^a\.sql, line 3, creates extension "citext", .*init-db\.js --shared-schema/,
    );
    expect(problemsOf([creating("plpgsql")], [])).to.deep.equal([]);
  });
});

describe("the way of a tenant", () => {
  const migrations = order("a", "b", "c");
  const namesOf = (from: number, to: number): string[] =>
    changesBetween(migrations, from, to).map(
      (change) => `${change.direction} ${change.from}>${change.to} ${change.migration.name}`,
    );

  it("changesBetween() leads up, and down with the newest first", () => {
    expect(namesOf(0, 3)).to.deep.equal(["up 0>1 a", "up 1>2 b", "up 2>3 c"]);
    expect(namesOf(3, 1)).to.deep.equal(["down 3>2 c", "down 2>1 b"]);
    expect(namesOf(2, 2)).to.deep.equal([]);
  });

  it("changesBetween() refuses what is no version, and a way down that does not exist", () => {
    expect(() => namesOf(0, 4)).to.throw("version 4 does not exist; the folder has 3 migrations");
    const final = orderMigrations(folder(plain("a"), plain("b", { down: undefined })), recorded());
    expect(() => changesBetween(final, 2, 0)).to.throw('"b" does not have a way down');
    expect(newestVersion(order())).to.equal(0);
  });

  it("findVersion() takes a name or a position", () => {
    expect(["b", "3", "0"].map((text) => findVersion(migrations, text))).to.deep.equal([2, 3, 0]);
    for (const text of ["4", "x", "-1", ""]) {
      expect(() => findVersion(migrations, text), text).to.throw("does not exist");
    }
  });

  it("cutStages() lets migrations share a transaction only where they may", () => {
    const command = { pieces: [""], line: 1, title: "alter type mood" };
    const large = { kind: "sql", commands: Array.from({ length: 300 }, () => command) } as const;
    const { ordered } = orderMigrations(
      folder(
        plain("a"),
        plain("b"),
        plain("value", { up: { kind: "sql", commands: [{ ...command, addsEnumValue: true }] } }),
        plain("c"),
        plain("index", { isTransactional: false }),
        plain("settings", { leavesSessionState: true }),
        plain("large", { up: large }),
        plain("larger", { up: large }),
      ),
      recorded(),
    );
    const stagesOf = (sharing: Parameters<typeof cutStages>[1]): string[] =>
      cutStages(ordered, sharing).map((one) => one.migrations.map(({ name }) => name).join("+"));
    const first = ["a+b", "value", "c", "index", "settings"];
    expect(stagesOf("all")).to.deep.equal([...first, "large+larger"]);
    expect(stagesOf("some")).to.deep.equal([...first, "large", "larger"]);
    expect(stagesOf("none")).to.deep.equal(ordered.map(({ name }) => name));
  });
});

describe("which tenants", () => {
  const all = ["a", "ab", "shop_1", "shop_2", "shopx"].map((schemaName) => ({ schemaName }));
  const pick = (list: string): string[] =>
    pickListed(all, list).map(({ schemaName }) => schemaName);

  it("pickListed() takes names and patterns, each tenant once", () => {
    expect(pick("a,shop_*, a")).to.deep.equal(["a", "shop_1", "shop_2"]);
    expect(pick("*")).to.have.length(5);
    expect(pick("s*_2")).to.deep.equal(["shop_2"]);
  });

  it("pickListed() refuses what fits none, and reads no pattern but *", () => {
    expect(() => pick("a,nobody,.*")).to.throw('nothing matches "nobody", ".*"; see');
    expect(() => pick("a|b")).to.throw('"a|b"');
    expect(() => pick("")).to.throw('nothing matches ""');
  });

  it("parseCanary() takes a number or a part, and nothing else", () => {
    expect(parseCanary("10")).to.deep.equal({ count: 10 });
    expect(parseCanary("5%")).to.deep.equal({ percent: 5 });
    for (const text of ["", "0", "-1", "101%", "5 %", "1e3", "%"]) {
      expect(() => parseCanary(text), text).to.throw("--canary");
    }
  });
});

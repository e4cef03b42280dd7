// From one version to another: which migrations, in which direction and order.

import { expect } from "chai";
import { parseCanary } from "../../admin/migrate/canary.ts";
import {
  changesBetween,
  knownVersions,
  newestVersion,
  runChanges,
  type TenantMigrations,
} from "../../admin/migrations/tenant-migrations.ts";
import { pickTenants } from "../../admin/registry/tenant-pattern.ts";
import { rejection } from "../support/rejection.ts";

const nothing = (): Promise<void> => Promise.resolve();
const migrations: TenantMigrations = [1, 2, 5].map((number) => ({
  name: `000${number}-m`,
  number,
  module: { up: nothing, down: nothing },
}));

describe("tenant migrations", () => {
  const namesOf = (from: number, to: number): string[] =>
    changesBetween(migrations, from, to).map(
      (change) => `${change.direction} ${change.from}>${change.to} ${change.migration.name}`,
    );

  it("changesBetween() leads up, over numbers that are not there", () => {
    expect(namesOf(0, 5)).to.deep.equal(["up 0>1 0001-m", "up 1>2 0002-m", "up 2>5 0005-m"]);
    expect(namesOf(2, 5)).to.deep.equal(["up 2>5 0005-m"]);
  });

  it("changesBetween() leads down, the newest first", () => {
    expect(namesOf(5, 1)).to.deep.equal(["down 5>2 0005-m", "down 2>1 0002-m"]);
    expect(namesOf(1, 0)).to.deep.equal(["down 1>0 0001-m"]);
  });

  it("changesBetween() is empty where nothing is to be done, and refuses what is no version", () => {
    expect(namesOf(2, 2)).to.deep.equal([]);
    for (const [from, to] of [
      [3, 5],
      [1, 9],
    ] as const) {
      expect(() => changesBetween(migrations, from, to)).to.throw(
        /tenant migration \d+ does not exist/,
      );
    }
  });

  it("knownVersions() and newestVersion() tell where a schema can be", () => {
    expect(knownVersions(migrations)).to.deep.equal([0, 1, 2, 5]);
    expect([newestVersion(migrations), newestVersion([])]).to.deep.equal([5, 0]);
  });

  it("runChanges() performs the changes that changesBetween() gives, in their order", async () => {
    for (const [from, to] of [
      [0, 5],
      [5, 0],
      [1, 2],
      [2, 2],
    ] as const) {
      const performed: string[] = [];
      await runChanges(migrations, from, to, (change) => {
        performed.push(`${change.direction} ${change.from}>${change.to} ${change.migration.name}`);
        return Promise.resolve();
      });
      expect(performed).to.deep.equal(namesOf(from, to));
    }
  });

  it("runChanges() stops at what fails, and throws just that", async () => {
    const performed: number[] = [];
    const failure = new Error("no");
    const error = await rejection(
      runChanges(migrations, 0, 5, ({ to }) => {
        performed.push(to);
        return to === 2 ? Promise.reject(failure) : Promise.resolve();
      }),
    );
    expect(error).to.equal(failure);
    expect(performed).to.deep.equal([1, 2]);
  });
});

describe("which tenants", () => {
  const all = ["a", "ab", "shop_1", "shop_2", "shopx"].map((schemaName) => ({ schemaName }));
  const pick = (list?: string): string[] =>
    pickTenants(all, list).map(({ schemaName }) => schemaName);

  it("pickTenants() takes names and patterns, each tenant once", () => {
    expect(pick("a,shop_*, a")).to.deep.equal(["a", "shop_1", "shop_2"]);
    expect(pick("*")).to.have.length(5);
    expect(pick()).to.have.length(5);
    expect(pick("s*_2")).to.deep.equal(["shop_2"]);
  });

  it("pickTenants() refuses what fits none, and reads no pattern but *", () => {
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

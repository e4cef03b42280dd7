// A tenant between the databases of one installation: there and back, killed at each step, and followed all the time.

import { expect } from "chai";
import type { TestDatabase } from "../support/database/database.ts";
import { rejection } from "../support/rejection.ts";
import { useSeveralDatabases } from "../support/database/admin-databases.ts";

const HOST = "acme.test";
const STEPS = ["cleared", "stopped", "copied", "left", "settled"];

describe("move-tenant between databases", function () {
  this.timeout(60_000);
  const several = useSeveralDatabases();
  const { home, eu, us } = several;
  const places: Readonly<Record<string, TestDatabase>> = { home, eu, us };

  /** Moves it; `killedAfter` ends the run when that step is committed. */
  const move = (to: string, killedAfter = ""): Promise<unknown> =>
    several.admin().moveTenant("acme", {
      to,
      onStep(step) {
        if (step === killedAfter) throw new Error("killed");
      },
    });
  const stateOf = async (database: TestDatabase): Promise<string> => {
    const [row] = await database.sql<{ state: string }>(
      `select concat_ws(' ', status, transition,
         (select '-> ' || database from rowhouse.pointer where schema_name = 'acme')) as state
         from (values ('acme')) as a (name) left join rowhouse.tenant on schema_name = name`,
    );
    return row?.state ?? "";
  };
  const states = async (): Promise<readonly string[]> => [
    await stateOf(home),
    await stateOf(eu),
    await stateOf(us),
  ];

  before(async () => {
    await home.addTenants({ acme: HOST });
    await home.sql("insert into acme.data select i, i from generate_series(1, 50) i");
  });

  it("killed after each step, it is served all the time, and the same command ends it", async () => {
    // From home, from a database to another, and home again, over what the first move has left there.
    for (const [index, to] of ["eu", "us", "home"].entries()) {
      const from = [home, eu, us][index] ?? home;
      await from.sql(`insert into acme.data values (${100 + index}, 1)`);
      for (const step of STEPS) {
        await move(to, step).catch((error: unknown) => expect(String(error)).to.include("killed"));
        const seen = await several.follow(HOST);
        expect(seen, `${to} ${step}: ${(await states()).join(", ")}`).to.equal("acme");
      }
      expect(await move(to)).to.include({ database: to, copied: undefined });
      const target = places[to] ?? home;
      expect(await stateOf(target)).to.equal("active");
      const [row] = await target.sql("select count(*)::int as rows from acme.data");
      expect(row).to.deep.equal({ rows: 51 + index });
      expect((await several.admin().listTenants()).map(({ database }) => database)).to.deep.equal([
        to,
      ]);
    }
    expect(await states()).to.deep.equal([
      "active",
      "suspended moved -> us",
      "suspended moved -> home",
    ]);
    expect(await several.enter(eu, HOST)).to.equal("RH301 us");
  });

  it("a target that refuses it leaves the tenant and the pointers as they were", async () => {
    await several.admin().dropRemnants("acme");
    await eu.sql("create schema acme");
    const refused = await rejection(move("eu"));
    expect(refused.message).to.match(
      /schema "acme" exists without a tenant; .* is here, as it was/,
    );
    expect(await states()).to.deep.equal(["active", "-> us", "-> home"]);
    await eu.sql("drop schema acme");
    await eu.sql("delete from rowhouse.pointer");
    await eu.addTenants({ other: HOST });
    expect((await rejection(move("eu"))).message).to.include(`host "${HOST}" belongs to a tenant`);
    expect((await rejection(move("asia"))).message).to.equal(
      'Cannot find database "asia": it is not configured; set ADMIN_DATABASE_URL_ASIA',
    );
    const away = several.admin().moveTenant("acme", { to: eu.adminUrl });
    expect((await rejection(away)).message).to.match(/it is database "eu", .* as --to$/);
    const otherUrl = several
      .admin()
      .moveTenant("acme", { to: eu.adminUrl.replace("127.0.0.1", "localhost") });
    expect((await rejection(otherUrl)).message).to.match(/it is database "eu"/);
  });
});

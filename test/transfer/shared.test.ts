// A tenant whose objects need shared schemas: by export, import, clone, move and drop.

import { createHash } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { dropTenant } from "../../admin/drop/drop.ts";
import { initialise } from "../../admin/lifecycle/database/initialise.ts";
import { needsPerson, readStatus } from "../../admin/inspect/status.ts";
import { createTenant } from "../../admin/lifecycle/tenant.ts";
import { type Registry, withRegistry } from "../../admin/registry/registry.ts";
import { withClient } from "../../admin/registry/connection/client.ts";
import { withBareTables } from "../../admin/transfer/bare/bare-tables.ts";
import { cloneTenant } from "../../admin/transfer/clone-tenant.ts";
import { exportTenant } from "../../admin/transfer/export-tenant.ts";
import { importTenant } from "../../admin/transfer/import-tenant.ts";
import { moveTenant } from "../../admin/transfer/move/move-tenant.ts";
import { editManifest, readEntries, writeEntries } from "../support/transfer/archive.ts";
import type { TestDatabase } from "../support/database/database.ts";
import { makeMigrations, type MigrationsFolder } from "../support/sql/migrations.ts";
import { type MoveStage, openMoveStage } from "../support/transfer/move-stage.ts";
import { messageOf } from "../support/rejection.ts";
import { runVerb } from "../support/program/verb.ts";

const ROWS = `select email::text, name, plan from $.person order by email`;

describe("a tenant that needs shared schemas", () => {
  let stage: MoveStage;
  let [source, target]: TestDatabase[] = [];
  let migrations: MigrationsFolder;
  let folder: string;

  const places = (): readonly [TestDatabase, TestDatabase] => {
    if (source === undefined || target === undefined) throw new Error("The suite has not begun");
    return [source, target];
  };
  const within = <T>(
    database: TestDatabase,
    work: (registry: Registry) => Promise<T>,
  ): Promise<T> => withRegistry(database.adminUrl, work, migrations.folder);
  const feesOf = async (schema: string, database = places()[0]): Promise<unknown> => {
    const result = await runVerb(
      database.adminUrl,
      ...["each-tenant", "--tenants", schema, "--json"],
      ...["--sql", "select array_agg(fee order by fee) as fees from fees"],
    );
    const [line = ""] = result.stdout.split("\n");
    return (JSON.parse(line) as { rows: [{ fees: unknown }] }).rows[0].fees;
  };
  const rowsOf = (schema: string, database = places()[0]): Promise<unknown> =>
    database.sql(ROWS.replace("$", schema));

  before(async () => {
    stage = await openMoveStage();
    ({ source, target } = stage);
    folder = await mkdtemp(join(tmpdir(), "rowhouse-shared-"));
    migrations = await makeMigrations();
    await migrations.write("0001-person", [
      "create table person (email citext primary key, name text, plan int references plan)",
      "create index on person using gin (name gin_trgm_ops)",
      `create function fee(person text) returns int language plpgsql stable as $$begin
         return (select price from plan join person on plan.id = person.plan where email = fee.person); end$$`,
      "create view fees as select email, fee(email::text) as fee from person",
    ]);
    await source.sql(
      "create schema ext",
      "create extension citext schema ext",
      "create extension pg_trgm schema ext",
      "create schema ref",
      "create table ref.plan (id int primary key, price int)",
      "insert into ref.plan values (1, 10), (2, 20)",
    );
    await within(source, async (registry) => {
      await initialise(registry, { sharedSchemas: { add: ["ref", "ext"] } });
      await createTenant(registry, "acme", ["acme.test"]);
    });
    await source.sql(
      "insert into acme.person values ('Ann@a.test', 'Ann', 1), ('bob@b.test', 'Bob', 2)",
    );
  });

  after(async () => {
    await stage.close();
    await migrations.remove();
    await rm(folder, { recursive: true });
  });

  it("exportTenant(), importTenant() and cloneTenant() copy it whole, and status finds nothing", async () => {
    const [database] = places();
    const file = join(folder, "acme.zip");
    await within(database, async (registry) => {
      await exportTenant(registry, "acme", file);
      await importTenant(registry, file, { schemaName: "made", hosts: ["made.test"] });
      await cloneTenant(registry, "acme", { schemaName: "copy", hosts: ["copy.test"] });
    });
    for (const schema of ["made", "copy"]) {
      expect(await rowsOf(schema)).to.deep.equal(await rowsOf("acme"));
      expect(await feesOf(schema)).to.equal("{10,20}");
    }
    const status = await within(database, (registry) => readStatus(registry, {}, true));
    expect(needsPerson(status)).to.equal(false);
    expect(status.strays?.schemas).to.deep.equal([]);
  });

  it("importTenant() tells a damaged key from a row that a shared table lacks", async () => {
    const [database] = places();
    const [whole, broken] = [join(folder, "acme.zip"), join(folder, "broken.zip")];
    const refused = (): Promise<string> =>
      within(database, (registry) =>
        messageOf(importTenant(registry, broken, { schemaName: "no", hosts: ["no.test"] })),
      );
    const entries = await readEntries(whole);
    const entry = "tables/0001-person.copy";
    const text = Buffer.from(String(entries.get(entry)).replace("\t2\n", "\t9\n"));
    await writeEntries(broken, entries.set(entry, text));
    expect(await refused()).to.match(/^Cannot read archive .*: sha256 of table "person" is /);
    await editManifest(broken, broken, ({ tables }) => {
      Object.assign(tables[0] ?? {}, { sha256: createHash("sha256").update(text).digest("hex") });
    });
    expect(await refused()).to.include("its rows refer to rows that a shared table lacks");
  });

  it("withBareTables() leaves a shared table free for others while rows are loaded", async () => {
    const [database] = places();
    const locks = await withClient({ url: database.adminUrl }, async (client) => {
      await client.query("begin");
      let modes: unknown;
      await withBareTables(client, "copy", async () => {
        const text =
          "select mode from pg_locks where relation = 'ref.plan'::regclass and mode like '%Exclusive%'";
        modes = (await client.query(text)).rows;
      });
      await client.query("rollback");
      return modes;
    });
    expect(locks).to.deep.equal([]);
  });

  it("moveTenant() refuses a target that lacks something shared, before anything is changed", async () => {
    const [from, to] = places();
    const move = (): Promise<unknown> =>
      within(from, (registry) =>
        within(to, (there) => moveTenant(registry, there, "acme", { waitMs: 10_000 })),
      );
    const refused = async (reason: string): Promise<void> => {
      const [before] = await from.sql(
        "select *, xmin from rowhouse.tenant where schema_name = 'acme'",
      );
      expect(await messageOf(move())).to.include(reason);
      const [after] = await from.sql(
        "select *, xmin from rowhouse.tenant where schema_name = 'acme'",
      );
      expect(after).to.deep.equal(before);
    };
    await refused(
      'tenants here see the shared schemas "ref", "ext", and there none; run node admin/init-db.js',
    );
    await within(to, (there) => initialise(there, { sharedSchemas: { add: ["ext", "ref"] } }));
    await refused('see the shared schemas "ref", "ext", and there "ext", "ref"');
    await within(to, (there) => initialise(there, { sharedSchemas: { remove: ["ext"] } }));
    await within(to, (there) => initialise(there, { sharedSchemas: { add: ["ext"] } }));
    await refused("it needs operator class ext.citext_ops USING btree");
    await to.sql("create extension citext schema ext", "create extension pg_trgm schema ext");
    await refused("it needs table ref.plan, which");
  });

  it("moveTenant() gives the tenant back when a shared row is missing there, and moves it when it is there", async () => {
    const [from, to] = places();
    const move = (): Promise<unknown> =>
      within(from, (registry) =>
        within(to, (there) => moveTenant(registry, there, "acme", { waitMs: 10_000 })),
      );
    await to.sql(
      "create table ref.plan (id int primary key, price int)",
      "insert into ref.plan values (1, 11)",
    );
    await within(to, (there) => initialise(there));
    expect(await messageOf(move())).to.include("its rows refer to rows that a shared table lacks");
    const text = "select status, transition from rowhouse.tenant where schema_name = 'acme'";
    expect(await from.sql(text)).to.deep.equal([{ status: "active", transition: null }]);
    await to.sql("insert into ref.plan values (2, 22)");
    await move();
    expect(await rowsOf("acme", to)).to.deep.equal(await rowsOf("copy"));
    expect(await feesOf("acme", to)).to.equal("{11,22}");
  });

  it("dropTenant() refuses while a shared view reads a tenant's table, and leaves shared tables alone", async () => {
    const [database] = places();
    const drop = (): Promise<unknown> =>
      within(database, (registry) =>
        dropTenant(registry, "copy", { backup: undefined, signal: new AbortController().signal }),
      );
    await database.sql("create view ref.report as select * from copy.person");
    expect(await messageOf(drop())).to.include(
      'view ref.report outside of schema "copy" depends on',
    );
    await database.sql("drop view ref.report");
    await drop();
    expect(await database.sql("select id from ref.plan order by id")).to.deep.equal([
      { id: 1 },
      { id: 2 },
    ]);
  });
});

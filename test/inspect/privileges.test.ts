// What a tenant may do with its own objects follows every migration, whoever runs it, and whatever somebody has
// taken from PUBLIC: status tells what is missing, repair mends it.

import { sendText } from "../support/sql/send-text.ts";
import { expect } from "chai";
import { findLacks, describeLack } from "../../admin/inspect/lack.ts";
import { repairTenant } from "../../admin/repair/repair-tenant.ts";
import { createTenant } from "../../admin/lifecycle/tenant.ts";
import { type Registry, withRegistry } from "../../admin/registry/registry.ts";
import { createTestDatabase, type TestDatabase } from "../support/database/database.ts";
import { makeMigrations, type MigrationsFolder } from "../support/sql/migrations.ts";
import { plant } from "../support/program/printed.ts";
import { runAsAdmin, urlOf } from "../support/server/server.ts";
import { type LocalService, openService } from "../support/program/service.ts";
import { runVerbWith } from "../support/program/verb.ts";

const ENTER = "reset role;select rowhouse.enter_tenant('{acme.example.com}');";

describe("what a tenant may do with its own objects", () => {
  let database: TestDatabase;
  let migrations: MigrationsFolder;
  let service: LocalService;

  beforeEach(async () => {
    migrations = await makeMigrations();
    await migrations.write("0001-doc", ['create table "${schema}".doc (id int)']);
    database = await createTestDatabase();
    await database.addTenants({ acme: "acme.example.com" }, migrations.folder);
    service = openService(database.serviceUrl);
  });

  afterEach(async () => {
    await service.close();
    await database.drop();
    await migrations.remove();
  });

  const within = <T>(work: (registry: Registry) => Promise<T>): Promise<T> =>
    withRegistry(database.adminUrl, work, migrations.folder);
  const lacks = async (): Promise<readonly string[]> =>
    (await within((registry) => findLacks(registry, undefined))).map(describeLack);
  const asAcme = (sql: string): Promise<unknown> => sendText(service.database, ENTER + sql);
  const writeEverything = (): Promise<void> =>
    migrations.write("0002-more", [
      "create type \"${schema}\".mood as enum ('ok')",
      "create function \"${schema}\".one() returns int language sql as 'select 1'",
      'create table "${schema}".more (id serial, m "${schema}".mood, n int default "${schema}".one())',
      'create view "${schema}".seen as select d.id, "${schema}".one() from "${schema}".doc as d',
    ]);
  const useEverything = async (): Promise<void> => {
    await asAcme("insert into more (m) values ('ok') returning id");
    await asAcme("select id, m::mood, one() from more");
    await asAcme("select * from seen");
  };

  it("migrate grants what another admin role has made, and what it makes later", async () => {
    const [other, password] = [`${database.name}_other`, plant("planted-password-77c1")];
    await runAsAdmin("postgres", [`create role ${other} login superuser password '${password}'`]);
    try {
      await writeEverything();
      const variables = {
        ADMIN_DATABASE_URL: urlOf(database.name, { name: other, password }),
        TENANT_MIGRATIONS: migrations.folder,
      };
      expect((await runVerbWith(variables, "migrate")).status).to.equal(0);
      await useEverything();
      await migrations.write("0003-late", ['create table "${schema}".late (id int)']);
      expect((await runVerbWith(variables, "migrate")).status).to.equal(0);
      await asAcme("select * from late");
      expect((await runVerbWith(variables, "status")).stdout).to.include("All is well");
    } finally {
      await database.sql(`reassign owned by ${other} to current_user`, `drop owned by ${other}`);
      await runAsAdmin("postgres", [`drop role ${other}`]);
    }
  });

  it("migrate leaves alone what a person has revoked", async () => {
    const [row] = await database.sql<{ name: string }>(
      "select role_name as name from rowhouse.tenant",
    );
    await database.sql(`revoke all on acme.doc from "${row?.name}"`);
    await writeEverything();
    const variables = {
      ADMIN_DATABASE_URL: database.adminUrl,
      TENANT_MIGRATIONS: migrations.folder,
    };
    expect((await runVerbWith(variables, "migrate")).status).to.equal(0);
    expect(await lacks()).to.deep.equal([
      `role "${row?.name}" has no select, insert, update, delete on table "doc"`,
    ]);
  });

  for (const taken of [
    "alter default privileges revoke execute on functions from public",
    "alter default privileges revoke usage on types from public",
  ]) {
    it(`a new tenant and a migration have what they need after: ${taken}`, async () => {
      await database.sql(taken);
      await writeEverything();
      await within((registry) => createTenant(registry, "young", ["young.example.com"]));
      const variables = {
        ADMIN_DATABASE_URL: database.adminUrl,
        TENANT_MIGRATIONS: migrations.folder,
      };
      expect((await runVerbWith(variables, "migrate")).status).to.equal(0);
      expect(await lacks()).to.deep.equal([]);
      await useEverything();
    });
  }

  it("repair mends all tenants that lack something in one call", async () => {
    await within((registry) => createTenant(registry, "young", ["young.example.com"]));
    await within((registry) => createTenant(registry, "well", ["well.example.com"]));
    await database.sql(
      "create function acme.one() returns int language sql as 'select 1'",
      "create function young.one() returns int language sql as 'select 1'",
      "revoke execute on function acme.one() from public",
      "revoke execute on function young.one() from public",
    );
    const variables = {
      ADMIN_DATABASE_URL: database.adminUrl,
      TENANT_MIGRATIONS: migrations.folder,
    };
    const planned = await runVerbWith(variables, "repair", "*", "--plan");
    expect(planned.stdout).to.match(/^acme: Would grant execute on routine acme\.one\(\) to /m);
    expect(await lacks()).to.have.length(2);
    const { stdout, status } = await runVerbWith(variables, "repair", "*");
    expect(stdout).to.match(/^young: Did grant execute on routine young\.one\(\) to /m);
    expect(stdout).to.match(/^Repaired 2 tenants; 1 already in order$/m);
    expect(status).to.equal(0);
    expect(await lacks()).to.deep.equal([]);
    expect((await runVerbWith(variables, "repair", "acme,nobody")).stderr).to.include(
      'nothing matches "nobody"',
    );
  });

  const DAMAGE: Readonly<Record<string, RegExp>> = {
    "revoke execute on function acme.one() from public": /has no execute on function "one\(\)"$/,
    "revoke usage on type acme.mood from public": /has no usage on type "mood"$/,
    "alter default privileges revoke execute on functions from public":
      /will not get execute on functions that are created later$/,
    "alter default privileges revoke usage on types from public":
      /will not get usage on types that are created later$/,
    "alter view acme.seen owner to OTHER": /^its owner "\w+_other" has no .* on "doc", so that /,
  };
  for (const [damage, told] of Object.entries(DAMAGE)) {
    it(`status tells of, and repair mends: ${damage}`, async () => {
      const other = `${database.name}_other`;
      await writeEverything();
      await runVerbWith(
        { ADMIN_DATABASE_URL: database.adminUrl, TENANT_MIGRATIONS: migrations.folder },
        "migrate",
      );
      await database.sql(
        `create role ${other}`,
        `grant usage, create on schema acme to ${other}`,
        damage.replace("OTHER", other),
      );
      try {
        const found = await lacks();
        expect(found).to.have.length(1);
        expect(found[0]).to.match(told);
        await within((registry) =>
          repairTenant(registry, "acme", { plan: false, emptySchema: false, announce() {} }),
        );
        expect(await lacks()).to.deep.equal([]);
        await useEverything();
      } finally {
        await database.sql(`drop owned by ${other} cascade`, `drop role ${other}`);
      }
    });
  }
});

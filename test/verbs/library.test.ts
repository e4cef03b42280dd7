// The admin library, as an application's own code uses it.

import { expect } from "chai";
import { type Admin, AdminError, openAdmin } from "../../admin/library/admin.ts";
import { TENANT_MIGRATIONS } from "../../admin/migrations/load.ts";
import { createTestDatabase, useDatabase } from "../support/database/database.ts";
import { makeMigrations } from "../support/sql/migrations.ts";
import { rejection } from "../support/rejection.ts";
import { openService } from "../support/program/service.ts";

describe("openAdmin()", () => {
  const database = useDatabase({ first: "first.example" });
  let admin: Admin;

  before(async () => {
    admin = await openAdmin({ url: database.adminUrl, tenantMigrations: TENANT_MIGRATIONS });
  });

  after(() => admin.close());

  const codeOf = async (work: Promise<unknown>): Promise<string> => {
    try {
      await work;
      return "none";
    } catch (error) {
      if (!(error instanceof AdminError)) throw error;
      return error.code;
    }
  };

  it("createTenant() creates a tenant that the service answers for at once", async () => {
    const created = await admin.createTenant({
      schemaName: "acme",
      hosts: ["Acme.example", "acme.example", "www.acme.test"],
      settings: { plan: "pro", seats: 25 },
      statementTimeoutMs: 2000,
    });
    expect(created).to.deep.equal({ schemaName: "acme", hosts: ["acme.example", "www.acme.test"] });
    const service = openService(database.serviceUrl);
    try {
      expect((await service.request("www.acme.test", "GET", "/data/1")).status).to.equal(404);
      expect(
        (await service.request("www.acme.test", "PUT", "/data/1", { value: 5 })).status,
      ).to.equal(201);
    } finally {
      await service.close();
    }
    const { createdAt, ...found } = (await admin.findTenant("acme")) ?? {};
    expect(createdAt).to.be.instanceOf(Date);
    expect(found).to.deep.equal({
      schemaName: "acme",
      status: "active",
      version: 2,
      migration: "0002-updated-at",
      statementTimeoutMs: 2000,
      settings: { plan: "pro", seats: 25 },
      transition: null,
      peer: null,
      hosts: ["acme.example", "www.acme.test"],
    });
  });

  it("createTenant() tells the same tenant from another one of the name, and creates nothing", async () => {
    const create = (schemaName: string, ...hosts: string[]): Promise<string> =>
      codeOf(admin.createTenant({ schemaName, hosts }));
    expect(await create("first", "first.example")).to.equal("tenant_exists");
    expect(await create("first", "other.example")).to.equal("name_taken");
    expect(await create("second", "first.example")).to.equal("host_taken");
    expect(await create("Second", "second.example")).to.equal("name_invalid");
    expect(await create("second", "a..b")).to.equal("host_invalid");
    expect(await create("second")).to.equal("host_invalid");
    await database.sql("create schema stray");
    expect(await create("stray", "stray.example")).to.equal("name_taken");
    for (const settings of [{ "": 1 }, { at: new Date() }, { long: "x".repeat(9000) }]) {
      const tenant = { schemaName: "second", hosts: ["second.example"], settings };
      expect(await codeOf(admin.createTenant(tenant))).to.equal("settings_invalid");
    }
    const made = (await admin.listTenants()).map(({ schemaName }) => schemaName);
    expect(made).to.deep.equal(["acme", "first"]);
  });

  it("createTenant(), three times at once, is won by one, and the others learn that it exists", async () => {
    const tenant = { schemaName: "contested", hosts: ["contested.example"] };
    const codes = await Promise.all([1, 2, 3].map(() => codeOf(admin.createTenant(tenant))));
    expect(codes).to.have.members(["none", "tenant_exists", "tenant_exists"]);
  });

  it("addHost(), removeHost(), suspendTenant(), resumeTenant() and setTenant() change a tenant", async () => {
    expect(await admin.addHost("first", "Two.example")).to.deep.equal({
      host: "two.example",
      schemaName: "first",
    });
    expect(await codeOf(admin.addHost("acme", "two.example"))).to.equal("host_taken");
    expect(await codeOf(admin.addHost("nobody", "three.example"))).to.equal("tenant_not_found");
    expect(await codeOf(admin.removeHost("two.example", "acme"))).to.equal("host_not_found");
    expect(await admin.removeHost("two.example")).to.deep.equal({
      host: "two.example",
      schemaName: "first",
    });
    expect(await codeOf(admin.removeHost("two.example"))).to.equal("host_not_found");
    expect((await admin.suspendTenant("first")).status).to.equal("suspended");
    expect((await admin.resumeTenant("first")).status).to.equal("active");
    expect(
      await admin.setTenant("first", {
        readOnly: true,
        statementTimeoutMs: 500,
        set: { plan: "pro", trial: true },
      }),
    ).to.deep.equal({
      schemaName: "first",
      status: "read_only",
      statementTimeoutMs: 500,
      settings: { plan: "pro", trial: true },
      stillRunning: 0,
    });
    const changed = await admin.setTenant("first", { readOnly: false, unset: ["trial"] });
    expect(changed).to.deep.include({ status: "active", settings: { plan: "pro" } });
    expect(await codeOf(admin.setTenant("first", { statementTimeoutMs: 0 }))).to.equal(
      "option_invalid",
    );
    expect(await codeOf(admin.setTenant("first", { set: { a: 1 }, unset: ["a"] }))).to.equal(
      "settings_invalid",
    );
  });

  it("fails with a code for a folder that is missing, a database that is not there, and one without a registry", async () => {
    const open = (url: string, tenantMigrations: string): Promise<string> =>
      codeOf(
        openAdmin({ url, tenantMigrations }).then(async (other) => {
          try {
            await other.createTenant({ schemaName: "late", hosts: ["late.example"] });
          } finally {
            await other.close();
          }
        }),
      );
    const at = (name: string): string =>
      Object.assign(new URL(database.adminUrl), { pathname: `/${name}` }).href;
    expect(await open(database.adminUrl, "/no/such/folder")).to.equal("migrations_invalid");
    expect(await open("ftp://here", TENANT_MIGRATIONS)).to.equal("option_invalid");
    expect(await open(at("rowhouse_test_nowhere"), TENANT_MIGRATIONS)).to.equal(
      "database_unavailable",
    );
    expect(await open(at("postgres"), TENANT_MIGRATIONS)).to.equal("registry_missing");
    const hosts = ["{*}.example"];
    expect(await codeOf(admin.planAdoption({ schemas: "a", hosts }))).to.equal("option_invalid");
    const url = "postgres://rowhouse@127.0.0.1:1/nowhere?sslmode=disable";
    await using gone = await openAdmin({ url, tenantMigrations: TENANT_MIGRATIONS });
    expect(await rejection(gone.listTenants())).to.have.property(
      "message",
      "Cannot connect to the database: ECONNREFUSED; check url, and that PostgreSQL is running",
    );
  });

  it("createTenant() runs each module in the new schema, whatever a command before has called", async () => {
    const own = await createTestDatabase();
    const folder = await makeMigrations();
    const path = "set_config('search_path', 'public', true)";
    const calls = [
      `create table "\${schema}".made as select ${path} as path`,
      'create table "${schema}".plain (id int)',
      `alter table "\${schema}".plain add column path text default ${path}`,
    ];
    for (const [index, text] of calls.entries()) {
      await folder.write(`000${2 * index + 1}-call`, [text]);
      await folder.write(`000${2 * index + 2}-own`, [`create table own${index} (id int)`]);
    }
    const library = await openAdmin({ url: own.adminUrl, tenantMigrations: folder.folder });
    try {
      for (const schemaName of ["one", "two"]) {
        await library.createTenant({ schemaName, hosts: [`${schemaName}.example`] });
        const tables = await own.sql<{ name: string }>(
          `select relname::text as name from pg_class
            where relkind = 'r' and relnamespace = '${schemaName}'::regnamespace order by 1`,
        );
        expect(tables.map(({ name }) => name)).to.deep.equal(
          ["made", "own0", "own1", "own2", "plain"],
          schemaName,
        );
      }
    } finally {
      await library.close();
      await folder.remove();
      await own.drop();
    }
  });
});

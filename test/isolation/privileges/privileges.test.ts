// The promise: what a tenant's SQL may touch is decided by PostgreSQL's privileges, not by good
// manners. SQL that the lexer would refuse is put behind the entry here, in a raw message, as if it had
// found a way around the lexer.

import { sendText } from "../../support/sql/send-text.ts";
import { expect } from "chai";
import { parseHost } from "../../../src/host.ts";
import { createTenant } from "../../../src/tenant.ts";
import { useDatabase } from "../../support/database/database.ts";
import type { PgBouncer } from "../../support/server/pgbouncer.ts";
import { codeOf } from "../../support/rejection.ts";
import { SERVICE_ROLE } from "../../support/server/server.ts";
import { type LocalService, openService } from "../../support/program/service.ts";

const INSUFFICIENT_PRIVILEGE = "42501";

describe("privileges", () => {
  const database = useDatabase({ acme: "acme.example.com", other: "other.example.com" });
  let service: LocalService;

  before(async () => {
    await database.sql(
      `insert into acme.data values (1, 10)`,
      `insert into other.data values (1, 20)`,
    );
    service = openService(database.serviceUrl);
  });

  after(() => service.close());

  const enter = (host: string): string =>
    `reset role;select rowhouse.enter_tenant('{${host}.example.com}');`;
  const asAcme = (sql: string) => sendText(service.database, enter("acme") + sql);
  const alone = (sql: string) => sendText(service.database, sql);
  const roleOf = async (schemaName: string): Promise<string> => {
    const [row] = await database.sql<{ role_name: string }>(
      `select role_name from rowhouse.tenant where schema_name = '${schemaName}'`,
    );
    return row?.role_name ?? "";
  };

  it("enter_tenant() opens the tenant's own schema", async () => {
    const [, , rows] = await asAcme(`select value from data; select 1`);
    expect(rows).to.deep.equal([{ value: 10 }]);
  });

  const refusedWithin: readonly [what: string, sql: string][] = [
    ["to read another tenant's table", `select * from other.data`],
    ["to write to another tenant's table", `update other.data set value = 0`],
    ["to add to another tenant's table", `insert into other.data values (2, 2)`],
    ["to empty its table", `truncate data`],
    ["to alter its table", `alter table data add column more int`],
    ["to drop its table", `drop table data`],
    ["to read the tenants", `select * from rowhouse.tenant`],
    ["to read the hosts", `select * from rowhouse.domain`],
    ["to read the events", `select * from rowhouse.event`],
    ["to resolve a host", `select rowhouse.resolve_host('{other.example.com}')`],
    ["to enter another tenant", `select rowhouse.enter_tenant('{other.example.com}')`],
    ["to call set_config()", `select set_config('search_path', 'other', true)`],
    ["to change the role by set_config()", `select set_config('role', 'none', false)`],
    [
      "to update pg_settings",
      `update pg_settings set setting = 'other' where name = 'search_path'`,
    ],
    ["to create a temporary table", `create temporary table trap (a int)`],
    ["to create a temporary view", `create temporary view data as select 1 as key, 2 as value`],
    ["to create a table in its schema", `create table more (a int)`],
    ["to create a table in public", `create table public.more (a int)`],
    ["to create a schema", `create schema more`],
    ["to create a function in its schema", `create function more() returns int return 1`],
    ["to create a temporary function", `create function pg_temp.f() returns int return 1`],
    ["to create a role", `create role more`],
    ["to read a file of the server", `select pg_read_file('postgresql.conf')`],
    ["to run a program of the server", `copy data from program 'true'`],
    ["to end other sessions", `select pg_terminate_backend(pg_backend_pid())`],
  ];
  for (const [what, sql] of refusedWithin) {
    it(`enter_tenant() leaves a tenant unable ${what}`, async () => {
      expect(await codeOf(asAcme(sql))).to.equal(INSUFFICIENT_PRIVILEGE);
    });
  }

  it("enter_tenant() runs once in a message", async () => {
    const again = `select rowhouse.enter_tenant('{acme.example.com}')`;
    expect(await codeOf(asAcme(again))).to.equal(INSUFFICIENT_PRIVILEGE);
    // By its own check as well, for a role that may call it.
    const twice = database.sql(`set role ${SERVICE_ROLE}`, again);
    expect(await codeOf(twice)).to.equal(INSUFFICIENT_PRIVILEGE);
  });

  const refusedAlone: readonly [what: string, sql: string][] = [
    ["read a tenant's table", `select * from acme.data`],
    ["write to a tenant's table", `insert into acme.data values (2, 2)`],
    ["read the tenants", `select * from rowhouse.tenant`],
    ["read the hosts", `select * from rowhouse.domain`],
    ["change a tenant", `update rowhouse.tenant set status = 'active'`],
    [
      "add a host",
      `insert into rowhouse.domain select 'mine.example.com', 'acme', 'r', 'active', 1`,
    ],
    ["read what was installed", `select * from rowhouse.installation`],
    ["read how migrations ended", `select * from rowhouse.migration_run`],
    ["read the events", `select * from rowhouse.event`],
    [
      "write an event",
      `insert into rowhouse.event (actor, verb, details) values ('a', 'log', '{}')`,
    ],
    ["create a temporary table", `create temporary table trap (a int)`],
    ["create a table", `create table public.more (a int)`],
    ["create a schema", `create schema more`],
    ["replace enter_tenant()", `drop function rowhouse.enter_tenant(text[])`],
  ];
  for (const [what, sql] of refusedAlone) {
    it(`the service role alone cannot ${what}`, async () => {
      expect(await codeOf(alone(sql))).to.equal(INSUFFICIENT_PRIVILEGE);
    });
  }

  it("the service role alone finds no table named data", async () => {
    expect(await codeOf(alone(`select * from data`))).to.equal("42P01");
  });

  it("resolve_host() tells of a host that is given, and of no other", async () => {
    const resolve = async (hosts: string): Promise<unknown> => {
      const [rows] = await alone(`select (rowhouse.resolve_host('${hosts}'))[1] as schema_name`);
      return rows?.[0]?.["schema_name"];
    };
    expect(await resolve("{acme.example.com}")).to.equal("acme");
    expect(await resolve("{nobody.example.com,other.example.com,acme.example.com}")).to.equal(
      "other",
    );
    for (const hosts of ["{}", "{NULL}", "{%}", "{%.example.com}", "{*.example.com}", '{""}']) {
      expect(await resolve(hosts), hosts).to.equal(null);
    }
  });

  it("the functions of the registry are nobody's but the service role's", async () => {
    const open = await database.sql(
      `select proname from pg_proc where pronamespace = 'rowhouse'::regnamespace
         and (has_function_privilege('${await roleOf("acme")}', oid, 'execute')
           or has_function_privilege('public', oid, 'execute'))`,
    );
    expect(open).to.deep.equal([]);
  });

  it("set_config() and pg_settings are closed to everybody", async () => {
    const [row] = await database.sql(
      `select has_function_privilege('public', 'set_config(text, text, boolean)', 'execute') as call,
         has_table_privilege('public', 'pg_settings', 'update') as write`,
    );
    expect(row).to.deep.equal({ call: false, write: false });
  });

  it("a tenant's role owns nothing, cannot log in, and has no power of its own", async () => {
    const role = await roleOf("acme");
    const [row] = await database.sql(
      `select rolcanlogin, rolsuper, rolinherit, rolcreaterole, rolcreatedb, rolreplication,
         rolbypassrls, (select count(*)::int from pg_class where relowner = r.oid) as owned,
         (select count(*)::int from pg_auth_members where member = r.oid) as memberships
       from pg_roles r where rolname = '${role}'`,
    );
    expect(row).to.deep.equal({
      rolcanlogin: false,
      rolsuper: false,
      rolinherit: false,
      rolcreaterole: false,
      rolcreatedb: false,
      rolreplication: false,
      rolbypassrls: false,
      owned: 0,
      memberships: 0,
    });
  });

  it("enter_tenant() leaves a tenant blind to what other sessions run", async () => {
    const sql = `select distinct query from pg_stat_activity where datname = current_database()`;
    const [, , rows] = await asAcme(sql);
    expect(rows).to.deep.equal([{ query: "<insufficient privilege>" }]);
  });

  it("nothing that was tried has changed another tenant", async () => {
    expect(await database.sql(`select key, value from other.data`)).to.deep.equal([
      { key: 1, value: 20 },
    ]);
  });

  const poisons: readonly string[] = [
    `set role "$OTHER"`,
    `set search_path to other, public`,
    `set default_transaction_read_only = on`,
    `set session characteristics as transaction read only`,
    `set bytea_output = 'escape'`,
    `set datestyle = 'SQL, DMY'`,
    `set statement_timeout = 0`,
  ];
  for (const way of ["directly", "through PgBouncer"]) {
    describe(`on a session that somebody has poisoned, ${way}`, () => {
      let pgbouncer: PgBouncer | undefined;
      let poisoner: LocalService;
      let poisoned: LocalService;

      beforeEach(async () => {
        if (way !== "directly") pgbouncer = await database.startPgBouncer({ poolSize: 1 });
        const url = pgbouncer?.url(SERVICE_ROLE, database.name) ?? database.serviceUrl;
        poisoned = openService(url, { DATABASE_CONNECTIONS: "1" });
        poisoner = pgbouncer === undefined ? poisoned : openService(url);
      });

      afterEach(async () => {
        await Promise.all([poisoned.close(), poisoner.close()]);
        await pgbouncer?.stop();
      });

      for (const poison of poisons) {
        it(`enter_tenant() is right after: ${poison}`, async () => {
          const [before] = await sendText(poisoner.database, `select pg_backend_pid() as pid`);
          await sendText(poisoner.database, poison.replace("$OTHER", await roleOf("other")));
          const acme = createTenant(poisoned.database, parseHost("acme.example.com"));
          const [read] = await acme`
            select pg_backend_pid() as pid, current_user::text as role,
              current_schemas(false)::text as path, current_setting('statement_timeout') as timeout,
              (select value from data where key = 1), decode('00ff5c', 'hex') as bytes,
              timestamptz '2024-02-03T04:05:06Z' as at`;
          expect(read).to.deep.equal({
            ...before?.[0],
            role: await roleOf("acme"),
            path: "{acme}",
            timeout: "10s",
            value: 10,
            bytes: Buffer.of(0x00, 0xff, 0x5c),
            at: new Date("2024-02-03T04:05:06Z"),
          });
          const put = await poisoned.request("acme.example.com", "PUT", "/data/1", { value: 10 });
          expect(put.status).to.equal(200);
        });
      }

      const unsafe = [`set standard_conforming_strings = off`, `set client_encoding = 'LATIN1'`];
      // PgBouncer gives every client its own values of these two back.
      for (const poison of way === "directly" ? unsafe : []) {
        it(`enter_tenant() refuses the connection after: ${poison}`, async () => {
          await sendText(poisoner.database, poison);
          const acme = createTenant(poisoned.database, parseHost("acme.example.com"));
          expect(await codeOf(acme`select value from data`)).to.equal("RH500");
          // Literals are safe on no such connection: it is not used again.
          const { status, json } = await poisoned.request("acme.example.com", "GET", "/data/1");
          expect([status, json]).to.deep.equal([200, { value: 10 }]);
        });
      }
    });
  }
});

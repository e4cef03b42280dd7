// The promise: a message without a tenant reads what all tenants share, and nothing else. What an attacker could write
// into such a message is sent past the lexer here.

import { expect } from "chai";
import { Router } from "itty-router";
import { initialiseDatabase } from "../support/server/admin.ts";
import type { Exchange, SharedExchange } from "../../src/http/exchange.ts";
import { createTenancy, type Tenancy } from "../../src/http/tenancy.ts";
import { withoutTenant } from "../../src/http/with-tenant.ts";
import { type OpenDatabase } from "../../src/database/database.ts";
import { openDatabase } from "../../src/database/open-database.ts";
import { createShared } from "../../src/tenant.ts";
import { useDatabase } from "../support/database/database.ts";
import { redirect } from "../support/network/redirect.ts";
import { codeOf } from "../support/rejection.ts";
import { sendText } from "../support/sql/send-text.ts";
import { serverAddress } from "../support/server/server.ts";
import { openWireTap, type WireTap } from "../support/network/wire.ts";

const ENTER = "reset role;select rowhouse.enter_shared();";

describe("messages without a tenant", () => {
  const database = useDatabase({ acme: "acme.example.com" });
  let service: OpenDatabase;
  let tap: WireTap;

  before(async () => {
    await database.sql(
      "create schema ref",
      "create table ref.plan (name text primary key, price int)",
      "insert into ref.plan values ('free', 0), ('pro', 9)",
      "insert into acme.data values (1, 10)",
    );
    await initialiseDatabase(database.adminUrl, { sharedSchemas: { add: ["ref"] } });
    tap = await openWireTap(serverAddress());
    const url = redirect(database.serviceUrl, tap.port);
    service = openDatabase({ url, connections: 1 });
  });

  after(async () => {
    await service.close(1);
    await tap.close();
  });

  it("shared`…` reads the shared schemas in one message, in a batch too", async () => {
    const shared = createShared(service, {});
    await shared`select 1`;
    tap.clear();
    const [plans, now] = await shared.batch([
      shared`select name, price from plan order by price`,
      shared`select current_setting('transaction_read_only') as it, current_schema() as schema`,
    ]);
    expect(tap.count("Q")).to.equal(1);
    expect(plans).to.deep.equal([
      { name: "free", price: 0 },
      { name: "pro", price: 9 },
    ]);
    expect(now).to.deep.equal([{ it: "on", schema: "ref" }]);
  });

  const attacks: readonly (readonly [what: string, sql: string, code: string])[] = [
    ["read a tenant's table", "select * from acme.data", "42501"],
    ["write what is shared", "insert into ref.plan values ('x', 1)", "25006"],
    ["write a tenant's table", "insert into acme.data values (2, 2)", "42501"],
    ["create a table", "create table ref.mine (id int)", "25006"],
    ["create a temporary table", "create temp table mine (id int)", "25006"],
    ["read the registry", "select * from rowhouse.domain", "42501"],
    ["resolve a host", "select rowhouse.resolve_host('{acme.example.com}')", "42501"],
    ["resolve a schema", "select rowhouse.resolve_schema('acme')", "42501"],
    ["enter a tenant by its host", "select rowhouse.enter_tenant('{acme.example.com}')", "42501"],
    ["enter a tenant by its schema", "select rowhouse.enter_schema('acme')", "42501"],
    ["enter again", "select rowhouse.enter_shared()", "42501"],
    ["set a setting", "select set_config('role', 'none', false)", "42501"],
    ["write by a setting", "update pg_settings set setting = 'x' where name = 'role'", "42501"],
    ["read a file", "select pg_read_file('/etc/passwd')", "42501"],
    ["become writable", "set transaction read write;insert into ref.plan values ('x', 1)", "25001"],
  ];
  for (const [what, sql, code] of attacks) {
    it(`enter_shared() leaves nobody able to ${what}`, async () => {
      expect(await codeOf(sendText(service, `${ENTER}${sql}`))).to.equal(code);
    });
  }

  it("enter_shared() takes a role that owns nothing and is granted nothing", async () => {
    const [row] = await database.sql<{ role: string }>(
      `select 'rh_' || oid || '_0_shared' as role from pg_database where datname = current_database()`,
    );
    const found = await database.sql(
      `select rolcanlogin, rolinherit, rolsuper, rolcreaterole, rolbypassrls,
         (select count(*)::int from pg_auth_members where member = r.oid) as memberships,
         (select count(*)::int from pg_shdepend where refobjid = r.oid) as things
       from pg_roles as r where rolname = '${row?.role}'`,
    );
    expect(found).to.deep.equal([
      {
        rolcanlogin: false,
        rolinherit: false,
        rolsuper: false,
        rolcreaterole: false,
        rolbypassrls: false,
        memberships: 0,
        things: 0,
      },
    ]);
  });

  it("nothing of a message without a tenant is left for the next one on its connection", async () => {
    await sendText(service, `${ENTER}select 1`);
    const settings = `select current_setting('role') as role, current_setting('search_path') as path,
      current_setting('transaction_read_only') as readonly`;
    const [[row] = []] = (await service.send({ statements: [settings] })).results;
    expect(row).to.deep.include({ role: "none", readonly: "off" });
  });

  describe("withoutTenant", () => {
    let tenancy: Tenancy;
    const ask = async (path: string, host?: string): Promise<Response> =>
      tenancy.fetch(
        new Request(`http://localhost${path}`, host === undefined ? {} : { headers: { host } }),
        service,
      );

    before(() => {
      const router = Router<Exchange>()
        .get("/plans", withoutTenant, ({ shared }: SharedExchange) => shared`select name from plan`)
        .get("/write", withoutTenant, ({ shared }: SharedExchange) => {
          return shared`insert into plan values ('x', 1) returning name`;
        })
        .get("/forgotten", ({ shared }: SharedExchange) => shared`select 1`)
        .get("/wait", withoutTenant, ({ shared }: SharedExchange) => shared`select pg_sleep(0.2)`);
      tenancy = createTenancy({ router, limits: { tenantInFlight: 2 } });
    });

    it("serves any host, and none", async () => {
      for (const host of ["acme.example.com", "nobody.example.com", undefined]) {
        const response = await ask("/plans", host);
        expect([response.status, await response.json()]).to.deep.equal([
          200,
          [{ name: "free" }, { name: "pro" }],
        ]);
      }
    });

    it("refuses a write with 423, and a route without the stage fails", async () => {
      expect((await ask("/write")).status).to.equal(423);
      expect((await ask("/forgotten")).status).to.equal(500);
    });

    it("counts all such requests for one share", async () => {
      const answers = await Promise.all([1, 2, 3].map((n) => ask("/wait", `h${n}.example.com`)));
      expect(answers.map(({ status }) => status)).to.deep.equal([200, 200, 429]);
    });
  });
});

// The promise, tried from inside: whatever could cross from one tenant to another is sent behind the entry in a raw
// message, as SQL that the lexer never saw, and is put to the lexer as well. What PostgreSQL cannot refuse is here,
// too, with what it does. .github/SECURITY.md has the table.

import { sendText } from "../../support/sql/send-text.ts";
import { expect } from "chai";
import pg from "pg";
import { checkTemplate } from "../../../src/sql/lexer.ts";
import { TemplateError } from "../../../src/sql/template-error.ts";
import { ADMITTED, REFUSED, UNREFUSED } from "../../support/sql/crossings.ts";
import { useDatabase } from "../../support/database/database.ts";
import { codeOf } from "../../support/rejection.ts";
import { SERVICE_ROLE } from "../../support/server/server.ts";
import { type LocalService, openService } from "../../support/program/service.ts";

const LARGE = 471_100;

describe("privileges, tried from inside a message", () => {
  const database = useDatabase({ acme: "acme.example.com", other: "other.example.com" });
  let service: LocalService;
  let bystander: pg.Client;
  const names: Record<string, string> = { SERVICE: SERVICE_ROLE, LARGE: String(LARGE) };

  before(async () => {
    await database.sql(
      `insert into acme.data values (1, 10)`,
      `insert into other.data values (1, 20)`,
      `analyze other.data`,
      `select lo_from_bytea(${LARGE}, 'theirs')`,
    );
    const roles = await database.sql<{ schema: string; role: string }>(
      `select schema_name as schema, role_name as role from rowhouse.tenant order by 1`,
    );
    names["ROLE"] = roles[0]?.role ?? "";
    names["OTHER"] = roles[1]?.role ?? "";
    names["DATABASE"] = database.name;
    // Another connection of the same service role, at work for another tenant.
    bystander = new pg.Client(database.serviceUrl);
    await bystander.connect();
    await bystander.query(
      `begin; select rowhouse.enter_tenant('{other.example.com}'); select * from data`,
    );
    const { rows } = await bystander.query<{ pid: number }>(`select pg_backend_pid() as pid`);
    names["BACKEND"] = String(rows[0]?.pid);
  });

  // Each on a connection of its own: what is tried may stay.
  beforeEach(() => {
    service = openService(database.serviceUrl, { DATABASE_CONNECTIONS: "1" });
  });

  afterEach(() => service.close());

  after(async () => {
    expect((await bystander.query(`select value from data`)).rows).to.deep.equal([{ value: 20 }]);
    await bystander.end();
  });

  const fill = (text: string): string =>
    text.replaceAll(/\$([A-Z]+)/g, (_, name: string) => names[name] ?? "");
  const asAcme = (sql: string) =>
    sendText(
      service.database,
      `reset role;select rowhouse.enter_tenant('{acme.example.com}');${fill(sql)}`,
    );
  /** Whether the lexer takes every statement of it. */
  const passesLexer = (sql: string): boolean => {
    try {
      // A body between dollars has semicolons of its own.
      const statements = sql.startsWith("do ") ? [sql] : sql.split(";");
      for (const statement of statements) checkTemplate([fill(statement)]);
      return true;
    } catch (error) {
      if (error instanceof TemplateError) return false;
      throw error;
    }
  };

  for (const [about, attempts] of Object.entries(REFUSED)) {
    for (const [sql, state] of Object.entries(attempts)) {
      it(`PostgreSQL refuses a tenant (${about}): ${sql}`, async () => {
        expect(await codeOf(asAcme(sql))).to.equal(state);
      });
    }
  }

  for (const [sql, value] of Object.entries(UNREFUSED)) {
    it(`compile() refuses what PostgreSQL cannot: ${sql}`, async () => {
      expect(passesLexer(sql)).to.equal(false);
      const last = (await asAcme(sql)).at(-1);
      expect(last?.[0]?.["v"]).to.equal(value);
      await database.sql(`alter role "${names["ROLE"]}" reset all`);
      if (sql.startsWith("drop owned")) {
        await database.sql(
          `grant usage on schema acme to "${names["ROLE"]}"`,
          `grant select, insert, update, delete on acme.data to "${names["ROLE"]}"`,
        );
      }
    });
  }

  for (const [sql, value] of Object.entries(ADMITTED)) {
    it(`a tenant sees no more than this: ${sql}`, async () => {
      expect(passesLexer(sql)).to.equal(true);
      const wanted = typeof value === "string" ? fill(value) : value;
      expect((await asAcme(sql)).at(-1)?.[0]?.["v"]).to.equal(wanted);
    });
  }

  it("a tenant that locks everything fails itself, and nobody afterwards", async () => {
    const greedy = `select count(pg_advisory_xact_lock(i)) from generate_series(1, 1000000) as i`;
    // out_of_memory
    expect(await codeOf(asAcme(greedy))).to.equal("53200");
    expect((await asAcme(`select value from data`)).at(-1)).to.deep.equal([{ value: 10 }]);
  });

  it("a statement without end ends with the tenant's time limit", async () => {
    await database.sql(
      `update rowhouse.tenant set statement_timeout_ms = 50 where schema_name = 'acme'`,
    );
    expect(await codeOf(asAcme(`select pg_sleep(1000)`))).to.equal("57014");
    await database.sql(
      `update rowhouse.tenant set statement_timeout_ms = 10000 where schema_name = 'acme'`,
    );
  });

  // PostgreSQL lets every role change its own password and settings.
  for (const setting of [
    `role = '"$OTHER"'`,
    "search_path = other",
    "client_encoding = 'LATIN1'",
  ]) {
    it(`enter_tenant() is right or refuses where the service role has set for itself: ${setting}`, async () => {
      const place = `alter role current_user in database ${database.name}`;
      const value = setting.replace(`'"$OTHER"'`, `'${names["OTHER"]}'`);
      await sendText(service.database, `${place} set ${value}`);
      const next = openService(database.serviceUrl);
      try {
        const rows = await sendText(
          next.database,
          `reset role;select rowhouse.enter_tenant('{acme.example.com}');select value from data`,
        ).then(
          (results) => results.at(-1),
          (error: unknown) => Reflect.get(Object(error), "code"),
        );
        if (setting.startsWith("role")) expect(rows).to.equal("42501");
        else expect(rows).to.deep.equal([{ value: 10 }]);
      } finally {
        await next.close();
        await sendText(service.database, `${place} reset ${setting.split(" ")[0]}`);
      }
    });
  }

  describe("in a session whose search_path leads elsewhere first", () => {
    before(() =>
      database.sql(
        `create schema evil`,
        `grant usage on schema evil to public`,
        `create type evil.record as (x int, y int)`,
        `create type evil.text as (x int)`,
        `create function evil.current_setting(pg_catalog.text) returns pg_catalog.text return 'none'`,
        `create function evil.set_config(pg_catalog.text, pg_catalog.text, boolean)
           returns pg_catalog.text return 'x'`,
        `create function evil.resolve_host(pg_catalog.text[]) returns pg_catalog.text return 'other'`,
        `create function evil.no(pg_catalog.text, pg_catalog.text) returns boolean return false`,
        `create function evil.join(pg_catalog.text, pg_catalog.text) returns pg_catalog.text return 'other'`,
        ...["=", "<>", "!~~"].map(
          (name) => `create operator evil.${name}
            (leftarg = pg_catalog.text, rightarg = pg_catalog.text, function = evil.no)`,
        ),
        `create operator evil.||
          (leftarg = pg_catalog.text, rightarg = pg_catalog.text, function = evil.join)`,
        `create table evil.domain (host pg_catalog.text, schema_name pg_catalog.text)`,
        `create view evil.pg_settings as select 'default_transaction_read_only' as name, 'session' as source`,
        `create table evil.data (key int, value int)`,
        `grant all on all tables in schema evil to public`,
      ),
    );

    for (const readOnly of ["off", "on"]) {
      it(`enter_tenant() is right, with default_transaction_read_only ${readOnly}`, async () => {
        await sendText(
          service.database,
          `set search_path to evil, rowhouse, pg_temp, pg_catalog; set default_transaction_read_only = ${readOnly}`,
        );
        const [, entered, rows] = await asAcme(
          `select value, current_user::pg_catalog.text as role, pg_catalog.current_schemas(false)::pg_catalog.text as path,
             pg_catalog.current_setting('statement_timeout') as timeout from data; select 1`,
        );
        expect(entered).to.deep.equal([{ enter_tenant: "acme" }]);
        expect(rows).to.deep.equal([
          { value: 10, role: names["ROLE"], path: "{acme}", timeout: "10s" },
        ]);
      });
    }
  });
});

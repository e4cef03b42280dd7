// The promise: a tenant executes no function that runs the text it is given, or that leaves something in the session.
// The database refuses it, whatever the lexer knows of the name.

import { sendText } from "../../support/sql/send-text.ts";
import { expect } from "chai";
import { initialise } from "../../../admin/lifecycle/database/initialise.ts";
import { examineFunctions } from "../../../admin/doctor/function-findings.ts";
import { type Registry, withRegistry } from "../../../admin/registry/registry.ts";
import { createTestDatabase, type TestDatabase } from "../../support/database/database.ts";
import { createPlainAdmin } from "../../support/database/plain-admin.ts";
import { codeOf } from "../../support/rejection.ts";
import { type LocalService, openService } from "../../support/program/service.ts";

const ENTER = "reset role;select rowhouse.enter_tenant('{acme.example.com}');";

// The lexer takes all of these: it knows none of the names.
const CALLS: readonly string[] = [
  "select * from public.crosstab('select 1, 2, 3') as t (a int, b int)",
  "select * from public.crosstab2('select ''a''::text, ''b''::text, ''c''::text')",
  "select * from public.connectby('data', 'key', 'value', '1', 0) as t (a int, b int, c int)",
  "select * from public.dblink('dbname=postgres', 'select 1') as t (a int)",
  "select public.dblink_connect('left', 'dbname=postgres')",
  "select public.dblink_exec('dbname=postgres', 'select 1')",
  "select * from public.xpath_table('key', 'value', 'data', '/a', 'true') as t (a int, b text)",
  "select public.set_limit(0.1)",
  "select public.postgres_fdw_disconnect_all()",
];

describe("functions that run text or leave something in the session", () => {
  let database: TestDatabase;
  let service: LocalService;

  const within = <T>(work: (registry: Registry) => Promise<T>): Promise<T> =>
    withRegistry(database.adminUrl, work);

  before(async () => {
    database = await createTestDatabase();
    await database.addTenants({ acme: "acme.example.com" });
    await database.sql(
      ...["tablefunc", "dblink", "xml2", "pg_trgm", "postgres_fdw", "citext"].map(
        (name) => `create extension ${name} schema public`,
      ),
    );
    service = openService(database.serviceUrl);
  });

  after(async () => {
    await service.close();
    await database.drop();
  });

  it("examineFunctions() names what an extension has brought since init-db", async () => {
    const [finding] = await within(examineFunctions);
    expect(finding?.level).to.equal("warn");
    expect(finding?.seen).to.match(
      /^tenants may execute \d+ functions that .*: public\.connectby\(/,
    );
  });

  describe("after init-db", () => {
    before(async () => {
      expect((await within((registry) => initialise(registry))).openFunctions).to.deep.equal([]);
    });

    for (const sql of CALLS) {
      it(`PostgreSQL refuses: ${sql}`, async () => {
        expect(await codeOf(sendText(service.database, ENTER + sql))).to.equal("42501");
      });
    }

    it("a tenant still executes what is harmless", async () => {
      const results = await sendText(
        service.database,
        `${ENTER}select public.similarity('a', 'a')::float as s, 'A'::public.citext::text as c, pg_try_advisory_xact_lock(1) as l`,
      );
      expect(results.at(-1)).to.deep.equal([{ s: 1, c: "A", l: true }]);
    });

    it("examineFunctions() finds none, and names one of an application's own", async () => {
      expect((await within(examineFunctions))[0]?.level).to.equal("ok");
      await database.sql(
        `create function public.run(sql text) returns void language plpgsql as 'begin execute sql; end'`,
      );
      expect((await within(examineFunctions))[0]?.seen).to.include(": public.run(sql text)");
      const { openFunctions } = await within((registry) => initialise(registry));
      expect(openFunctions).to.deep.equal(["public.run(sql text)"]);
      await database.sql("drop function public.run(text)");
    });
  });

  it("the verbs of a plain admin role work on after a superuser has run init-db", async () => {
    const plain = await createPlainAdmin({ acme: "acme.example.com" });
    try {
      const name = new URL(plain.adminUrl).pathname.slice(1);
      const url = new URL(database.adminUrl);
      url.pathname = `/${name}`;
      await withRegistry(url.href, (registry) => initialise(registry));
      await plain.sql("select 1");
      await withRegistry(plain.adminUrl, (registry) =>
        registry.sequelize.query(
          "select pg_advisory_lock(1), set_config('lock_timeout', '1s', true)",
        ),
      );
    } finally {
      await plain.drop();
    }
  });
});

// New tenants take the way of old ones: what may not share a transaction does not, and a creation that fails or is killed
// leaves nothing that is served or counted.

import { join } from "node:path";
import { expect } from "chai";
import { useDatabase } from "../../support/database/database.ts";
import { makeSqlFolder, type SqlFolder } from "../../support/sql/sql-folder.ts";
import { until } from "../../support/until.ts";
import {
  performVerb,
  startVerb,
  type VerbResult,
  type VerbSettings,
} from "../../support/program/verb.ts";

const KINDS = {
  "001_mood":
    "create type mood as enum ('a');\ncreate table note (id int primary key, mood mood default 'a');",
  "002_value": "alter type mood add value 'b';",
  "003_default": "alter table note alter mood set default 'b';",
  "004_index": "create index concurrently note_mood on note (mood);",
  "005_seed": `create table child (id int primary key, note int references note deferrable initially deferred);
    insert into child values (1, 1);\ninsert into note values (1);`,
  "006_pending": "alter table child add column text text;",
};

describe("the same way for new tenants as for old ones", () => {
  const database = useDatabase();
  let migrations: SqlFolder;

  const settings = (input = ""): VerbSettings => ({
    adminUrl: database.adminUrl,
    env: { TENANT_MIGRATIONS: migrations.folder },
    input,
  });
  const run = (name: string, ...parameters: string[]): Promise<VerbResult> =>
    performVerb(settings(), name, ...parameters);
  const expectDone = async (result: Promise<VerbResult>): Promise<void> => {
    const { status, stdout, stderr } = await result;
    expect([status, stderr], stdout).to.deep.equal([0, ""]);
  };
  const expectNothing = async (schemaName: string): Promise<void> => {
    const left = await database.sql(
      `select schema_name::text as left from rowhouse.tenant where schema_name = '${schemaName}'
        union all select host from rowhouse.domain where host = '${schemaName}.test'
        union all select nspname::text from pg_namespace where nspname = '${schemaName}'
        union all select rolname::text from pg_roles where rolname = (
          select 'rh_' || oid || '_${schemaName}' from pg_database where datname = current_database())`,
    );
    expect(left).to.deep.equal([]);
  };

  before(async () => {
    const { "001_mood": first, ...rest } = KINDS;
    migrations = await makeSqlFolder({ "001_mood": first });
    await expectDone(run("add-tenant", "old.test", "old"));
    await expectDone(run("export-tenant", "old", join(migrations.folder, "..early.zip")));
    await migrations.write(rest);
    await expectDone(run("migrate"));
  });

  after(() => migrations.remove());

  it("add-tenant, add-tenants, clone, export and import make what migrate made of an old one", async () => {
    await expectDone(run("add-tenant", "one.test", "one"));
    const lines = "host,schema\ntwo.test,two\nthree.test,three\nfour.test,four\n";
    await expectDone(performVerb(settings(lines), "add-tenants", "-"));
    await expectDone(run("clone-tenant", "old", "copy", "copy.test"));
    const file = join(migrations.folder, "..old.zip");
    await expectDone(run("export-tenant", "old", file));
    await expectDone(run("import-tenant", file, "back.test", "back"));
    const { status, stdout } = await run("status");
    expect(stdout).to.match(/^Drift: none in 7 tenants$/m);
    expect(status).to.equal(0);
    const rows = await database.sql<{ default: string }>(
      `select pg_get_expr(adbin, adrelid) as default from pg_attrdef where adrelid in (
         select oid from pg_class where relname = 'note') and pg_get_expr(adbin, adrelid) like '''b''%'`,
    );
    expect(rows).to.have.length(7);
  });

  it("import-tenant --migrate goes on in transactions of its own, and is served at the end", async () => {
    const file = join(migrations.folder, "..early.zip");
    await expectDone(run("import-tenant", file, "late.test", "late", "--migrate"));
    const [row] = await database.sql(
      "select version, transition, status from rowhouse.tenant where schema_name = 'late'",
    );
    expect(row).to.deep.equal({ version: 6, transition: null, status: "active" });
  });

  it("a failure in a later transaction leaves nothing, and names the place", async () => {
    await migrations.write({ "007_bad": "select 1;\n\nupdate note set nothing = 1;" });
    const { status, stderr } = await run("add-tenant", "bad.test", "bad", "--json");
    expect(status).to.equal(1);
    expect(JSON.parse(stderr)).to.include({
      migration: "007_bad",
      file: "007_bad.sql",
      line: 3,
      sqlstate: "42703",
    });
    await expectNothing("bad");
    await migrations.write({ "007_bad": "select 1;" });
  });

  it("a creation that was killed is neither served nor counted, and the same verb goes on", async () => {
    await migrations.write({
      "008_slow": "select pg_sleep(case when current_schema() = 'slow' then 30 else 0 end);",
    });
    const begun = startVerb(settings(), "add-tenant", "slow.test", "slow");
    await until("it does not sleep", async () => {
      const sleeping =
        "select from pg_stat_activity where query like '%pg_sleep(case%' and state = 'active' and pid <> pg_backend_pid()";
      return (await database.sql(sleeping)).length > 0;
    });
    const busy = await run("add-tenant", "slow.test", "slow");
    expect(busy.stderr).to.match(/^Cannot add tenant: another verb is changing "slow"/);
    begun.kill("SIGKILL");
    await begun.result;
    await database.sql(
      "select pg_terminate_backend(pid) from pg_stat_activity where query like '%pg_sleep(case%' and pid <> pg_backend_pid()",
    );
    expect(
      await database.sql("select from rowhouse.domain where host = 'slow.test'"),
    ).to.deep.equal([]);
    const told = await run("status", "--no-drift");
    expect(told.stdout).to.match(/slow: it is being created; .*node admin\/repair\.js slow/);
    expect(told.status).to.equal(3);
    await migrations.write({ "008_slow": "select pg_sleep(0);" });
    await expectDone(run("add-tenant", "slow.test", "slow"));
    const [row] = await database.sql(
      "select version, transition from rowhouse.tenant where schema_name = 'slow'",
    );
    expect(row).to.deep.equal({ version: 8, transition: null });
  });

  it("repair removes what a killed creation left", async () => {
    await database.sql(
      "insert into rowhouse.tenant (schema_name, role_name, status, transition) values ('rest', 'nobody', 'suspended', 'arriving')",
      "create schema rest",
    );
    const { stdout } = await run("repair", "rest");
    expect(stdout).to.include('remove tenant "rest", whose creation was not finished');
    await expectNothing("rest");
  });
});

// Migrations that run without a transaction, and the comparison of each tenant with what the migrations make.

import { expect } from "chai";
import { openAdmin } from "../../../admin/library/admin.ts";
import { useDatabase } from "../../support/database/database.ts";
import { makeSqlFolder, type SqlFolder } from "../../support/sql/sql-folder.ts";
import { rejection } from "../../support/rejection.ts";
import { until } from "../../support/until.ts";
import {
  performVerb,
  startVerb,
  type VerbResult,
  type VerbSettings,
} from "../../support/program/verb.ts";

const TENANTS = ["a", "b", "c"];

describe("migrate without a transaction", () => {
  const database = useDatabase();
  let migrations: SqlFolder;

  const settings = (): VerbSettings => ({
    adminUrl: database.adminUrl,
    env: { TENANT_MIGRATIONS: migrations.folder },
  });
  const migrate = (...parameters: string[]): Promise<VerbResult> =>
    performVerb(settings(), "migrate", ...parameters);
  const indexes = async (name: string): Promise<readonly string[]> => {
    const rows = await database.sql<{ text: string }>(
      `select n.nspname || case when i.indisvalid then '' else ' invalid' end as text
         from pg_index as i join pg_class as c on c.oid = i.indexrelid
         join pg_namespace as n on n.oid = c.relnamespace
        where c.relname like '${name}%' order by 1`,
    );
    return rows.map(({ text }) => text);
  };

  before(async () => {
    migrations = await makeSqlFolder({
      "001_item": "create table item (id int primary key, code int);",
    });
    for (const name of TENANTS) {
      const added = await performVerb(settings(), "add-tenant", `${name}.test`, name);
      expect(added.stderr).to.equal("");
      await database.sql(`insert into ${name}.item select i, i from generate_series(1, 500) as i`);
    }
  });

  after(() => migrations.remove());

  it("builds an index in each tenant while it is written to, says so in the plan, and leaves nothing of a failure", async () => {
    await migrations.write({
      "002_code": "create unique index concurrently item_code on item (code);",
    });
    await database.sql("insert into b.item values (501, 1)");
    const plan = await migrate("--plan");
    expect(plan.stdout).to.match(/^plain SQL, 2 migrations$/m);
    expect(plan.stdout).to.match(/^002_code\.sql: runs without a transaction$/m);
    let writes = 0;
    const stopping = new AbortController();
    const writer = (async () => {
      const client = await database.openClient();
      for (; !stopping.signal.aborted; writes += 1) {
        await client.query("update a.item set code = code where id = 1");
      }
      await client.end();
    })();
    const result = await migrate("--json");
    stopping.abort();
    await writer;
    expect(writes).to.be.greaterThan(0);
    expect(result.status).to.equal(3);
    const [failed] = result.stdout
      .split("\n")
      .filter((line) => line.includes('"failed"'))
      .map((line) => JSON.parse(line) as object);
    expect(failed).to.include({
      schemaName: "b",
      migration: "002_code",
      file: "002_code.sql",
      line: 1,
      sqlstate: "23505",
    });
    expect(await indexes("item_code")).to.deep.equal(["a", "c"]);
    await database.sql("delete from b.item where id = 501");
    expect((await migrate()).status).to.equal(0);
    expect(await indexes("item_code")).to.deep.equal(TENANTS);
    // The path of the build is not the session's any more, and nothing is recorded as unfinished.
    const rows = await database.sql("select from rowhouse.tenant where unfinished is not null");
    expect(rows).to.deep.equal([]);
  });

  it("createTenant() in several transactions tells the same tenant from another one of the name or host", async () => {
    await using admin = await openAdmin({
      url: database.adminUrl,
      tenantMigrations: migrations.folder,
    });
    const create = (schemaName: string, host: string): Promise<unknown> =>
      rejection(admin.createTenant({ schemaName, hosts: [host] }));
    expect(await create("a", "a.test")).to.have.property("code", "tenant_exists");
    expect(await create("a", "other.test")).to.have.property("code", "name_taken");
    expect(await create("other", "a.test")).to.have.property("code", "host_taken");
    expect(await admin.findTenant("other")).to.equal(undefined);
  });

  it("clears a failed index away while a build in another schema begins", async () => {
    await migrations.write({
      "003_id": "create unique index concurrently item_id on item ((id % 501));",
    });
    await database.sql(
      "insert into b.item values (502, 502)",
      "create schema other",
      "create table other.one (id int)",
      "create table other.two (id int)",
    );
    const [holder, builder] = [await database.openClient(), await database.openClient()];
    await holder.query("begin");
    await holder.query("create index same on other.one (id)");
    // The name is taken by an index that nobody sees yet: the build waits before it has an index.
    const build = builder.query("create index concurrently same on other.two (id)");
    await holder.waitUntilBlocked("concurrently same");
    const begun = await database.sql(
      "select from pg_stat_progress_create_index where index_relid = 0",
    );
    const { status } = await migrate("--tenants", "b");
    const left = await indexes("item_id");
    await holder.query("rollback");
    await build;
    await Promise.all([holder.end(), builder.end()]);
    expect([begun.length, status, left]).to.deep.equal([1, 1, []]);
    await database.sql("delete from b.item where id = 502");
    expect((await migrate()).status).to.equal(0);
  });

  it("goes on where it was killed, with what was done and what was left invalid", async () => {
    await migrations.write({
      "004_more":
        "-- rowhouse: no transaction\ncreate index concurrently item_more on item (code, id);\nalter table item add column more int;",
    });
    const holder = await database.openClient();
    await holder.query("begin");
    await holder.query("lock table a.item in row exclusive mode");
    const run = startVerb(settings(), "migrate", "--tenants", "a");
    await holder.waitUntilBlocked("create index concurrently");
    run.kill("SIGKILL");
    await run.result;
    const building =
      "from pg_stat_activity where query like 'create index concurrently item_more%'";
    await database.sql(`select pg_terminate_backend(pid) ${building}`);
    await until(
      "it still builds",
      async () => (await database.sql(`select ${building}`)).length === 0,
    );
    expect(await indexes("item_more")).to.deep.equal(["a invalid"]);
    await holder.query("commit");
    await holder.end();
    // Of b, the first command was done, and the process ended before it could record that.
    await database.sql(
      "create index item_more on b.item (code, id)",
      `update rowhouse.tenant set unfinished = jsonb_build_object('name', '004_more', 'direction', 'up', 'done', 0, 'checksum', 'x')
        where schema_name = 'b'`,
    );
    const result = await migrate();
    expect([result.status, result.stderr], result.stdout).to.deep.equal([0, ""]);
    expect(await indexes("item_more")).to.deep.equal(TENANTS);
  });

  it("runs as few at a time as it is told", async () => {
    await migrations.write({
      "005_last": "create index concurrently item_last on item (id, code);",
    });
    const holder = await database.openClient();
    await holder.query("begin");
    for (const name of TENANTS) await holder.query(`lock table ${name}.item in row exclusive mode`);
    const run = migrate("--builds", "1", "--concurrency", "3");
    await holder.waitUntilBlocked("create index concurrently");
    const building = await database.sql(
      "select from pg_stat_activity where query like 'create index concurrently%' and state = 'active'",
    );
    await holder.query("commit");
    await holder.end();
    expect((await run).status).to.equal(0);
    expect(building).to.have.length(1);
  });
});

describe("migrate without a transaction, up and down", () => {
  const database = useDatabase();
  let migrations: SqlFolder;

  const migrate = (...parameters: string[]): Promise<VerbResult> =>
    performVerb(
      { adminUrl: database.adminUrl, env: { TENANT_MIGRATIONS: migrations.folder } },
      "migrate",
      ...["--json", ...parameters],
    );
  const summaryOf = ({ stdout }: VerbResult): Record<string, number> =>
    JSON.parse(stdout.trim().split("\n").at(-1) ?? "") as Record<string, number>;
  const stateOf = async (): Promise<readonly unknown[]> =>
    database.sql(
      `select schema_name as name, version, unfinished,
         to_regclass(format('%I.item_code', schema_name)) is not null as built
         from rowhouse.tenant order by schema_name`,
    );
  const all = (version: number): readonly unknown[] =>
    TENANTS.map((name) => ({ name, version, unfinished: null, built: version === 2 }));

  before(async () => {
    migrations = await makeSqlFolder({
      "1_item.up": "create table item (id int primary key, code int);",
      "1_item.down": "drop table item;",
    });
    await database.addTenants(
      Object.fromEntries(TENANTS.map((name) => [name, `${name}.test`])),
      migrations.folder,
    );
    await migrations.write({
      "2_code.up": "create index concurrently item_code on item (code);",
      "2_code.down": "drop index concurrently item_code;",
    });
  });

  after(() => migrations.remove());

  it("two runs at once build each index once", async () => {
    const runs = await Promise.all([migrate(), migrate()]);
    for (const { status, stdout, stderr } of runs) {
      expect([status, stderr], stdout).to.deep.equal([0, ""]);
    }
    const migrated = runs.map((run) => summaryOf(run)["migrated"] ?? 0);
    expect(migrated.reduce((sum, count) => sum + count)).to.equal(TENANTS.length);
    expect(await stateOf()).to.deep.equal(all(2));
  });

  it("goes down by the migration's own commands, and up again", async () => {
    for (const [target, version] of [
      ["1_item", 1],
      ["2_code", 2],
    ] as const) {
      const { status, stdout, stderr } = await migrate("--to", target);
      expect([status, stderr], stdout).to.deep.equal([0, ""]);
      expect(await stateOf()).to.deep.equal(all(version));
    }
  });
});

describe("migrate compares each tenant with what the migrations make", () => {
  const database = useDatabase();
  let migrations: SqlFolder;

  const run = (name: string, ...parameters: string[]): Promise<VerbResult> =>
    performVerb(
      { adminUrl: database.adminUrl, env: { TENANT_MIGRATIONS: migrations.folder } },
      name,
      ...parameters,
    );

  before(async () => {
    migrations = await makeSqlFolder({ "001_item": "create table item (id int primary key);" });
    for (const name of TENANTS) await run("add-tenant", `${name}.test`, name);
  });

  after(() => migrations.remove());

  it("fails a tenant for which a migration skipped something in silence, and names it", async () => {
    await migrations.write({
      "002_state": `do $$ begin
        if not exists (select from pg_type where typname = 'state') then
          create type state as enum ('open', 'closed');
        end if;
      end $$;`,
    });
    const result = await run("migrate", "--concurrency", "1");
    expect(result.status).to.equal(3);
    expect(result.stdout).to.match(
      /^Failed b, at version 1 \(001_item\): 002_state\.sql: it would not be what the migrations make: type "state" is missing$/m,
    );
    const rows = await database.sql("select schema_name, version from rowhouse.tenant order by 1");
    expect(rows).to.deep.equal([
      { schema_name: "a", version: 2 },
      { schema_name: "b", version: 1 },
      { schema_name: "c", version: 1 },
    ]);
    // The second time the reference lacks the type as well: it finds that of a.
    const again = await run("migrate");
    expect(again.stderr).to.match(
      /^Cannot compare tenants: .*: in tenant "a", type "state" is not in version 2\. 002_state\.sql, line 2, looks for/,
    );
    const added = await run("add-tenant", "d.test", "d");
    expect(added.stderr).to.match(/^Cannot compare tenants: /);
    await migrations.write({ "002_state": "create type state as enum ('open', 'closed');" });
    expect((await run("migrate", "--accept-edited")).status).to.equal(0);
  });

  it("takes a tenant with a change of its own that the migrations do not touch, or that it had before", async () => {
    await database.sql("create table a.own (id int)", "create index own on b.item (id)");
    await migrations.write({ "003_size": "alter table item add column if not exists size int;" });
    const result = await run("migrate");
    expect([result.status, result.stderr], result.stdout).to.deep.equal([0, ""]);
  });

  it("says what failed and where, in a tenant's own words", async () => {
    await migrations.write({ "004_bad": "select 1;\n\nupdate nowhere set id = 1;" });
    const { stdout } = await run("migrate");
    expect(stdout).to.match(
      /^Failed a, at version 3 \(003_size\): 004_bad\.sql, line 3, "update nowhere set id": relation "nowhere" does not exist \(SQLSTATE 42P01\)$/m,
    );
    const added = await run("add-tenant", "d.test", "d");
    expect(added.stderr).to.equal(
      'Cannot migrate tenant "d": 004_bad.sql, line 3, "update nowhere set id": relation "nowhere" does not exist (SQLSTATE 42P01)\n',
    );
  });
});

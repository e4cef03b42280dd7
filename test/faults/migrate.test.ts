// What may happen to a run of the migrations: killed, interrupted, another run beside it, a table that is
// in use, connections that end. Run again, it does what is left, and nothing twice.

import { expect } from "chai";
import { useDatabase } from "../support/database/database.ts";
import { makeMigrations, type MigrationsFolder } from "../support/sql/migrations.ts";
import { createRandom } from "../support/random.ts";
import { until } from "../support/until.ts";
import {
  performVerb,
  type StartedVerb,
  startVerb,
  type VerbResult,
  type VerbSettings,
} from "../support/program/verb.ts";

const TENANTS = 60;
const KILLS = 4;

describe("migrate under faults", function () {
  this.timeout(60_000);
  const database = useDatabase();
  let migrations: MigrationsFolder;
  let version = 1;
  const names = Array.from(
    { length: TENANTS },
    (_, index) => `t${String(index + 1).padStart(3, "0")}`,
  );

  const settings = (): VerbSettings => ({
    adminUrl: database.adminUrl,
    env: { TENANT_MIGRATIONS: migrations.folder },
  });
  const start = (...parameters: string[]): StartedVerb =>
    startVerb(settings(), "migrate", "--json", ...parameters);
  const migrate = (...parameters: string[]): Promise<VerbResult> =>
    performVerb(settings(), "migrate", "--json", ...parameters);
  const linesOf = (stdout: string): Record<string, unknown>[] =>
    stdout
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  const summaryOf = ({ stdout }: VerbResult) => linesOf(stdout).at(-1) ?? {};
  const countMigrated = async (): Promise<number> => {
    const rows = await database.sql(`select from rowhouse.tenant where version = ${version}`);
    return rows.length;
  };

  /** The next migration: a row in the tenant's own table tells how often it was run there. */
  const writeNext = async (): Promise<void> => {
    version += 1;
    await migrations.write(`${String(version).padStart(4, "0")}-next`, [
      `alter table "\${schema}".step add column c${version} int`,
      `insert into "\${schema}".step (version) values (${version})`,
      "select pg_sleep(0.02)",
    ]);
  };

  /** Every tenant has what its version says, once; and each migration is recorded once. */
  const expectWhole = async (): Promise<void> => {
    const rows = await database.sql<{ schema_name: string; version: number }>(
      "select schema_name, version from rowhouse.tenant",
    );
    expect(rows.length).to.equal(TENANTS);
    for (const row of rows) {
      const steps = await database.sql<{ version: number }>(
        `select version from "${row.schema_name}".step order by version`,
      );
      const expected = Array.from({ length: row.version - 1 }, (_, index) => index + 2);
      const found = steps.map((step) => step.version);
      expect(found, row.schema_name).to.deep.equal(expected);
    }
    const records = await database.sql<{ wrong: boolean }>(`
      select from rowhouse.tenant as t where version - 1 <> (
        select count(*) from rowhouse.migration_run as r
        where r.schema_name = t.schema_name and outcome = 'migrated')`);
    expect(records).to.deep.equal([]);
  };

  before(async () => {
    migrations = await makeMigrations();
    await migrations.write("0001-step", ['create table "${schema}".step (version int)']);
    const hosts = Object.fromEntries(names.map((name) => [name, `${name}.example.com`]));
    await database.addTenants(hosts, migrations.folder);
  });

  beforeEach(writeNext);

  after(() => migrations.remove());

  it("two runs at once share the work and do no tenant twice", async () => {
    // Whichever starts first waits for the other's start: more wait for a table than one has at work.
    const client = await database.openClient();
    await client.query(`begin; lock table ${names.map((name) => `${name}.step`).join(", ")}`);
    const started = [1, 2].map(() => start("--concurrency", "3").result);
    await until("one of the two does nothing", async () => {
      const [row] = await database.sql<{ waiting: number }>(
        `select count(*)::int as waiting from pg_stat_activity
          where wait_event_type = 'Lock' and datname = current_database()`,
      );
      return Number(row?.waiting) > 3;
    });
    await client.query("commit");
    await client.end();
    const runs = await Promise.all(started);
    for (const { status, stderr } of runs) expect([status, stderr]).to.deep.equal([0, ""]);
    const migrated = runs.map((run) => Number(summaryOf(run)["migrated"]));
    expect(migrated.reduce((sum, count) => sum + count)).to.equal(TENANTS);
    for (const count of migrated) expect(count).to.be.greaterThan(0);
    expect(await countMigrated()).to.equal(TENANTS);
    await expectWhole();
  });

  it("a run that was killed at any moment is run again and finishes", async () => {
    const seed = Date.now();
    const random = createRandom(seed);
    try {
      for (let kill = 0; kill < KILLS; kill += 1) {
        const run = start("--concurrency", "4");
        const enough = (await countMigrated()) + Math.floor((random() * TENANTS) / KILLS);
        await until("it does not migrate", async () => (await countMigrated()) >= enough);
        run.kill("SIGKILL");
        expect((await run.result).status).to.equal(-1);
        // What the server has received of it by then may still be committed.
        await until("its sessions do not end", async () => {
          const sessions = `select from pg_stat_activity
            where application_name = 'rowhouse-admin' and datname = current_database()`;
          return (await database.sql(sessions)).length === 0;
        });
        await expectWhole();
      }
      expect(await countMigrated()).to.be.lessThan(TENANTS);
      const last = await migrate();
      expect(last.status).to.equal(0);
      expect(await countMigrated()).to.equal(TENANTS);
      await expectWhole();
    } catch (error) {
      throw new Error(`With seed ${seed}: ${(error as Error).message}`, { cause: error });
    }
  });

  it("a run that is interrupted ends what is at work, and says what is left", async () => {
    const run = start("--concurrency", "2");
    await until("it does not migrate", async () => (await countMigrated()) > 3);
    run.kill("SIGINT");
    const result = await run.result;
    expect(result.status).to.equal(3);
    const { migrated, left } = summaryOf(result);
    expect(Number(left)).to.be.greaterThan(0);
    expect(Number(migrated) + Number(left)).to.equal(TENANTS);
    expect(await countMigrated()).to.equal(migrated);
    await expectWhole();
    expect((await migrate()).status).to.equal(0);
  });

  it("a tenant whose table is in use waits for its turn, and nobody waits for it", async () => {
    const client = await database.openClient();
    await client.query("begin");
    await client.query("select * from t001.step");
    const run = migrate("--concurrency", "1", "--lock-timeout", "50");
    await until("the others do not get their turn", async () => {
      return (await countMigrated()) === TENANTS - 1;
    });
    await client.query("commit");
    await client.end();
    const result = await run;
    expect([result.status, result.stderr]).to.deep.equal([0, ""]);
    const order = linesOf(result.stdout).map((line) => line["schemaName"]);
    expect(order.indexOf("t001")).to.equal(TENANTS - 1);
    await expectWhole();
  });

  it("a table that stays in use is a failure with its SQLSTATE", async () => {
    const client = await database.openClient();
    await client.query("begin");
    await client.query("select * from t001.step");
    const result = await migrate("--tenants", "t001", "--lock-timeout", "1", "--attempts", "3");
    await client.query("commit");
    await client.end();
    expect(result.status).to.equal(1);
    expect(linesOf(result.stdout)[0]).to.include({ outcome: "failed", sqlstate: "55P03" });
    await expectWhole();
    expect((await migrate()).status).to.equal(0);
  });

  it("connections that end in the middle cost an attempt and no more", async () => {
    const run = start("--concurrency", "4");
    for (const enough of [5, 15, 25]) {
      await until("it does not migrate", async () => (await countMigrated()) >= enough);
      await database.sql(
        `select pg_terminate_backend(pid) from pg_stat_activity
         where application_name = 'rowhouse-admin' and datname = current_database()`,
      );
    }
    const result = await run.result;
    const failed = linesOf(result.stdout).filter((line) => line["outcome"] === "failed");
    expect(failed).to.deep.equal([]);
    expect(result.status, result.stderr).to.equal(0);
    // Sequelize tells of each connection that it gave up.
    for (const line of result.stderr.split("\n"))
      expect(line).to.match(/^(?:(?:Rolling back|Committing) .*)?$/);
    expect(summaryOf(result)).to.include({ failed: 0, left: 0 });
    expect(await countMigrated()).to.equal(TENANTS);
    await expectWhole();
  });
});

// The operator page's server on the migrations: what is pending, a canary, the rest, a stop, and what a
// page hears of it.

import { expect } from "chai";
import type { Migrations, MigrationState } from "../../admin/console/api.ts";
import {
  type ConsoleAnswer,
  openTestConsole,
  type TestConsole,
} from "../support/console/console.ts";
import type { Listener } from "../support/console/events.ts";
import { useDatabase } from "../support/database/database.ts";
import { makeMigrations, type MigrationsFolder } from "../support/sql/migrations.ts";
import { until } from "../support/until.ts";

const TENANTS = 30;
const UNLUCKY = "t07";
const HOSTILE = "<script>alert(1)</script>";

describe("console migrations", () => {
  const database = useDatabase();
  let migrations: MigrationsFolder;
  let console: TestConsole;
  let listener: Listener;
  const names = Array.from({ length: TENANTS }, (_, index) => `t${String(index).padStart(2, "0")}`);

  before(async () => {
    migrations = await makeMigrations();
    await migrations.write("0001-item", ['create table "${schema}".item (id int primary key)']);
    await database.addTenants(
      Object.fromEntries(names.map((name) => [name, `${name}.example.com`])),
      migrations.folder,
    );
    console = await openTestConsole(database.adminUrl, { migrations: migrations.folder });
    listener = await console.listen();
  });

  after(async () => {
    listener.close();
    await console.close();
    await migrations.remove();
  });

  const read = (): Promise<Migrations> => console.get("/api/migrations");
  const start = (body: object = {}): Promise<ConsoleAnswer> =>
    console.post("/api/migrations/start", body);
  /** Waits for the end of a run in what the page hears, and returns that. */
  const runEnds = async ({ json, status, text }: ConsoleAnswer): Promise<MigrationState> => {
    expect(status, text).to.equal(200);
    const { id } = json as MigrationState;
    const last = (): MigrationState | undefined =>
      listener.heard
        .filter(({ name }) => name === "migration")
        .map(({ data }) => data as MigrationState)
        .findLast((state) => state.id === id && state.endedAt !== null);
    await until("the run does not end", () => last() !== undefined);
    return last()!;
  };
  const countAt = async (version: number): Promise<number> =>
    (await database.sql(`select from rowhouse.tenant where version = ${version}`)).length;

  it("refuses a run while nothing is pending, and a stop while nothing runs", async () => {
    expect(await read()).to.deep.include({ newestVersion: 1, pending: [], behind: 0, run: null });
    const nothing = await start();
    expect(nothing.json).to.deep.include({
      status: 409,
      detail: "Nothing to migrate: no tenant is behind version 1 (0001-item)",
    });
    expect((await console.post("/api/migrations/stop")).status).to.equal(409);
  });

  it("GET migrations says what is pending where, as soon as the migration is there", async () => {
    await migrations.write("0002-color", [
      'alter table "${schema}".item add column color text',
      `do $$ begin if '\${schema}' = '${UNLUCKY}' then raise exception '${HOSTILE}'; end if; end $$`,
    ]);
    await database.sql(
      "update rowhouse.tenant set transition = 'moving' where schema_name = 't29'",
    );
    const found = await read();
    expect(found).to.deep.include({
      newestVersion: 2,
      versions: [{ version: 1, migration: "0001-item", tenants: TENANTS }],
      pending: [{ number: 2, name: "0002-color", tenants: TENANTS }],
      behind: TENANTS - 1,
      skippedCount: 1,
    });
    expect(found.tenants).to.deep.include({ schemaName: "t00", version: 1 });
    expect(found.skipped[0]?.reason).to.include("node admin/move-tenant.js t29");
  });

  it("POST start refuses what is no canary and no tenant", async () => {
    for (const body of [
      { canary: {} },
      { canary: { count: 0 } },
      { canary: { percent: 101 } },
      { canary: 3 },
      { tenants: 3 },
      { maxFailures: 0 },
    ]) {
      expect((await start(body)).status, JSON.stringify(body)).to.equal(400);
    }
    expect((await start({ tenants: "nobody" })).status).to.equal(404);
    expect(await countAt(1)).to.equal(TENANTS);
  });

  it("POST start migrates a named canary and no other, then one chosen at random", async () => {
    const named = await runEnds(await start({ tenants: "t00,t01" }));
    expect(named).to.deep.include({
      state: "done",
      total: 2,
      migrated: 2,
      failed: 0,
      left: 0,
      target: 2,
      tenants: ["t00", "t01"],
      secondsLeft: null,
    });
    const random = await runEnds(await start({ canary: { count: 3 }, tenants: "t1*" }));
    expect(random).to.include({ isCanary: true, total: 3, migrated: 3, held: 7 });
    expect(await countAt(2)).to.equal(5);
    expect((await read()).run).to.deep.equal(random);
  });

  it("POST stop lets the tenants at work end, and begins no other", async () => {
    // Every tenant but one waits for its lock: that many are at work when the stop comes.
    const client = await database.openClient();
    await client.query("begin");
    for (const name of names) await client.query(`lock table ${name}.item in share mode`);
    const begun = await start();
    try {
      expect((await start()).status).to.equal(409);
      await client.waitUntilBlocked("alter table");
      const stopping = await console.post("/api/migrations/stop");
      expect(stopping.json).to.include({ state: "stopping", endedAt: null });
    } finally {
      await client.query("rollback");
      await client.end();
    }
    const ended = await runEnds(begun);
    expect(ended.state).to.equal("stopped");
    expect(ended.left).to.be.greaterThan(0);
    expect(ended.migrated + ended.failed + ended.left).to.equal(ended.total);
    expect(await countAt(2)).to.equal(5 + ended.migrated);
  });

  it("POST start migrates the rest, and tells of a failure what it failed with, as it was said", async () => {
    const ended = await runEnds(await start());
    expect(ended).to.deep.include({
      state: "done",
      isCanary: false,
      failed: 1,
      skipped: 1,
      failures: [
        {
          schemaName: UNLUCKY,
          version: 1,
          sqlstate: "P0001",
          message: `0002-color.js, "do $$ begin": ${HOSTILE}`,
        },
      ],
    });
    expect(await countAt(2)).to.equal(TENANTS - 2);
    const found = await read();
    expect([found.behind, found.tenants]).to.deep.equal([1, [{ schemaName: UNLUCKY, version: 1 }]]);
  });

  it("POST start gives up once so many have failed", async () => {
    await migrations.write("0003-broken", ["select 1 / 0"]);
    const ended = await runEnds(await start({ maxFailures: 1 }));
    expect(ended.state).to.equal("stopped");
    expect(ended.message).to.match(/^\d+ tenants? failed$/);
    expect(ended.left).to.be.greaterThan(0);
    expect(ended.failures).to.have.length(ended.failed);
  });

  it("tells a page that comes late of the last run at once", async () => {
    const late = await console.listen();
    await until("nothing is told", () => late.heard.length > 0);
    expect(late.heard[0]).to.deep.equal({ name: "migration", data: (await read()).run });
    late.close();
  });
});

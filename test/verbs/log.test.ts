// log shows the events of a tenant under each of its names, and --keep-days deletes the old ones.

import { expect } from "chai";
import { examineEvents } from "../../admin/doctor/admin-findings.ts";
import { deleteEvents } from "../../admin/events/delete-events.ts";
import { AdminError, openAdmin } from "../../admin/library/admin.ts";
import { TENANT_MIGRATIONS } from "../../admin/migrations/load.ts";
import { withRegistry } from "../../admin/registry/registry.ts";
import { useDatabase } from "../support/database/database.ts";
import { performVerb, type VerbResult } from "../support/program/verb.ts";

interface Shown {
  readonly at: string;
  readonly actor: string;
  readonly verb: string;
  readonly schemaName: string | null;
}

describe("log", () => {
  const database = useDatabase({ first: "first.test", other: "other.test" });

  const as = (actor: string, verb: string, ...parameters: string[]): Promise<VerbResult> =>
    performVerb(
      { adminUrl: database.adminUrl, env: { ROWHOUSE_ACTOR: actor } },
      verb,
      ...parameters,
    );
  const show = async (...parameters: string[]): Promise<readonly string[]> => {
    const { stdout, stderr } = await as("", "log", ...parameters, "--json");
    expect(stderr).to.equal("");
    const events = JSON.parse(stdout) as readonly Shown[];
    return events.map(({ verb, schemaName }) => `${verb} ${schemaName}`);
  };
  const count = async (text: string): Promise<number> => {
    const [row] = await database.sql<{ count: number }>(`select count(*)::int as count ${text}`);
    return row?.count ?? 0;
  };

  before(async () => {
    await as("ann", "suspend-tenant", "first");
    await as("ben", "rename-tenant", "first", "second");
    await as("ben", "resume-tenant", "second");
    await as("ann", "rename-tenant", "second", "third");
    await as("ann", "migrate", "--to", "0001-data", "--tenants", "third");
    await as("ann", "add-tenant", "again.test", "second");
  });

  it("shows the newest last, with what changed, and the name of the actor", async () => {
    const { stdout } = await as("", "log", "--limit", "4");
    const lines = stdout.replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/g, "NOW").split("\n");
    expect(lines.map((line) => line.replaceAll(/ +/g, " "))).to.deep.equal([
      "TIME ACTOR VERB SCHEMA CHANGE",
      "NOW ben resume-tenant second status suspended → active",
      lines[2]?.replaceAll(/ +/g, " "),
      "NOW ann migrate third version 2 → 1, migration 0002-updated-at",
      "NOW ann add-tenant second hosts added again.test, version 2, migration 0002-updated-at",
      "",
    ]);
    expect(lines[2]).to.match(
      /ann +rename-tenant +third +role name .*, schema name second → third$/,
    );
  });

  it("finds the events of a tenant under each of its names", async () => {
    const all = [
      ...["add-tenant first", "suspend-tenant first", "rename-tenant second"],
      ...["resume-tenant second", "rename-tenant third", "migrate third", "add-tenant second"],
    ];
    for (const name of ["first", "second", "third"]) {
      expect(await show(name), name).to.have.members(all);
    }
    expect(await show("other")).to.deep.equal(["add-tenant other"]);
    expect(await show("never")).to.deep.equal([]);
  });

  it("picks by actor, verb, time and number", async () => {
    expect(await show("--actor", "ben")).to.deep.equal([
      "rename-tenant second",
      "resume-tenant second",
    ]);
    expect(await show("--verb", "migrate")).to.deep.equal(["migrate third"]);
    expect(await show("--limit", "1")).to.deep.equal(["add-tenant second"]);
    expect(await show("--since", "1h", "--until", "30m")).to.deep.equal([]);
    expect(await show("other", "--since", "1h")).to.have.length(1);
    const { stdout } = await as("", "log", "--verb", "resume-tenant", "--json");
    const [event] = JSON.parse(stdout) as readonly Shown[];
    const at = event?.at ?? "";
    expect(await show("--since", at, "--limit", "1", "--actor", "ben")).to.deep.equal([
      "resume-tenant second",
    ]);
    expect(await show("--until", at, "--actor", "ben")).to.deep.equal(["rename-tenant second"]);
  });

  it("keeps the events and the migrations of a tenant that was dropped", async () => {
    await as("eve", "drop-tenant", "third", "--confirm", "third", "--no-backup");
    expect(await show("third", "--limit", "3")).to.deep.equal([
      ...["add-tenant second", "drop-tenant third", "drop-tenant third"],
    ]);
    expect(await show("third", "--verb", "migrate", "--actor", "ann")).to.deep.equal([
      "migrate third",
    ]);
    expect(await count("from rowhouse.migration_run")).to.equal(0);
  });

  it("refuses what it cannot read", async () => {
    for (const [parameters, problem] of [
      [["--since", "yesterday"], '--since "yesterday" is not a time such as 2026-11-26'],
      [["--until", "2026-13-01"], '--until "2026-13-01" is not a time such as'],
      [["--verb", "add-tenants"], '--verb "add-tenants" is not one of init-db, add-tenant, '],
      [["--keep-days", "1", "--actor", "ann"], "--keep-days and --actor contradict each other"],
    ] as const) {
      const { status, stderr } = await as("", "log", ...parameters);
      expect([status, stderr.includes(problem)], stderr).to.deep.equal([2, true]);
    }
    for (const actor of ["a\u0007b", "x".repeat(101), "a\nb"]) {
      const { status, stderr } = await as(actor, "suspend-tenant", "other");
      expect(status).to.equal(1);
      expect(stderr).to.match(/^Cannot read ROWHOUSE_ACTOR: ".*" is not 1 to 100 printable char/);
    }
  });

  it("--keep-days deletes what is older in batches, says so, and keeps each tenant's last migration", async () => {
    await database.sql(
      `insert into rowhouse.event (at, actor, verb, details)
         select now() - interval '40 days', 'old', 'log', '{}' from generate_series(1, 10050)`,
      `insert into rowhouse.migration_run (run_id, schema_name, from_version, to_version, outcome, ms, finished_at)
         select gen_random_uuid(), 'other', 1, 2, 'migrated', 1, now() - interval '40 days' from generate_series(1, 3)`,
    );
    const kept = await count("from rowhouse.event where actor <> 'old'");
    const { stdout } = await as("cron", "log", "--keep-days", "30");
    expect(stdout).to.equal(
      "Deleted 10,050 events and 2 records of migrations, older than 30 days\n",
    );
    expect(await count("from rowhouse.event where actor = 'old'")).to.equal(0);
    expect(await count("from rowhouse.event where actor <> 'old'")).to.equal(kept + 3);
    expect(await count("from rowhouse.migration_run")).to.equal(1);
    const again = await as("cron", "log", "--keep-days", "30");
    expect(again.stdout).to.equal(
      "Deleted 0 events and 0 records of migrations, older than 30 days\n",
    );
    const { signal } = new AbortController();
    await withRegistry(database.adminUrl, (registry) =>
      deleteEvents(registry, new Date(Date.now() + 60_000), signal),
    );
    expect(await count("from rowhouse.event where actor <> 'cron'")).to.equal(1);
  });

  it("has the actor of openAdmin(), which reads events, too", async () => {
    const options = { url: database.adminUrl, tenantMigrations: TENANT_MIGRATIONS };
    await using admin = await openAdmin({ ...options, actor: "sign-up" });
    await admin.suspendTenant("other");
    const [event] = await admin.readEvents({ schemaName: "other", actor: "sign-up" });
    expect(event).to.deep.include({ actor: "sign-up", verb: "suspend-tenant" });
    const refused = (work: Promise<unknown>): Promise<unknown> =>
      work.then(
        () => "nothing",
        (error: unknown) => error instanceof AdminError && error.code,
      );
    expect(await refused(admin.readEvents({ verb: "sign-up" }))).to.equal("option_invalid");
    expect(await refused(openAdmin({ ...options, actor: "" }))).to.equal("option_invalid");
  });

  it("is a matter of doctor when there are more than a million events", async () => {
    const find = (): ReturnType<typeof examineEvents> =>
      withRegistry(database.adminUrl, examineEvents);
    expect(await find()).to.deep.equal([]);
    await database.sql(
      "update pg_class set reltuples = 1500000, relpages = 1 where oid = 'rowhouse.event'::regclass",
    );
    const [finding] = await find();
    expect(finding).to.include({ level: "warn" });
    expect(finding?.seen).to.match(/about 1,500,000 events/);
  });
});

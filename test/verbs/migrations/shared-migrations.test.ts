// migrate, before the tenants: the folder SHARED_MIGRATIONS, once, in order, all or nothing.

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { examineSharedMigrations } from "../../../admin/doctor/shared-findings.ts";
import { initialise } from "../../../admin/lifecycle/database/initialise.ts";
import { withRegistry } from "../../../admin/registry/registry.ts";
import { useDatabase } from "../../support/database/database.ts";
import { makeMigrations, type MigrationsFolder } from "../../support/sql/migrations.ts";
import { codeOf, messageOf } from "../../support/rejection.ts";
import { sendText } from "../../support/sql/send-text.ts";
import { type LocalService, openService } from "../../support/program/service.ts";
import { performVerb, type VerbResult } from "../../support/program/verb.ts";

const ACME = "acme.example.com";
const ENTER = `reset role;select rowhouse.enter_tenant('{${ACME}}');`;

describe("migrate, with shared migrations", () => {
  const database = useDatabase();
  let service: LocalService;
  let tenants: MigrationsFolder;
  let folder: string;

  const write = (name: string, ...commands: readonly string[]): Promise<void> =>
    writeFile(join(folder, name), commands.map((command) => `${command};\n`).join(""));
  const run = (name: string, ...parameters: string[]): Promise<VerbResult> => {
    const env = { TENANT_MIGRATIONS: tenants.folder, SHARED_MIGRATIONS: folder };
    return performVerb({ adminUrl: database.adminUrl, env }, name, ...parameters);
  };
  const recorded = (): Promise<unknown> =>
    database.sql(
      "select position, name, applied_at is not null as applied from rowhouse.shared_migration order by 1",
    );
  const within = (sql: string): Promise<unknown> =>
    sendText(service.database, ENTER + sql).then((results) => results.at(-1));

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "rowhouse-shared-"));
    tenants = await makeMigrations();
    await tenants.write("0001-person", [
      "create table person (name citext, plan int references plan)",
    ]);
    await write(
      "001_plan.sql",
      "create extension citext",
      "create extension tablefunc",
      "create table plan (id int primary key, name citext)",
      "insert into plan values (1, 'Gold'), (2, 'gold')",
      "create schema side",
      "create table side.aside (id int)",
      "create table public.note (id int)",
    );
    service = openService(database.serviceUrl);
  });

  after(async () => {
    await service.close();
    await tenants.remove();
    await rm(folder, { recursive: true });
  });

  it("it refuses while no schema is shared", async () => {
    const { status, stderr } = await run("migrate");
    expect([status, stderr]).to.deep.equal([
      1,
      "Cannot load shared migrations: no schema is shared; run node admin/init-db.js --shared-schema NAME first\n",
    ]);
    await withRegistry(database.adminUrl, (registry) =>
      initialise(registry, { sharedSchemas: { add: ["ref"] } }),
    );
  });

  it("--check and doctor see what is pending, and two runs at once apply it once", async () => {
    const check = await run("migrate", "--check");
    expect([check.status, check.stdout.split("\n")[0]]).to.deep.equal([
      3,
      "Shared migrations pending: 001_plan",
    ]);
    const results = await Promise.all([run("migrate"), run("migrate")]);
    expect(results.map(({ status }) => status)).to.deep.equal([0, 0]);
    const lines = results.flatMap(({ stdout }) => stdout.split("\n"));
    expect(lines.filter((line) => line.startsWith("Applied"))).to.deep.equal([
      'Applied shared migration "001_plan"',
    ]);
    expect(await recorded()).to.deep.equal([{ position: 1, name: "001_plan", applied: true }]);
    const made =
      "select oid::regclass::text as name from pg_class where relname in ('plan', 'aside', 'note') order by 1";
    expect(await database.sql(made)).to.deep.equal([
      { name: "note" },
      { name: "ref.plan" },
      { name: "side.aside" },
    ]);
  });

  it("tenants read and never write what it made, and do not execute what an extension must not offer", async () => {
    expect((await run("add-tenant", ACME, "acme")).stderr).to.equal("");
    expect(await within("select count(*)::int from plan where name = 'GOLD'")).to.deep.equal([
      { count: 2 },
    ]);
    expect(await codeOf(within("delete from plan"))).to.equal("42501");
    const call = "select from crosstab('select 1, 2, 3') as t (a int, b int)";
    expect(await codeOf(within(call))).to.equal("42501");
  });

  it("one that fails names its place, leaves nothing, and no tenant is migrated", async () => {
    await write("002_more.sql", "create table more (id int)", "alter table missing\n  add x int");
    await tenants.write("0002-note", ["alter table person add note text"]);
    const { status, stderr } = await run("migrate");
    expect(status).to.equal(1);
    expect(stderr).to.equal(
      'Cannot migrate the shared schemas: 002_more.sql, line 2, "alter table missing add x int": relation "missing" does not ' +
        "exist (SQLSTATE 42P01); no tenant was migrated: correct it, and run again\n",
    );
    const state =
      "select to_regclass('ref.more') as more, (select version from rowhouse.tenant) as version";
    expect(await database.sql(state)).to.deep.equal([{ more: null, version: 1 }]);
    await write("002_more.sql", "create table more (id int)");
    const { stdout } = await run("migrate", "--plan");
    expect(stdout).to.include("Shared: up 002_more\n").and.to.include("acme: 1 to 2: up 0002-note");
    expect((await run("migrate")).status).to.equal(0);
    expect(await within("select from more")).to.deep.equal([]);
  });

  it("one without a transaction goes on after it failed, and clears an invalid index away", async () => {
    await write(
      "003_names.sql",
      "-- rowhouse: no transaction\ncreate table before_it (id int)",
      "create unique index concurrently plan_name on plan (name)",
    );
    expect((await run("migrate")).stderr).to.include(
      '003_names.sql, line 3, "create unique index concurrently',
    );
    expect(await recorded()).to.deep.include({ position: 3, name: "003_names", applied: false });
    await database.sql("delete from ref.plan where id = 2");
    expect((await run("migrate")).stderr).to.equal("");
    const valid =
      "select indisvalid as valid from pg_index where indexrelid = 'ref.plan_name'::regclass";
    expect(await database.sql(valid)).to.deep.equal([{ valid: true }]);
  });

  const REFUSED: readonly [what: string, change: () => Promise<void>, reason: string][] = [
    [
      "an edited file",
      () => write("002_more.sql", "create table more (id bigint)"),
      "002_more.sql was edited after it was applied",
    ],
    [
      "a late file",
      async () => {
        await write("002_more.sql", "create table more (id int)");
        await write("0_late.sql", "create table late (id int)");
      },
      '0_late.sql comes before "003_names"',
    ],
    ["another folder", () => rm(join(folder, "001_plan.sql")), 'does not have "001_plan"'],
  ];
  for (const [what, change, reason] of REFUSED) {
    it(`it refuses ${what}, and doctor says so`, async () => {
      await change();
      expect((await run("migrate")).stderr).to.include(reason);
    });
  }

  it("it refuses to run without SHARED_MIGRATIONS where some are applied", async () => {
    const look = withRegistry(database.adminUrl, examineSharedMigrations, tenants.folder);
    expect(await messageOf(look)).to.include("SHARED_MIGRATIONS is not set, and this database has");
  });
});

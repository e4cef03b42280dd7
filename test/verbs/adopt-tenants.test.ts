// adopt-tenants: schemas that another application made become tenants with all their rows, while that application goes
// on; what cannot be adopted is refused with its reason before anything changes.

import { expect } from "chai";
import pg from "pg";
import { useDatabase } from "../support/database.ts";
import { createPlainAdmin } from "../support/plain-admin.ts";
import { SERVICE_PASSWORD, SERVICE_ROLE, urlOf } from "../support/server.ts";
import { openService } from "../support/service.ts";
import { until } from "../support/until.ts";
import { performVerb, runVerb, startVerb, type VerbResult } from "../support/verb.ts";

/** The tables of the example's versions, as an application makes them without Rowhouse. */
const madeBy = (owner: string, schema: string, version = 2): string[] => [
  `create schema "${schema}" authorization ${owner}`,
  `set role ${owner}`,
  `create table "${schema}".data (key integer primary key, value integer not null)`,
  ...(version === 1
    ? []
    : [`alter table "${schema}".data add updated_at timestamptz not null default now()`]),
  `insert into "${schema}".data values (42, 7)`,
  "reset role",
];

describe("adopt-tenants", () => {
  const database = useDatabase({ taken: "taken.example" });
  const app = (): string => `${database.name}_app`;
  const other = (): string => `${database.name}_other`;

  before(() =>
    database.sql(
      `create role ${app()} login password '${SERVICE_PASSWORD}'`,
      `create role ${other()}`,
    ),
  );
  after(() =>
    database.sql(
      `drop owned by ${app()} cascade`,
      `drop role ${app()}`,
      `drop owned by ${other()} cascade`,
      `drop role ${other()}`,
    ),
  );

  const adopt = (...parameters: string[]): Promise<VerbResult> =>
    runVerb(database.adminUrl, "adopt-tenants", ...parameters);
  const pipe = (input: string, ...parameters: string[]): Promise<VerbResult> =>
    performVerb({ adminUrl: database.adminUrl, input }, "adopt-tenants", "-", ...parameters);
  const make = (schema: string, version?: number): Promise<unknown> =>
    database.sql(...madeBy(app(), schema, version));
  const list = async (prefix: string): Promise<string[]> =>
    (
      await database.sql<{ text: string }>(
        `select concat_ws(' ', schema_name, version, array_agg(host order by host)) as text
           from rowhouse.tenant left join rowhouse.domain using (schema_name)
          where schema_name like '${prefix}%' group by schema_name, version order by 1`,
      )
    ).map(({ text }) => text);

  it("serves a schema with its rows, beside its old application, whose open write it does not wait for", async () => {
    await make("live_a");
    await make("live_b", 1);
    const old = new pg.Client(urlOf(database.name, { name: app(), password: SERVICE_PASSWORD }));
    await old.connect();
    await old.query("begin");
    await old.query("update live_a.data set value = 8 where key = 42");
    const parameters = ["--schemas", "live_*", "--host", "{*}.live.example"];
    const plan = await adopt(...parameters, "--plan");
    expect(plan.stderr).to.equal("");
    expect(plan.stdout.replaceAll(app(), "APP").replaceAll(/rh_\d+_/g, "rh_N_")).to.equal(
      "live_a: version 2 (0002-updated-at), at a.live.example; 1 table, 0 sequences; owner APP\n" +
        "live_b: version 1 (0001-data), at b.live.example; 1 table, 0 sequences; owner APP\n" +
        "Would adopt 2 tenants; nothing was changed\n" +
        'Each gets a role, rh_N_SCHEMA, that the service role "rowhouse_test_service" may become, with usage on the ' +
        "schema, select, insert, update, delete on its tables and usage, select on its sequences, now and later; " +
        "owners, rows and all other grants stay\n",
    );
    expect(await list("live_")).to.deep.equal([]);
    const done = await adopt(...parameters);
    expect(done.stdout).to.match(/^Adopted 2 tenants in \d+\.\d s\n$/);
    await old.query("update live_a.data set value = 9 where key = 42");
    await old.query("commit");
    await old.query("create table live_a.later (id bigserial primary key)");
    const service = openService(database.serviceUrl);
    const answer = await service.request("a.live.example", "GET", "/data/42");
    expect(answer.json).to.deep.equal({ value: 9 });
    expect(
      (await service.request("b.live.example", "PUT", "/data/1", { value: 1 })).status,
    ).to.equal(201);
    await service.close();
    await old.query("drop table live_a.later");
    const migrated = await runVerb(database.adminUrl, "migrate", "--tenants", "live_*");
    expect(migrated.stdout).to.match(/^Migrated 1 tenant /);
    await database.sql("create table live_b.by_admin (id bigserial primary key)");
    await old.query("insert into live_b.by_admin default values");
    await old.end();
    await database.sql("drop table live_b.by_admin");
    const status = await runVerb(database.adminUrl, "status");
    expect(status.stdout).to.match(/Drift: none in 3 tenants\nAll is well\n$/);
    const again = await adopt(...parameters);
    expect(again.stdout).to.match(/^Adopted 0 tenants in .*; 2 existed already\n$/);
  });

  it("lets the tenant use what its owner creates later, and no other tenant", async () => {
    await make("late_a");
    await make("late_b");
    await adopt("--schemas", "late_a,late_b", "--host", "{schema}.example");
    await database.sql(
      `set role ${app()}`,
      "create table late_a.more (id bigserial primary key)",
      "reset role",
    );
    const may = await database.sql(
      `select schema_name as tenant, has_table_privilege(role_name, 'late_a.more', 'insert') as "table",
          has_sequence_privilege(role_name, 'late_a.more_id_seq', 'usage') as sequence,
          has_schema_privilege(role_name, 'late_a', 'usage') as schema
         from rowhouse.tenant where schema_name like 'late_%' order by 1`,
    );
    expect(may).to.deep.equal([
      { tenant: "late_a", table: true, sequence: true, schema: true },
      { tenant: "late_b", table: false, sequence: false, schema: false },
    ]);
  });

  it("init-db leaves temporary tables to an application that uses the database already", async () => {
    await make("temporary");
    await database.sql(`grant temporary on database ${database.name} to public`);
    expect((await runVerb(database.adminUrl, "init-db")).status).to.equal(0);
    const may = await database.sql(
      `select has_database_privilege('${app()}', current_database(), 'TEMPORARY') as old,
          has_database_privilege('${SERVICE_ROLE}', current_database(), 'TEMPORARY') as service`,
    );
    expect(may).to.deep.equal([{ old: true, service: false }]);
  });

  it("refuses with every reason before anything changes, and adopts the others with --skip-refused", async () => {
    for (const schema of ["bad_ok", "bad_drift", "bad_mixed", "Bad-Name", "bad_ext"]) {
      await make(schema);
    }
    const [row] = await database.sql<{ oid: string }>(
      "select oid::text from pg_database where datname = current_database()",
    );
    const role = `rh_${row?.oid}_bad_role`;
    await make("bad_role");
    await database.sql(
      `create role ${role}`,
      "alter table bad_drift.data add note text, drop updated_at",
      `alter table bad_mixed.data owner to ${other()}`,
      "create extension citext schema bad_ext",
      ...madeBy(SERVICE_ROLE, "bad_service"),
    );
    const input =
      "host,schema\nok.bad.example,bad_ok\ndrift.bad.example,bad_drift\nmixed.bad.example,bad_mixed\n" +
      "name.bad.example,Bad-Name\next.bad.example,bad_ext\nrole.bad.example,bad_role\n" +
      "none.bad.example,bad_missing\nelsewhere.example,taken\npublic.bad.example,public\nservice.bad.example,bad_service\n";
    const refused = await pipe(input);
    expect(refused.status).to.equal(1);
    const expected = [
      'line 3, bad_drift: it fits no version of the migrations; version 1 (0001-data) is the nearest: table "data": ' +
        'column "note" text is not in version 1; correct',
      `line 4, bad_mixed: the schema belongs to "${app()}" and objects in it to "${other()}"; give all to one role, ` +
        `as with alter schema "bad_mixed" owner to "${other()}"`,
      'line 5: Cannot use schema name "Bad-Name": it must be 1 to 48 characters of a-z, 0-9 and "_", and not begin ' +
        'with a digit; run alter schema "Bad-Name" rename to bad_name, tell the old application',
      'line 6, bad_ext: extension "citext" is installed in it; move it to a schema that all tenants share, with ' +
        'alter extension "citext" set schema NAME',
      `line 7, bad_role: role "${role}" exists without a tenant; drop it first`,
      "line 8, bad_missing: its schema does not exist; correct the name, or leave it out",
      'line 9, taken: "taken" is a tenant already, at "taken.example" and not at "elsewhere.example"; ',
      'line 10: Cannot use schema name "public": it is reserved; leave it out',
      `line 11, bad_service: the service role "${SERVICE_ROLE}" owns it or objects in it, and could read them `,
    ];
    const lines = refused.stdout.trimEnd().split("\n");
    expect(lines).to.have.length(expected.length);
    for (const [index, text] of expected.entries()) {
      expect(lines[index]?.slice(0, "Refused ".length + text.length)).to.equal(`Refused ${text}`);
    }
    expect(refused.stderr).to.equal(
      "Cannot adopt tenants: 9 of 10 are refused; nothing was changed, correct them, or adopt the others with " +
        "--skip-refused\n",
    );
    expect(await list("bad_")).to.deep.equal([]);
    const others = await pipe(input, "--skip-refused");
    expect(others.stdout).to.match(/\nAdopted 1 tenant in .*; 9 refused\n$/);
    expect(others.status).to.equal(3);
    expect(await list("bad_")).to.deep.equal(["bad_ok 2 {ok.bad.example}"]);
    const given = await pipe(
      "host,schema\ndrift.bad.example,bad_drift\n",
      "--version",
      "0002-updated-at",
    );
    expect(given.stdout).to.include('Note for bad_drift: it differs from version 2: table "data"');
    expect(await list("bad_drift")).to.deep.equal(["bad_drift 2 {drift.bad.example}"]);
    await database.sql(`drop role ${role}`);
  });

  it("refuses a host that is taken, in the registry or in the list", async () => {
    await make("host_a");
    await make("host_b");
    const { stdout } = await pipe(
      "host,schema\ntaken.example,host_a\nb.example,host_b\nB.example.,host_c\n",
      "--plan",
    );
    expect(stdout).to.include(
      'Refused line 2, host_a: host "taken.example" belongs to tenant "taken"\n',
    );
    expect(stdout).to.include('Refused line 4, host_c: Host "b.example" is already in line 3\n');
    expect(stdout).to.match(/Would adopt 1 tenant; nothing was changed; 2 refused\n/);
  });

  it("takes one list, and hosts that differ from schema to schema", async () => {
    for (const [parameters, text] of [
      [["--plan"], "it takes one of FILE, --schemas and --query"],
      [["file", "--query", "select 1"], "it takes one of FILE, --schemas and --query"],
      [["--schemas", "a_*"], "--schemas needs --host TEMPLATE"],
      [
        ["--schemas", "a_*", "--host", "a.example"],
        '--host "a.example": it must hold {schema}, or {*}',
      ],
      [["--schemas", "a_*", "--host", "{name}.example"], '--host "{name}.example": it must hold'],
      [["--schemas", "a", "--host", "{*}.example"], '--host with {*} needs one * in "a"'],
    ] as const) {
      const { status, stderr } = await adopt(...parameters);
      expect(stderr).to.include(`Cannot run adopt-tenants: ${text}`);
      expect(status).to.equal(2);
    }
    const nothing = await adopt("--schemas", "unheard_*", "--host", "{*}.example");
    expect(nothing.stderr).to.equal('Cannot adopt tenants: no schema matches "unheard_*"\n');
  });

  it("reads another framework's tables by --query, which cannot write", async () => {
    await make("asked_a");
    await make("asked_b");
    await database.sql(
      "create table public.site (name text, domain text)",
      `insert into public.site values ('asked_a', 'asked.example'), ('asked_b', 'b.asked.example'),
         ('asked_a', 'www.asked.example')`,
      "create view public.report as select * from asked_b.data",
      "grant usage on schema asked_b to public",
    );
    const ask = (query: string): Promise<VerbResult> => adopt("--query", query);
    const wrong = await ask("select name, domain as host from public.site");
    expect(wrong.stderr).to.match(
      /^Cannot adopt tenants: the query has the columns "name, host", /,
    );
    const writing = await ask(
      "with gone as (delete from public.site returning *) select domain as host, name as schema from gone",
    );
    expect(writing.stderr).to.match(/^Cannot run the query: .* \(SQLSTATE 25006\); /);
    const two = await ask("select 1; drop table public.site");
    expect(two.stderr).to.match(/^Cannot run the query: .* \(SQLSTATE 42601\); /);
    const { stdout } = await ask(
      "select name as schema, domain as host from public.site order by 1, 2",
    );
    expect(stdout).to.match(/^Adopted 2 tenants /);
    expect(stdout).to.include(
      "Note for asked_b: PUBLIC, and so every tenant, has privileges on the schema; revoke them\n",
    );
    expect(stdout).to.include("Note for asked_b: view public.report outside depends on it, ");
    expect(await list("asked_")).to.deep.equal([
      "asked_a 2 {asked.example,www.asked.example}",
      "asked_b 2 {b.asked.example}",
    ]);
  });

  it("leaves out the tables in which migration tools keep their own record, and so does status", async () => {
    await make("rails_a");
    await database.sql(
      `set role ${app()}`,
      "create table rails_a.schema_migrations (version varchar not null primary key)",
      "create table rails_a.django_migrations (id bigserial primary key, app varchar(255))",
      "reset role",
    );
    const { stdout } = await adopt("--schemas", "rails_a", "--host", "{schema}.example");
    expect(stdout).to.match(/^Adopted 1 tenant /);
    const status = await runVerb(database.adminUrl, "status", "--tenants", "rails_a");
    expect(status.stdout).to.include("Drift: none in 1 tenant\n");
  });

  it("killed and run again, each schema is a tenant with everything, or as it was", async () => {
    for (let n = 0; n < 30; n += 1) await make(`kill_${n}`);
    const parameters = ["--schemas", "kill_*", "--host", "{schema}.example", "--json"];
    const running = startVerb(
      { adminUrl: database.adminUrl },
      "adopt-tenants",
      ...parameters,
      "--concurrency",
      "2",
    );
    await until("nothing is adopted", () => running.stdout().includes('"adopted"'));
    running.kill("SIGKILL");
    await running.result;
    await until("its connections stay", async () => {
      const rows = await database.sql(
        `select from pg_stat_activity
          where datname = current_database() and application_name = 'rowhouse-admin'`,
      );
      return rows.length === 0;
    });
    const [whole] = await database.sql<{ rows: number; roles: number; lacking: number }>(
      `select count(*)::int as rows, count(r.oid)::int as roles,
          count(*) filter (where not has_table_privilege(t.role_name, schema_name || '.data', 'delete'))::int as lacking
         from rowhouse.tenant as t left join pg_roles as r on rolname = role_name
         join rowhouse.domain using (schema_name) where schema_name like 'kill_%'`,
    );
    expect(whole?.rows).to.be.within(1, 29);
    expect(whole).to.include({ roles: whole?.rows, lacking: 0 });
    const { stdout } = await adopt(...parameters);
    const { adopted, existing } = JSON.parse(stdout.trim().split("\n").at(-1) ?? "") as {
      adopted: number;
      existing: number;
    };
    expect({ existing, sum: adopted + existing }).to.deep.equal({ existing: whole?.rows, sum: 30 });
  });

  it("says what to grant to an admin role that is no superuser, and then works for it", async () => {
    const plain = await createPlainAdmin({});
    const owner = `${plain.role}_app`;
    try {
      await plain.sql(`create role ${owner}`, ...madeBy(owner, "plain_a"));
      const run = (): Promise<VerbResult> =>
        runVerb(plain.adminUrl, "adopt-tenants", "--schemas", "plain_*", "--host", "{*}.example");
      const refused = await run();
      const [, command = ""] = /; run (grant .*)\n/.exec(refused.stdout) ?? [];
      expect(command).to.equal(`grant "${owner}" to "${plain.role}"`);
      await plain.sql(command);
      expect((await run()).stdout).to.match(/^Adopted 1 tenant /);
      const service = openService(plain.serviceUrl);
      const answer = await service.request("a.example", "GET", "/data/42");
      expect(answer.json).to.deep.equal({ value: 7 });
      await service.close();
    } finally {
      await plain.sql(`drop owned by ${owner} cascade`, `drop role ${owner}`);
      await plain.drop();
    }
  });
});

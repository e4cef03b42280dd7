// adopt-tenants: schemas that another application made become tenants with all their rows, while that application goes
// on.

import { expect } from "chai";
import pg from "pg";
import { useDatabase } from "../../support/database/database.ts";
import { makeSchema, useOldApplication } from "../../support/database/old-application.ts";
import { createPlainAdmin } from "../../support/database/plain-admin.ts";
import { SERVICE_PASSWORD, SERVICE_ROLE, urlOf } from "../../support/server/server.ts";
import { openService } from "../../support/program/service.ts";
import { until } from "../../support/until.ts";
import { runVerb, startVerb, type VerbResult } from "../../support/program/verb.ts";

describe("adopt-tenants", () => {
  const database = useDatabase({ taken: "taken.example" });
  const old = useOldApplication(database);

  it("serves a schema with its rows, beside its old application, whose open write it does not wait for", async () => {
    await old.make(["live_a"]);
    await old.make(["live_b"], 1);
    const writer = new pg.Client(
      urlOf(database.name, { name: old.role, password: SERVICE_PASSWORD }),
    );
    await writer.connect();
    await writer.query("begin");
    await writer.query("update live_a.data set value = 8 where key = 42");
    const parameters = ["--schemas", "live_*", "--host", "{*}.live.example"];
    const plan = await old.adopt(...parameters, "--plan");
    expect(plan.stderr).to.equal("");
    expect(plan.stdout.replaceAll(old.role, "APP").replaceAll(/rh_\d+_/g, "rh_N_")).to.equal(
      "live_a: version 2 (0002-updated-at), at a.live.example; 1 table, 0 sequences; owner APP\n" +
        "live_b: version 1 (0001-data), at b.live.example; 1 table, 0 sequences; owner APP\n" +
        "Would adopt 2 tenants; nothing was changed\n" +
        'Each gets a role, rh_N_SCHEMA, that the service role "rowhouse_test_service" may become, with usage on the ' +
        "schema, select, insert, update, delete on its tables and usage, select on its sequences, now and later; " +
        "owners, rows and all other grants stay\n",
    );
    expect(await old.list("live_")).to.deep.equal([]);
    const done = await old.adopt(...parameters);
    expect(done.stdout).to.match(/^Adopted 2 tenants in \d+\.\d s\n$/);
    await writer.query("update live_a.data set value = 9 where key = 42");
    await writer.query("commit");
    await writer.query("create table live_a.later (id bigserial primary key)");
    const service = openService(database.serviceUrl);
    const answer = await service.request("a.live.example", "GET", "/data/42");
    expect(answer.json).to.deep.equal({ value: 9 });
    expect(
      (await service.request("b.live.example", "PUT", "/data/1", { value: 1 })).status,
    ).to.equal(201);
    await service.close();
    await writer.query("drop table live_a.later");
    const migrated = await runVerb(database.adminUrl, "migrate", "--tenants", "live_*");
    expect(migrated.stdout).to.match(/^Migrated 1 tenant /);
    await database.sql("create table live_b.by_admin (id bigserial primary key)");
    await writer.query("insert into live_b.by_admin default values");
    await writer.end();
    await database.sql("drop table live_b.by_admin");
    const status = await runVerb(database.adminUrl, "status");
    expect(status.stdout).to.match(/Drift: none in 3 tenants\nAll is well\n$/);
    const again = await old.adopt(...parameters);
    expect(again.stdout).to.match(/^Adopted 0 tenants in .*; 2 existed already\n$/);
  });

  it("gives a tenant the settings of its line", async () => {
    await old.make(["set_a"]);
    const line = { schema: "set_a", host: "set-a.example", settings: { plan: "pro" } };
    expect((await old.pipe(JSON.stringify(line))).status).to.equal(0);
    const text = "select settings from rowhouse.tenant where schema_name = 'set_a'";
    expect(await database.sql(text)).to.deep.equal([{ settings: { plan: "pro" } }]);
  });

  it("lets the tenant use what its owner creates later, and no other tenant", async () => {
    await old.make(["late_a", "late_b"]);
    await old.adopt("--schemas", "late_a,late_b", "--host", "{schema}.example");
    await database.sql(
      `set role ${old.role}`,
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
    await old.make(["temporary"]);
    await database.sql(`grant temporary on database ${database.name} to public`);
    expect((await runVerb(database.adminUrl, "init-db")).status).to.equal(0);
    const may = await database.sql(
      `select has_database_privilege('${old.role}', current_database(), 'TEMPORARY') as old,
          has_database_privilege('${SERVICE_ROLE}', current_database(), 'TEMPORARY') as service`,
    );
    expect(may).to.deep.equal([{ old: true, service: false }]);
  });

  it("leaves out the tables in which migration tools keep their own record, and so does status", async () => {
    await old.make(["rails_a"]);
    await database.sql(
      `set role ${old.role}`,
      "create table rails_a.schema_migrations (version varchar not null primary key)",
      "create table rails_a.django_migrations (id bigserial primary key, app varchar(255))",
      "reset role",
    );
    const { stdout } = await old.adopt("--schemas", "rails_a", "--host", "{schema}.example");
    expect(stdout).to.match(/^Adopted 1 tenant /);
    const look = (): Promise<VerbResult> =>
      runVerb(database.adminUrl, "status", "--tenants", "rails_a");
    expect((await look()).stdout).to.include("Drift: none in 1 tenant\n");
    await database.sql("alter table rails_a.data add note text");
    expect((await look()).stdout).to.match(
      /Drift: 1 of 1 tenant\n {2}rails_a: table "data": column "note" text is not in version 2[^\n]*\nNeeds attention\n$/,
    );
  });

  it("killed and run again, each schema is a tenant with everything, or as it was", async () => {
    const count = 16;
    await old.make(Array.from({ length: count }, (_, n) => `kill_${n}`));
    const parameters = ["--schemas", "kill_*", "--host", "{schema}.example", "--json"];
    // One of them has its role and grants, and waits for its host.
    const holder = await database.openClient();
    await holder.query("begin");
    await holder.query(
      `insert into rowhouse.domain select 'kill_9.example', schema_name, role_name, status, statement_timeout_ms
         from rowhouse.tenant where schema_name = 'taken'`,
    );
    const running = startVerb(
      { adminUrl: database.adminUrl },
      "adopt-tenants",
      ...parameters,
      "--concurrency",
      "2",
    );
    await until("nothing is adopted", () => running.stdout().includes('"adopted"'));
    await holder.waitUntilBlocked("into rowhouse.domain");
    running.kill("SIGKILL");
    await running.result;
    await holder.query("rollback");
    await holder.end();
    await until("its connections stay", async () => {
      const rows = await database.sql(
        `select from pg_stat_activity
          where datname = current_database() and application_name = 'rowhouse-admin'`,
      );
      return rows.length === 0;
    });
    const [row] = await database.sql(
      `select (select count(*)::int from pg_roles where rolname like 'rh%kill\\_9') as roles,
          (select count(*)::int from rowhouse.tenant where schema_name = 'kill_9') as tenants,
          (select nspacl::text from pg_namespace where nspname = 'kill_9') as grants`,
    );
    expect(row).to.deep.equal({ roles: 0, tenants: 0, grants: null });
    const [whole] = await database.sql<{ rows: number; roles: number; lacking: number }>(
      `select count(*)::int as rows, count(r.oid)::int as roles,
          count(*) filter (where not has_table_privilege(t.role_name, schema_name || '.data', 'delete'))::int as lacking
         from rowhouse.tenant as t left join pg_roles as r on rolname = role_name
         join rowhouse.domain using (schema_name) where schema_name like 'kill_%'`,
    );
    expect(whole?.rows).to.be.within(1, count - 1);
    expect(whole).to.include({ roles: whole?.rows, lacking: 0 });
    const { stdout } = await old.adopt(...parameters);
    const { adopted, existing } = JSON.parse(stdout.trim().split("\n").at(-1) ?? "") as {
      adopted: number;
      existing: number;
    };
    expect({ existing, sum: adopted + existing }).to.deep.equal({
      existing: whole?.rows,
      sum: count,
    });
  });

  it("says what to grant to an admin role that is no superuser, and then works for it", async () => {
    const plain = await createPlainAdmin({});
    const owner = `${plain.role}_app`;
    try {
      await plain.sql(`create role ${owner}`, ...makeSchema(owner, "plain_a"));
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
      const down = await runVerb(plain.adminUrl, "migrate", "--to", "1");
      expect(down.stdout).to.match(/^Migrated 1 tenant to version 1 /);
      const status = await runVerb(plain.adminUrl, "status");
      expect(status.stdout).to.match(/Drift: none in 1 tenant\nAll is well\n$/);
    } finally {
      await plain.sql(`drop owned by ${owner} cascade`, `drop role ${owner}`);
      await plain.drop();
    }
  });
});

// drop-tenant: what it asks for first, what it leaves nothing of, what it does not touch, and that it goes on
// after whatever ended it.

import { access, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { expect } from "chai";
import { type TestDatabase, useDatabase } from "../../support/database/database.ts";
import { openOwnServer, type OwnServer } from "../../support/server/own-server.ts";
import { createPlainAdmin } from "../../support/database/plain-admin.ts";
import { createRandom } from "../../support/random.ts";
import { runAsAdmin } from "../../support/server/server.ts";
import { openService } from "../../support/program/service.ts";
import { until } from "../../support/until.ts";
import { performVerb, runVerb, startVerb, type VerbResult } from "../../support/program/verb.ts";

type Place = Pick<TestDatabase, "adminUrl" | "sql">;

describe("drop-tenant", () => {
  const database = useDatabase({ other: "other.example" });
  let folder: string;

  // Most of these tenants have tables that no migration makes.
  const drop = (place: Place, name: string, ...parameters: string[]): Promise<VerbResult> =>
    runVerb(place.adminUrl, "drop-tenant", name, "--confirm", name, "--lossy", ...parameters);
  const file = (name: string): string => join(folder, name);

  /** Whatever has the tenant's name. */
  const left = async (place: Place, name: string): Promise<unknown[]> =>
    (
      await place.sql<{ what: string }>(
        `select 'schema' as what from pg_namespace where nspname = '${name}'
         union all select 'role' from pg_roles where rolname =
           (select 'rh_' || oid || '_${name}' from pg_database where datname = current_database())
         union all select 'tenant' from rowhouse.tenant where schema_name = '${name}'
         union all select 'domain' from rowhouse.domain where schema_name = '${name}'
         union all select 'run' from rowhouse.migration_run where schema_name = '${name}'`,
      )
    ).map(({ what }) => what);
  const stateOf = (name: string): Promise<Record<string, unknown>[]> =>
    database.sql(`select status, transition from rowhouse.tenant where schema_name = '${name}'`);
  const roleOf = async (place: Place, name: string): Promise<string> => {
    const text = `select role_name as role from rowhouse.tenant where schema_name = '${name}'`;
    return (await place.sql<{ role: string }>(text))[0]?.role ?? "";
  };

  /** Foreign keys to and fro, views upon views, partitions, and names that need quotes. */
  const furnish = (place: Place, name: string): Promise<unknown> =>
    place.sql(
      `create table ${name}.hub (id serial primary key, other int)`,
      `create table ${name}."Spoke ""x""; --" (id int primary key references ${name}.hub)`,
      `alter table ${name}.hub add foreign key (other) references ${name}."Spoke ""x""; --"`,
      `create table ${name}.set_config (id bigint generated always as identity primary key)`,
      `create table ${name}.parted (id int primary key) partition by range (id)`,
      `create table ${name}.parted_1 partition of ${name}.parted for values from (1) to (10)`,
      `create view ${name}.seen as select * from ${name}.hub`,
      `create materialized view ${name}.kept as select * from ${name}.seen`,
      `create view ${name}.seen_again as select * from ${name}.kept`,
      `create sequence ${name}.loose`,
      `create type ${name}.mood as enum ('x')`,
      `create table ${name}.feels (id int primary key, mood ${name}.mood)`,
      `create function ${name}.one() returns int language sql as 'select 1'`,
      `insert into ${name}.data values (1, 1)`,
      `insert into rowhouse.migration_run (run_id, schema_name, from_version, to_version, outcome, ms)
         values (gen_random_uuid(), '${name}', 1, 2, 'migrated', 1)`,
    );

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), "rowhouse-drop-"));
  });

  after(() => rm(folder, { recursive: true }));

  it("does nothing without a matching --confirm", async () => {
    const name = "other";
    for (const parameters of [[], ["--confirm", "others"], ["--confirm", ""]]) {
      const { status, stderr } = await runVerb(
        database.adminUrl,
        "drop-tenant",
        name,
        ...parameters,
      );
      expect(stderr).to.equal(
        "Cannot run drop-tenant: it needs --confirm other; see node admin/drop-tenant.js --help\n",
      );
      expect(status).to.equal(2);
    }
    const both = await drop(database, name, "--backup", "x.zip", "--no-backup");
    expect(both.status).to.equal(2);
    expect(await stateOf(name)).to.deep.equal([{ status: "active", transition: null }]);
  });

  it("exports, and then leaves nothing of schema, role, hosts and records; others are as before", async () => {
    await database.addTenants({ acme: "acme.example" });
    await furnish(database, "acme");
    const result = await drop(database, "acme", "--backup", file("acme.zip"));
    expect(result).to.include({ status: 0, stderr: "" });
    const [first, ...others] = result.stdout.trimEnd().split("\n");
    expect(first).to.equal(`Dropped tenant "acme"; its backup is ${file("acme.zip")}`);
    expect(others).to.include('Left out: table "hub" is not in version 2');
    expect(await left(database, "acme")).to.deep.equal([]);
    expect((await stat(file("acme.zip"))).size).to.be.greaterThan(100);
    const service = openService(database.serviceUrl);
    expect((await service.request("acme.example", "GET", "/data")).status).to.equal(404);
    expect((await service.request("other.example", "GET", "/data")).status).to.equal(200);
    await service.close();
    const again = await drop(database, "acme", "--backup", file("again.zip"));
    expect(again.stderr).to.match(/^Cannot drop tenant: tenant "acme" does not exist; see/);
    expect(again.status).to.equal(1);
    await database.addTenants({ acme: "acme.example" });
    expect((await drop(database, "acme", "--no-backup", "--json")).stdout).to.equal(
      '{"schemaName":"acme","backup":null,"unproven":null,"losses":[],"keptRole":null}\n',
    );
  });

  it("names the backup by schema and time, in the folder that it is run in", async () => {
    await database.addTenants({ timed: "timed.example" });
    const settings = { adminUrl: database.adminUrl, cwd: folder };
    const { stdout } = await performVerb(settings, "drop-tenant", "timed", "--confirm", "timed");
    const [, path = ""] = /its backup is (.*)\n$/.exec(stdout) ?? [];
    expect(path).to.match(/\/timed-\d{8}T\d{9}Z\.zip$/);
    expect(await readdir(folder)).to.include(basename(path));
  });

  it("never writes over a file, and changes nothing when there is one", async () => {
    await database.addTenants({ filed: "filed.example" });
    await writeFile(file("filed.zip"), "precious");
    const result = await drop(database, "filed", "--backup", file("filed.zip"));
    expect(result.status).to.equal(1);
    expect(result.stderr).to.match(/^Cannot drop tenant: "[^\n]*filed\.zip" exists; name another/);
    expect((await stat(file("filed.zip"))).size).to.equal("precious".length);
    expect(await stateOf("filed")).to.deep.equal([{ status: "active", transition: null }]);
    const nowhere = await drop(database, "filed", "--backup", file("none/filed.zip"));
    expect(nowhere.status).to.equal(1);
    expect(nowhere.stderr).to.match(/ENOENT; [^\n]*; "filed" is unchanged; [^\n]*\n$/);
    expect(await stateOf("filed")).to.deep.equal([{ status: "active", transition: null }]);
    expect((await drop(database, "filed", "--backup", file("filed2.zip"))).status).to.equal(0);
  });

  it("refuses a tenant that something outside of it stands on, and one that is moving", async () => {
    await database.addTenants({ based: "based.example" });
    await database.sql("create view public.report as select * from based.data");
    const result = await drop(database, "based", "--no-backup");
    expect(result.stderr).to.match(
      /^Cannot drop tenant: view public\.report outside of schema "based" depends on table based\.data/,
    );
    expect(await stateOf("based")).to.deep.equal([{ status: "active", transition: null }]);
    await database.sql(
      "drop view public.report",
      "create table other.child (id int primary key references based.data)",
    );
    expect((await drop(database, "based", "--no-backup")).stderr).to.include(
      "on other.child outside",
    );
    await database.sql(
      "drop table other.child",
      "update rowhouse.tenant set transition = 'moving' where schema_name = 'based'",
    );
    expect((await drop(database, "based", "--no-backup")).stderr).to.match(
      /^Cannot drop tenant: tenant "based": it is being moved; /,
    );
    await database.sql(
      "update rowhouse.tenant set transition = 'moved', peer = 'x' where schema_name = 'based'",
    );
    expect((await drop(database, "based", "--backup", file("moved.zip"))).status).to.equal(0);
    await access(file("moved.zip"));
    expect(await left(database, "based")).to.deep.equal([]);
  });

  it("waits for messages that began before it, and no message enters meanwhile", async () => {
    await database.addTenants({ busy: "busy.example" });
    const service = openService(database.serviceUrl);
    let dropping: Promise<VerbResult> | undefined;
    await service.database.transaction(async (link) => {
      await link.send(["select rowhouse.enter_tenant('{busy.example}')"]);
      await link.send(["insert into data values (7, 7)"]);
      dropping = drop(database, "busy", "--backup", file("busy.zip"));
      await until("it is not suspended", async () => {
        return (await service.request("busy.example", "GET", "/data")).status === 403;
      });
      await link.send(["insert into data values (8, 8)"]);
    });
    expect((await dropping)?.status).to.equal(0);
    await service.close();
    expect(await left(database, "busy")).to.deep.equal([]);
  });

  it("works where the schema or the role is missing", async () => {
    await database.addTenants({ no_schema: "no-schema.example", no_role: "no-role.example" });
    const role = await roleOf(database, "no_role");
    await database.sql(
      "drop schema no_schema cascade",
      `drop owned by "${role}"`,
      `drop role "${role}"`,
    );
    for (const name of ["no_schema", "no_role"]) {
      const result = await drop(database, name, "--backup", file(`${name}.zip`));
      expect(result.stderr).to.equal("");
      expect(await left(database, name)).to.deep.equal([]);
    }
    expect(await readdir(folder))
      .to.include("no_role.zip")
      .and.not.to.include("no_schema.zip");
  });

  it("takes large objects of the role, and leaves a role that another database uses", async () => {
    const elsewhere = `${database.name}_elsewhere`;
    await database.addTenants({ large: "large.example", shared: "shared.example" });
    const [large, shared] = [await roleOf(database, "large"), await roleOf(database, "shared")];
    await database.sql(
      `do $$ declare made oid; begin for n in 1..120 loop made := lo_create(0);
         execute format('alter large object %s owner to %I', made, '${large}'); end loop; end $$`,
    );
    await runAsAdmin("postgres", [`create database ${elsewhere}`]);
    try {
      await runAsAdmin(elsewhere, [`create schema theirs authorization "${shared}"`]);
      expect((await drop(database, "large", "--no-backup")).stderr).to.equal("");
      expect(await database.sql("select from pg_largeobject_metadata")).to.deep.equal([]);
      const result = await drop(database, "shared", "--no-backup");
      expect(result.status).to.equal(0);
      expect(result.stdout).to.include(
        `\nKept role "${shared}": database "${elsewhere}" uses it\n`,
      );
      expect(await left(database, "shared")).to.deep.equal(["role"]);
    } finally {
      await runAsAdmin("postgres", [`drop database ${elsewhere}`, `drop role "${shared}"`]);
    }
  });

  it("of two at once one drops, and the other says so or finds nothing", async () => {
    await database.addTenants({ twice: "twice.example" });
    await furnish(database, "twice");
    const results = await Promise.all(
      ["a", "b"].map((name) => drop(database, "twice", "--backup", file(`twice-${name}.zip`))),
    );
    expect(results.map(({ status }) => status)).to.have.members([0, 1]);
    expect(results.find(({ status }) => status === 1)?.stderr).to.match(
      /^Cannot drop tenant: (?:another verb is changing "twice"|tenant "twice" does not exist); /,
    );
    expect(await left(database, "twice")).to.deep.equal([]);
    expect((await readdir(folder)).filter((name) => name.startsWith("twice"))).to.have.length(1);
  });

  it("killed at any point and run again, it ends, with a backup of the whole", async () => {
    const seed = Date.now();
    const random = createRandom(seed);
    try {
      for (let round = 0; round < 3; round += 1) await killAndFinish(`killed_${round}`, random);
    } catch (error) {
      throw new Error(`With seed ${seed}: ${(error as Error).message}`, { cause: error });
    }
  }).timeout(60_000);

  async function killAndFinish(name: string, random: () => number): Promise<void> {
    const tables = 100;
    await database.addTenants({ [name]: `${name.replace("_", "-")}.example` });
    await database.sql(
      `do $$ begin for n in 1..${tables} loop
         execute format('create table ${name}.t%s as select g as id from generate_series(1, 50) as g', n);
       end loop; end $$`,
    );
    const files: string[] = [];
    let ended = false;
    for (let attempt = 0; attempt < 3 && !ended; attempt += 1) {
      files.push(file(`${name}-${attempt}.zip`));
      const running = startVerb(
        { adminUrl: database.adminUrl },
        "drop-tenant",
        ...[name, "--confirm", name, "--lossy"],
        ...["--backup", files.at(-1) ?? ""],
      );
      const at = performance.now() + 200 + random() * 400;
      await until("the time does not come", () => performance.now() >= at);
      running.kill("SIGKILL");
      ended = (await running.result).status === 0;
      await until("its connections stay", async () => {
        const [row] = await database.sql<{ n: number }>(
          `select count(*)::int as n from pg_stat_activity
             where datname = current_database() and application_name = 'rowhouse-admin'`,
        );
        return row?.n === 0;
      });
    }
    if (!ended && (await left(database, name)).length > 0) {
      const last = await drop(database, name, "--backup", file(`${name}-last.zip`));
      expect(last.stderr).to.equal("");
    }
    expect(await left(database, name)).to.deep.equal([]);
    // Each file that is there is whole: the export of all tables, none of what a killed drop has left.
    const made = (await readdir(folder)).filter(
      (one) => one.startsWith(name) && one.endsWith(".zip"),
    );
    expect(made.length).to.be.greaterThan(0);
    for (const one of made) {
      const archive = await readFile(file(one), "latin1");
      const entries = new Set(archive.match(/tables\/\d+-\w+\.copy/g));
      expect(entries.size, one).to.equal(tables + 1);
    }
  }

  it("killed while it drops and run again, it keeps the backup of before", async () => {
    await database.addTenants({ halfway: "halfway.example" });
    await database.sql(
      `do $$ begin for n in 1..60 loop execute format('create table halfway.t%s ()', n); end loop; end $$`,
    );
    // The oldest table is dropped last: it is held until the others are gone.
    const holder = await database.openClient();
    await holder.query("begin");
    await holder.query("lock table halfway.data in access share mode");
    const running = startVerb(
      { adminUrl: database.adminUrl },
      "drop-tenant",
      ...["halfway", "--confirm", "halfway", "--lossy", "--backup", file("halfway.zip")],
    );
    await holder.waitUntilBlocked("drop table");
    running.kill("SIGKILL");
    await running.result;
    await holder.end();
    const [row] = await database.sql<{ tables: number }>(
      "select count(*)::int as tables from pg_tables where schemaname = 'halfway'",
    );
    expect(row?.tables).to.be.lessThan(61);
    expect(await stateOf("halfway")).to.deep.equal([
      { status: "suspended", transition: "dropping" },
    ]);
    const again = await drop(database, "halfway", "--backup", file("halfway-2.zip"));
    expect(again.stdout).to.equal(
      `Dropped tenant "halfway"; its backup is ${file("halfway.zip")}\n`,
    );
    expect((await readdir(folder)).filter((one) => one.startsWith("halfway"))).to.deep.equal([
      "halfway.zip",
    ]);
  });

  it("works for an admin role that is no superuser, with tenant roles and without", async () => {
    for (const tenantRoles of [true, false]) {
      const plain = await createPlainAdmin({ acme: "acme.example" }, tenantRoles);
      try {
        const role = await roleOf(plain, "acme");
        if (tenantRoles) {
          await plain.sql(
            `do $$ begin execute format('alter large object %s owner to %I', lo_create(0), '${role}'); end $$`,
          );
        }
        const result = await drop(plain, "acme", "--backup", file(`plain-${tenantRoles}.zip`));
        expect(result.stderr).to.equal("");
        expect(await left(plain, "acme")).to.deep.equal([]);
        const roles = await plain.sql(`select from pg_roles where rolname = '${role}'`);
        expect(roles).to.have.length(tenantRoles ? 0 : 1);
      } finally {
        await plain.drop();
      }
    }
  });

  describe("on a server with few locks", () => {
    let server: OwnServer | undefined;

    afterEach(() => server?.remove());

    for (const [locks, tables, backup] of [
      ["10", 200, false],
      ["64", 700, true],
    ] as const) {
      it(`with ${tables} tables does not exhaust max_locks_per_transaction = ${locks}`, async () => {
        server = await openOwnServer(
          { wide: "wide.example" },
          { max_locks_per_transaction: locks, max_connections: "20", fsync: "off" },
        );
        await server.sql(
          "create table wide.hub (id int primary key)",
          ...Array.from(
            { length: tables / 100 },
            (_, hundred) => `do $$ begin for n in 1..100 loop
              execute format('create table wide.t%s (id int primary key, t text%s)', ${hundred * 100} + n,
                case when n % 4 = 0 then ', hub int references wide.hub' else '' end);
              if n % 10 = 0 then commit; end if; end loop; end $$`,
          ),
        );
        const all = server.sql("begin", "drop schema wide cascade");
        expect(await all.catch((error: unknown) => Reflect.get(Object(error), "code"))).to.equal(
          "53200",
        );
        const how = backup ? ["--backup", file(`wide-${locks}.zip`)] : ["--no-backup"];
        const result = await drop(server, "wide", ...how);
        expect(result.stderr).to.equal("");
        expect(await left(server, "wide")).to.deep.equal([]);
      }).timeout(120_000);
    }
  });
});

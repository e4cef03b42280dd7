// The verbs on tenants of several databases: they follow home's pointers, and home knows every name and host.

import { tmpdir } from "node:os";
import { expect } from "chai";
import { readOtherUrls } from "../../admin/command/environment/databases.ts";
import type { Job, TenantDetail, TenantPage } from "../../admin/console/api.ts";
import { openConsole } from "../../admin/console/console.ts";
import { serveConsole } from "../../admin/console/server.ts";
import { examinePointers } from "../../admin/databases/examine-pointers.ts";
import type { AdminError } from "../../admin/registry/admin-error.ts";
import { rejection } from "../support/rejection.ts";
import { useSeveralDatabases } from "../support/database/admin-databases.ts";
import { createConsoleClient } from "../support/console/console.ts";
import { until } from "../support/until.ts";
import { performVerb } from "../support/program/verb.ts";

const HOST = "far.test";

describe("verbs over several databases", () => {
  const several = useSeveralDatabases();
  const { home, eu, us, enter, follow } = several;

  const codeOf = async (work: Promise<unknown>): Promise<string> =>
    ((await rejection(work)) as AdminError).code;
  const hostsAtHome = async (): Promise<readonly unknown[]> =>
    home.sql("select host, schema_name as schema, database from rowhouse.domain order by host");

  before(() => home.addTenants({ near: "near.test" }));

  it("createTenant() with a database claims name and host at home, and is one tenant twice", async () => {
    const admin = several.admin();
    const wanted = { schemaName: "far", hosts: [HOST], database: "eu" };
    await admin.createTenant(wanted);
    expect([await enter(home, HOST), await follow(HOST)]).to.deep.equal(["RH301 eu", "far"]);
    expect(await admin.findTenant("far")).to.include({ database: "eu" });
    for (const database of ["eu", "us", undefined]) {
      expect(await codeOf(admin.createTenant({ ...wanted, database }))).to.equal("tenant_exists");
    }
    const other = { schemaName: "other", hosts: [HOST] };
    for (const database of ["us", "home"]) {
      expect(await codeOf(admin.createTenant({ ...other, database }))).to.equal("host_taken");
    }
    const far = { schemaName: "near", hosts: ["x.test"], database: "us" };
    expect(await codeOf(admin.createTenant(far))).to.equal("name_taken");
    const { schemaName, hosts } = wanted;
    const many = admin.createTenants([{ schemaName, hosts }]);
    expect(await many.finish()).to.include({ existing: 1, failed: 0 });
    expect(await home.sql("select * from rowhouse.pointer")).to.have.length(1);
  });

  it("a creation that failed or was killed leaves no name, or the same call goes on", async () => {
    const admin = several.admin();
    const wanted = { schemaName: "late", hosts: ["late.test"], database: "us" };
    await us.sql("create schema late");
    expect(await codeOf(admin.createTenant(wanted))).to.equal("name_taken");
    await us.sql("drop schema late");
    expect(await follow("late.test")).to.equal("RH404");
    await home.sql(
      "insert into rowhouse.pointer values ('late', 'us')",
      "insert into rowhouse.domain (host, schema_name, database) values ('old.test', 'late', 'us')",
    );
    await admin.createTenant(wanted);
    expect([await follow("late.test"), await enter(home, "old.test")]).to.deep.equal([
      "late",
      "RH404",
    ]);
  });

  it("suspend, resume, set, export, rename and hosts follow the pointer", async () => {
    const admin = several.admin();
    await admin.suspendTenant("far");
    expect(await follow(HOST)).to.equal("RH403");
    await admin.resumeTenant("far");
    await admin.setTenant("far", { set: { plan: "pro" } });
    await admin.addHost("far", "second.test");
    expect(await codeOf(admin.addHost("near", "second.test"))).to.equal("host_taken");
    expect(await codeOf(admin.addHost("far", "near.test"))).to.equal("host_taken");
    expect(await codeOf(admin.addHost("far", "late.test"))).to.equal("host_taken");
    await admin.removeHost(HOST, "far");
    await admin.renameTenant("far", "away");
    expect(await codeOf(admin.renameTenant("away", "late"))).to.equal("name_taken");
    expect(await codeOf(admin.renameTenant("near", "away"))).to.equal("name_taken");
    expect(await hostsAtHome()).to.deep.equal([
      { host: "late.test", schema: "late", database: "us" },
      { host: "near.test", schema: "near", database: null },
      { host: "second.test", schema: "away", database: "eu" },
    ]);
    expect(await follow("second.test")).to.equal("away");
    expect(await admin.findTenant("away")).to.deep.include({
      hosts: ["second.test"],
      settings: { plan: "pro" },
      database: "eu",
    });
  });

  it("a host or a name that a killed run left half given is ended by the same call", async () => {
    const admin = several.admin();
    await home.sql(
      "insert into rowhouse.domain (host, schema_name, database) values ('half.test', 'away', 'eu')",
    );
    await admin.addHost("away", "half.test");
    expect(await follow("half.test")).to.equal("away");
    await eu.sql("delete from rowhouse.domain where host = 'half.test'");
    await admin.removeHost("half.test");
    expect(await enter(home, "half.test")).to.equal("RH404");
    await home.sql("insert into rowhouse.pointer values ('far', 'eu')");
    await admin.renameTenant("away", "far");
    await home.sql(
      "insert into rowhouse.pointer values ('away', 'eu')",
      "update rowhouse.domain set schema_name = 'away' where schema_name = 'far'",
    );
    // Between the two names the host is still served there.
    expect(await codeOf(admin.removeHost("second.test"))).to.equal("host_not_found");
    await admin.renameTenant("away", "far");
    expect(await follow("second.test")).to.equal("far");
  });

  it("cloneTenant() makes the copy where its source is", async () => {
    const admin = several.admin();
    await eu.sql("insert into far.data values (1, 1)");
    await admin.cloneTenant("far", { schemaName: "twin", hosts: ["twin.test"] });
    expect(await follow("twin.test")).to.equal("twin");
    expect(await admin.findTenant("twin")).to.include({ database: "eu" });
    expect(
      (await admin.listTenants({ limit: 3 })).map(({ schemaName }) => schemaName),
    ).to.deep.equal(["far", "late", "near"]);
  });

  it("the operator page shows a tenant where it is, and moves it as a job", async () => {
    const parts = openConsole({
      ...{ registry: several.registry(), services: [], exports: tmpdir(), intervalMs: 60_000 },
      note: () => {},
    });
    const server = await serveConsole(parts, "127.0.0.1", 0);
    try {
      const client = await createConsoleClient(server.url);
      const detail = (): Promise<TenantDetail> => client.get("/api/tenants/twin");
      expect(await detail()).to.deep.include({ database: "eu", databases: ["home", "us"] });
      const { elsewhere } = await client.get<TenantPage>("/api/tenants?search=TWIN.te");
      expect(elsewhere).to.deep.equal([{ schemaName: "twin", database: "eu" }]);
      const named = await client.get<TenantPage>("/api/tenants?search=twi");
      expect(named.elsewhere).to.deep.equal(elsewhere);
      const headers = client.readHeaders();
      const asia = await client.send({ path: "/api/fleet?database=asia", headers });
      expect(asia.json)
        .to.include({ status: 400 })
        .and.have.property("detail")
        .that.includes("_ASIA");
      const body = { database: eu.adminUrl };
      expect((await client.post("/api/tenants/twin/move", body)).status).to.equal(400);
      const { id } = (await client.post("/api/tenants/twin/move", { database: "us" })).json as Job;
      const job = (): Job | undefined => parts.jobs.list().find((one) => one.id === id);
      await until("it does not end", () => job()?.state !== "running");
      expect(job()?.message).to.equal('Moved tenant "twin" to database "us": 1 row');
      expect(await detail()).to.include({ database: "us", status: "active" });
      await several.admin().moveTenant("twin", { to: "eu" });
      await several.admin().dropRemnants("twin");
    } finally {
      await server.close();
    }
  });

  it("dropRemnants() keeps the pointer, and dropTenant() takes tenant and pointers away", async () => {
    const admin = several.admin();
    await admin.moveTenant("near", { to: "eu" });
    const refused = await rejection(admin.dropTenant("near", { backup: false }));
    expect(refused.message).to.equal(
      'Cannot drop tenant: tenant "near" lives in database "eu", and database "home" has an old copy that its move ' +
        "left; first remove that with node admin/drop-tenant.js near --remnant",
    );
    expect(await codeOf(admin.renameTenant("near", "close"))).to.equal("tenant_in_transition");
    expect((await admin.dropRemnants("near")).databases).to.deep.equal(["home"]);
    expect((await admin.dropRemnants("near")).databases).to.deep.equal([]);
    expect(await follow("near.test")).to.equal("near");
    await admin.dropTenant("near", { backup: false });
    expect(await enter(home, "near.test")).to.equal("RH404");
    await home.sql("insert into rowhouse.pointer values ('near', 'eu')");
    await admin.dropTenant("near", { backup: false });
    expect(await codeOf(admin.dropTenant("near", { backup: false }))).to.equal("tenant_not_found");
    await admin.createTenant({ schemaName: "near", hosts: ["near.test"] });
    expect(await follow("near.test")).to.equal("near");
  });

  it("list-tenants, status, migrate and each-tenant go over all, and report one that is down", async () => {
    const env = {
      ADMIN_DATABASE_URL_EU: eu.adminUrl,
      ADMIN_DATABASE_URL_US: `${us.adminUrl}_gone`,
    };
    const settings = { adminUrl: home.adminUrl, env };
    const run = async (...parameters: readonly [string, ...string[]]) => {
      const { status, stdout, stderr } = await performVerb(settings, ...parameters);
      expect(stderr, parameters.join(" ")).to.equal("");
      return { status, stdout };
    };
    const listed = await run("list-tenants");
    expect(listed.status).to.equal(3);
    expect(listed.stdout).to.match(/^SCHEMA +DATABASE +STATUS/);
    expect(listed.stdout)
      .to.match(/^near +home +active/m)
      .and.to.match(/^far +eu +active/m);
    expect(listed.stdout).to.match(/^Failed database "us": .*does not exist/m);
    const each = await run(
      "each-tenant",
      "--tenants",
      "near,f*",
      "--sql",
      "select 1 as one",
      "--json",
    );
    const items = each.stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as object);
    expect(each.status).to.equal(3);
    expect(items.slice(0, 2)).to.have.nested.property("0.database", "home");
    expect(items[1]).to.include({ database: "eu", schemaName: "far" });
    expect(JSON.stringify(items[2])).to.include('{"database":"us","error":"');
    const migrated = await run("migrate", "--database", "eu");
    expect(migrated.stdout).to.match(/^Database eu:\nNothing to migrate/);
    const status = await run("status", "--no-drift");
    expect(status.stdout)
      .to.match(/^Database home:\nNewest version/)
      .and.to.include("Database eu:");
    const none = await performVerb(settings, "migrate", "--database", "asia");
    expect(none.stderr).to.equal(
      'Cannot find database "asia": it is not configured; set ADMIN_DATABASE_URL_ASIA\n',
    );
    const there = await performVerb(settings, "move-tenant", "far", "--to", "eu");
    expect(there.stdout).to.equal('Nothing to move: tenant "far" is in database "eu"\n');
    const capital = await performVerb(settings, "move-tenant", "far", "--to", "EU");
    expect(capital.stderr).to.equal(
      'Cannot find database "EU": it is not configured; write "eu"\n',
    );
  });

  it("a verb names the variable of the database that is down, on one tenant and over all", async () => {
    const nobody = eu.adminUrl.replace(/:\d+\//, ":1/");
    const settings = { adminUrl: home.adminUrl, env: { ADMIN_DATABASE_URL_EU: nobody } };
    const advice = "check ADMIN_DATABASE_URL_EU, and that PostgreSQL is running";
    for (const [name, ...parameters] of [
      ["suspend-tenant", "far"],
      ["add-domain", "new.test", "far"],
      ["export-tenant", "far", "/dev/null/x"],
      ["add-tenant", "new.test", "new", "--database", "eu"],
    ] as const) {
      const { stderr } = await performVerb(settings, name, ...parameters);
      expect(stderr, name).to.include(advice);
    }
    const { stdout } = await performVerb(settings, "list-tenants");
    expect(stdout).to.include(`ECONNREFUSED; ${advice}`);
    const gone = { ...settings, adminUrl: nobody, env: { ADMIN_DATABASE_URL_EU: home.adminUrl } };
    expect((await performVerb(gone, "suspend-tenant", "far")).stderr).to.include(
      "check ADMIN_DATABASE_URL,",
    );
  });

  it("the doctor compares home's pointers with the other databases", async () => {
    const registry = several.registry();
    const seen = async (): Promise<readonly string[]> => {
      const findings = await examinePointers(registry);
      return findings.filter(({ level }) => level !== "ok").map((one) => one.seen);
    };
    expect(await seen()).to.deep.equal([]);
    await eu.addTenants({ alone: "alone.test" });
    await home.sql(
      "insert into rowhouse.pointer values ('ghost', 'us'), ('lost', 'asia')",
      "update rowhouse.domain set host = 'wrong.test' where host = 'twin.test'",
    );
    expect(await seen()).to.deep.equal([
      '"lost": database "asia" is not configured',
      '"alone": the tenant is in database "eu", and home has no pointer to it, so that requests do not find it',
      '"twin": a host of the tenant in database "eu" is missing at home',
      '"twin": home has a host that the tenant in database "eu" lacks',
      '"ghost": home points to database "us", which does not have the tenant',
    ]);
  });

  it("readOtherUrls() names what it cannot read, and no part of a URL", () => {
    const read = (env: Readonly<Record<string, string>>): string => {
      try {
        return [...readOtherUrls(env, "ADMIN_DATABASE_URL").keys()].join(" ");
      } catch (error) {
        return error instanceof Error ? error.message : "";
      }
    };
    const url = "postgres://me:planted-secret@127.0.0.1/x";
    expect(read({ ADMIN_DATABASE_URL: url, ADMIN_DATABASE_URL_FILE: "/x" })).to.equal("");
    expect(read({ ADMIN_DATABASE_URL_US: url, ADMIN_DATABASE_URL_EU_2: url })).to.equal("eu_2 us");
    expect(read({ ADMIN_DATABASE_URL_US: "" })).to.equal("");
    expect(read({ ADMIN_DATABASE_URL_2: url })).to.match(
      /^Cannot read ADMIN_DATABASE_URL_2: the name/,
    );
    expect(read({ ADMIN_DATABASE_URL_HOME: url })).to.match(
      /^Cannot read ADMIN_DATABASE_URL_HOME:/,
    );
    expect(read({ ADMIN_DATABASE_URL_EU: "mysql://planted-secret@x/y" }))
      .to.match(/^Cannot read ADMIN_DATABASE_URL_EU: it must begin with postgres/)
      .and.not.to.include("planted-secret");
    expect(read({ ADMIN_DATABASE_URL_EU_FILE: "/does/not/exist" })).to.match(
      /^Cannot read ADMIN_DATABASE_URL_EU_FILE: file .*ENOENT/,
    );
  });
});

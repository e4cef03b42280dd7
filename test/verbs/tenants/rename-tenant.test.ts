// rename-tenant while the tenant serves: what a request sees before, during and after; that a name is
// nobody else's while a message of before still runs; and what is refused.

import { expect } from "chai";
import { renameTenant } from "../../../admin/rename/rename.ts";
import { withRegistry } from "../../../admin/registry/registry.ts";
import { parseHost } from "../../../src/host.ts";
import { createTenant } from "../../../src/tenant.ts";
import { useDatabase } from "../../support/database/database.ts";
import { createPlainAdmin } from "../../support/database/plain-admin.ts";
import { codeOf, rejection } from "../../support/rejection.ts";
import { type LocalService, openService } from "../../support/program/service.ts";
import { until } from "../../support/until.ts";
import { runVerb, type VerbResult } from "../../support/program/verb.ts";

const ACME = "acme.example.com";
const OTHER = "other.example.com";
const RENAMES = 10;
const CALLERS = 8;
// What a message of before meets after: no such table, no such role (which set_config calls a value that is
// not acceptable).
const IN_FLIGHT = new Set(["42P01", "22023", "42704"]);

describe("rename-tenant", () => {
  const database = useDatabase({ acme: ACME, other: OTHER });
  let service: LocalService;

  const verb = (name: string, ...parameters: string[]): Promise<VerbResult> =>
    runVerb(database.adminUrl, name, ...parameters);
  const get = async (host: string): Promise<unknown> =>
    (await service.request(host, "GET", "/data/1")).json;

  before(async () => {
    await database.sql(
      "insert into acme.data values (1, 1)",
      "insert into other.data values (1, 2)",
    );
    service = openService(database.serviceUrl, { DATABASE_CONNECTIONS: "8" });
  });

  after(() => service.close());

  it("renames schema, role and registry rows, and the hosts serve on", async () => {
    await database.sql(
      `insert into rowhouse.migration_run (run_id, schema_name, from_version, to_version, outcome, ms)
       values (gen_random_uuid(), 'acme', 1, 2, 'migrated', 1)`,
    );
    expect(await verb("rename-tenant", "acme", "acme_inc")).to.deep.equal({
      status: 0,
      stdout: 'Renamed tenant "acme" to "acme_inc"\n',
      stderr: "",
    });
    const rows = await database.sql(
      `select 'schema' as kind, nspname::text as name from pg_namespace where nspname like 'acme%'
       union all select 'role', substring(rolname from '^rh_[0-9]+_(.*)') from pg_roles
         where rolname ~ ('^rh_' || (select oid from pg_database where datname = current_database()) || '_acme')
       union all select 'tenant', schema_name || ' as ' || substring(role_name from '^rh_[0-9]+_(.*)')
         from rowhouse.tenant where schema_name <> 'other'
       union all select 'domain', host || ' of ' || schema_name from rowhouse.domain
         where schema_name <> 'other'
       union all select 'run', schema_name from rowhouse.migration_run
       order by 1`,
    );
    expect(rows).to.deep.equal([
      { kind: "domain", name: `${ACME} of acme_inc` },
      { kind: "role", name: "acme_inc" },
      { kind: "run", name: "acme_inc" },
      { kind: "schema", name: "acme_inc" },
      { kind: "tenant", name: "acme_inc as acme_inc" },
    ]);
    expect(await get(ACME)).to.deep.equal({ value: 1 });
    expect(await get(OTHER)).to.deep.equal({ value: 2 });
    const put = await service.request(ACME, "PUT", "/data/1", { value: 1 });
    expect(put.status).to.equal(200);
    expect(JSON.parse((await verb("rename-tenant", "acme_inc", "acme", "--json")).stdout))
      .to.deep //
      .equal({ before: "acme_inc", schemaName: "acme", stillRunning: 0 });
  });

  it("back and forth under load: whoever begins after it returned is served, nobody is served wrongly", async () => {
    let [renames, active] = [0, false];
    const stopping = new AbortController();
    const counts = { served: 0, inFlight: 0 };
    const wrong: unknown[] = [];
    const callers = Array.from({ length: CALLERS }, async (_, index) => {
      while (!stopping.signal.aborted) {
        const [renamesBefore, activeBefore] = [renames, active];
        const answer =
          index % 2 === 0
            ? await service.request(ACME, "GET", "/data/1")
            : await service.request(ACME, "PUT", "/data/1", { value: 1 });
        const overlapped = activeBefore || active || renames !== renamesBefore;
        if (answer.status === 200 && (index % 2 === 1 || answer.text === '{"value":1}')) {
          counts.served += 1;
        } else if (answer.status === 503 && overlapped) counts.inFlight += 1;
        else wrong.push({ status: answer.status, text: answer.text });
      }
    });
    await withRegistry(database.adminUrl, async (registry) => {
      const names = ["acme", "acme_there"] as const;
      for (; renames < RENAMES; renames += 1) {
        const [from, to] = renames % 2 === 0 ? names : names.toReversed();
        active = true;
        const { stillRunning } = await renameTenant(registry, from, to);
        active = false;
        expect(stillRunning).to.equal(0);
        const { served } = counts;
        await until("nobody is served", () => counts.served >= served + CALLERS);
      }
    });
    stopping.abort();
    await Promise.all(callers);
    expect(wrong).to.deep.equal([]);
    const codes = service.lines
      .map(({ error }) => Object(error) as { name?: string; sqlState?: string })
      .flatMap(({ name, sqlState }) => (name === "PostgresError" ? [sqlState] : []));
    expect(codes).to.have.length(counts.inFlight);
    expect(codes.filter((code) => !IN_FLIGHT.has(code ?? ""))).to.deep.equal([]);
    // Those between two statements of their message at that moment: a caller has one in flight.
    expect(counts.inFlight).to.be.at.most((RENAMES * CALLERS) / 4);
    expect(counts.served).to.be.at.least(RENAMES * CALLERS);
  });

  it("a message that waits while its tenant is renamed is sent again, and a transaction is answered 503", async () => {
    const tenant = createTenant(service.database, parseHost(ACME));
    const gate = await database.openClient();
    const renames = async (from: string, to: string, work: () => Promise<unknown>) => {
      await gate.query(`begin; lock table "${from}".data in share mode`);
      const answer = work();
      await gate.waitUntilBlocked("data");
      const renamed = withRegistry(database.adminUrl, (registry) =>
        renameTenant(registry, from, to),
      );
      await until("it is not renamed", async () => (await schemas()).includes(to));
      await gate.query("commit");
      const [answered] = await Promise.all([answer, renamed]);
      return answered;
    };
    try {
      const put = () => service.request(ACME, "PUT", "/data/1", { value: 1 });
      expect(await renames("acme", "acme_then", put)).to.include({ status: 200 });
      const write = () =>
        tenant.begin(async (tx) => {
          await tx`update data set value = 9 where key = 1`;
        });
      const refused = await renames("acme_then", "acme", () => rejection(write()));
      expect(refused).to.include({ code: "OVERLOADED", status: 503 });
      expect(await get(ACME)).to.deep.equal({ value: 1 });
      expect(await codeOf(tenant`select from nothing`)).to.equal("42P01");
    } finally {
      await gate.end();
    }
  });

  it("a message whose tenant's role is renamed under it is answered 503, and changes nothing", async () => {
    const [row] = await database.sql<{ role: string }>(
      "select role_name as role from rowhouse.tenant where schema_name = 'acme'",
    );
    await database.sql(`alter role "${row?.role}" rename to "${row?.role}_gone"`);
    try {
      const { status, json } = await service.request(ACME, "PUT", "/data/1", { value: 9 });
      expect([status, Reflect.get(Object(json), "code")]).to.deep.equal([503, "OVERLOADED"]);
    } finally {
      await database.sql(`alter role "${row?.role}_gone" rename to "${row?.role}"`);
    }
    expect(await get(ACME)).to.deep.equal({ value: 1 });
  });

  it("a transaction of before finds nothing under the old name, and nobody takes it meanwhile", async () => {
    const enter = `select rowhouse.enter_tenant('{${ACME}}')`;
    let renaming: Promise<VerbResult> | undefined;
    let adding: Promise<VerbResult> | undefined;
    const ended: string[] = [];
    const code = await codeOf(
      service.database.transaction(async (link) => {
        await link.send([enter]);
        renaming = verb("rename-tenant", "acme", "acme_next").finally(() => ended.push("rename"));
        await until("it is not renamed", async () => (await schemas()).includes("acme_next"));
        expect(await get(ACME)).to.deep.equal({ value: 1 });
        adding = verb("add-tenant", "new.example.com", "acme").finally(() => ended.push("add"));
        await until("add-tenant does not wait for the name", async () => {
          const [row] = await database.sql<{ n: number }>(
            "select count(*)::int as n from pg_locks where locktype = 'advisory' and not granted",
          );
          return row?.n === 1;
        });
        expect(ended).to.deep.equal([]);
        await link.send(["select value from data"]);
      }),
    );
    expect(code).to.equal("42P01");
    expect((await renaming)?.status).to.equal(0);
    expect((await adding)?.stderr).to.equal("");
    // Which of the two programs is gone first when the name is free is chance.
    expect(ended).to.have.members(["rename", "add"]);
    expect(await get("new.example.com")).to.include({ code: "NOT_FOUND" });
    await verb("rename-tenant", "acme", "acme_second");
    await verb("rename-tenant", "acme_next", "acme");
  });

  it("of two at once to one name, one wins; two that swap names end", async () => {
    const results = await Promise.all([
      verb("rename-tenant", "acme", "contested"),
      verb("rename-tenant", "other", "contested"),
    ]);
    expect(results.map(({ status }) => status)).to.have.members([0, 1]);
    const loser = results.find(({ status }) => status === 1);
    expect(loser?.stderr).to.match(
      /^Cannot rename tenant: "contested" is a tenant already; choose another name[^\n]*\n$/,
    );
    const winner = results[0]?.status === 0 ? "acme" : "other";
    expect((await verb("rename-tenant", "contested", winner)).status).to.equal(0);
    const swap = await Promise.all([
      verb("rename-tenant", "acme", "other"),
      verb("rename-tenant", "other", "acme"),
    ]);
    expect(swap.map(({ status }) => status)).to.deep.equal([1, 1]);
  });

  it("refuses a name that is taken, reserved or none, and a tenant in transition; changes nothing", async () => {
    await database.sql("create schema stray", "update rowhouse.tenant set transition = null");
    const [row] = await database.sql<{ role: string }>(
      `select 'rh_' || oid || '_orphan' as role from pg_database where datname = current_database()`,
    );
    await database.sql(`create role "${row?.role}"`);
    const before = await state();
    const refusals: readonly (readonly [string, string, RegExp])[] = [
      ["acme", "other", /^Cannot rename tenant: "other" is a tenant already; choose/],
      ["acme", "acme", /^Cannot rename tenant: "acme" is already its name\n/],
      ["acme", "stray", /^Cannot rename tenant: schema "stray" exists without a tenant; choose/],
      ["acme", "orphan", /^Cannot rename tenant: role "rh_\d+_orphan" exists without a tenant; /],
      ["nobody", "fresh", /^Cannot rename tenant: tenant "nobody" does not exist; see/],
      ["acme", "public", /^Cannot use schema name "public": it is reserved; choose another\n/],
      ["acme", 'x" cascade; --', /^Cannot use schema name "x\\" cascade; --": it must be/],
      ["x'; drop", "fresh", /^Cannot use schema name "x'; drop": it must be/],
      ["acme", "a".repeat(49), /^Cannot use schema name "a{49}": it must be/],
    ];
    for (const [from, to, message] of refusals) {
      const { status, stderr } = await verb("rename-tenant", from, to);
      expect(stderr).to.match(message);
      expect(stderr).to.match(/^[^\n]*\n$/);
      expect(status).to.equal(1);
    }
    await database.sql(
      "update rowhouse.tenant set transition = 'dropping' where schema_name = 'acme'",
    );
    const busy = await verb("rename-tenant", "acme", "fresh");
    expect(busy.stderr).to.match(/^Cannot rename tenant: tenant "acme": it is being dropped; /);
    await database.sql("update rowhouse.tenant set transition = null");
    expect(await state()).to.deep.equal(before);
  });

  it("works for an admin role that is no superuser, with tenant roles and without", async () => {
    for (const tenantRoles of [true, false]) {
      const plain = await createPlainAdmin({ acme: ACME }, tenantRoles);
      const local = openService(plain.serviceUrl);
      try {
        if (!tenantRoles) await plain.sql(`grant usage on schema acme to ${plain.serviceRole}`);
        const put = await local.request(ACME, "PUT", "/data/1", { value: 7 });
        expect(put.status, put.text).to.equal(201);
        const result = await runVerb(plain.adminUrl, "rename-tenant", "acme", "fresh");
        expect(result.stderr).to.equal("");
        expect((await local.request(ACME, "GET", "/data/1")).json).to.deep.equal({ value: 7 });
        const [role] = await plain.sql<{ role: string }>(
          "select role_name as role from rowhouse.tenant",
        );
        expect(role?.role).to.match(tenantRoles ? /^rh_\d+_fresh$/ : /_service$/);
      } finally {
        await local.close();
        await plain.drop();
      }
    }
  });

  async function schemas(): Promise<string[]> {
    const rows = await database.sql<{ name: string }>("select nspname as name from pg_namespace");
    return rows.map(({ name }) => name);
  }

  function state(): Promise<Record<string, unknown>[]> {
    return database.sql(
      `select 'schema' as kind, nspname::text as name from pg_namespace where nspname !~ '^pg_'
       union all select 'role', rolname from pg_roles where rolname like 'rh\\_%'
       union all select 'tenant', t::text from rowhouse.tenant as t
       union all select 'domain', d::text from rowhouse.domain as d order by 1, 2`,
    );
  }
});

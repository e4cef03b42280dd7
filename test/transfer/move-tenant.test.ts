// A tenant from one database to another: whole, once, under writers, and whatever stops the move.

import { expect } from "chai";
import { withRegistry } from "../../admin/registry/registry.ts";
import { moveTenant } from "../../admin/transfer/move/move-tenant.ts";
import { withTarget } from "../../admin/transfer/move/target.ts";
import type { TestDatabase } from "../support/database/database.ts";
import { type MoveStage, openMoveStage, put } from "../support/transfer/move-stage.ts";
import { createPlainAdmin } from "../support/database/plain-admin.ts";
import { rejection } from "../support/rejection.ts";
import { type LocalService, openService } from "../support/program/service.ts";
import { fillShop, makeShop, readShop } from "../support/transfer/shop.ts";
import { performVerb, runVerb, type VerbResult } from "../support/program/verb.ts";

describe("move-tenant", function () {
  this.timeout(60_000);
  let stage: MoveStage;
  let source: TestDatabase;
  let target: TestDatabase;
  let here: LocalService;
  let there: LocalService;

  const move = (schema: string): Promise<VerbResult> => stage.move(schema);
  const stateOf = async (database: TestDatabase, schema: string): Promise<unknown> => {
    const [row] = await database.sql(
      `select status, transition, status_before as before from rowhouse.tenant where schema_name = '${schema}'`,
    );
    return row;
  };
  const placeOf = ({ adminUrl }: TestDatabase): string => {
    const { hostname, port, pathname } = new URL(adminUrl);
    return `${hostname}:${port}${pathname}`;
  };

  before(async () => {
    stage = await openMoveStage();
    ({ source, target, here, there } = stage);
  });

  after(() => stage.close());

  it("takes everything along, leaves a row that names where it went, and says so the second time", async () => {
    const shop = await makeShop();
    await source.addTenants({ shop: "shop.test" }, shop.folder);
    await fillShop(source, "shop");
    await source.sql(
      "update rowhouse.tenant set created_at = '2001-02-03 04:05:06Z', statement_timeout_ms = 777 where schema_name = 'shop'",
    );
    const before = await readShop(source, "shop");
    const env = { TENANT_MIGRATIONS: shop.folder };
    const settings = { adminUrl: source.adminUrl, env };
    const run = (): Promise<VerbResult> =>
      performVerb(settings, "move-tenant", "shop", "--to", target.adminUrl);
    const result = await run();
    expect(result.stderr).to.equal("");
    expect(result.status).to.equal(0);
    const lines = result.stdout.trimEnd().split("\n");
    expect(lines.slice(0, 4)).to.deep.equal([
      'Stopped writes of tenant "shop"',
      `Copied it to ${placeOf(target)}`,
      "Suspended it here",
      "Gave it its status there",
    ]);
    expect(lines[4]).to.match(/^Moved tenant "shop" to .*: 7 tables, [\d,]+ rows$/);
    expect(await readShop(target, "shop")).to.deep.equal(before);
    const [row] = await target.sql(
      "select created_at at time zone 'UTC' = '2001-02-03 04:05:06' as same, statement_timeout_ms as timeout from rowhouse.tenant where schema_name = 'shop'",
    );
    expect(row).to.deep.equal({ same: true, timeout: 777 });
    expect(await stateOf(target, "shop")).to.deep.equal({
      status: "active",
      transition: null,
      before: null,
    });
    expect(await source.sql("select peer, status, transition from rowhouse.tenant")).to.deep.equal([
      { peer: placeOf(target), status: "suspended", transition: "moved" },
    ]);
    const listed = await performVerb(settings, "list-tenants");
    expect(listed.stdout).to.match(new RegExp(`^shop +moved to ${placeOf(target)} `, "m"));
    const again = await run();
    expect(again.stdout.split("\n").slice(0, 2)).to.deep.equal([
      "Gave it its status there",
      `Moved tenant "shop" to ${placeOf(target)}`,
    ]);
    const elsewhere = await performVerb(
      settings,
      "move-tenant",
      "shop",
      "--to",
      `${target.adminUrl}x`,
    );
    expect(elsewhere.status).to.equal(1);
    await shop.remove();
    // The next tenants are of another folder: the names of this one bind no more.
    for (const one of [source, target]) await one.sql("update rowhouse.tenant set version = 0");
  });

  it("keeps read-only and suspended tenants what they are, and what a resume gives them", async () => {
    await source.addTenants({ reading: "reading.test", resting: "resting.test" });
    await source.sql(
      "update rowhouse.tenant set status = 'read_only' where schema_name like 're%'",
    );
    await runVerb(source.adminUrl, "suspend-tenant", "resting");
    const moves = await Promise.all([move("reading"), move("resting")]);
    expect(moves.map(({ stderr }) => stderr)).to.deep.equal(["", ""]);
    expect([
      await put(there, "reading.test", 1),
      await put(there, "resting.test", 1),
    ]).to.deep.equal([423, 403]);
    await runVerb(target.adminUrl, "resume-tenant", "resting");
    expect(await stateOf(target, "resting")).to.include({ status: "read_only" });
  });

  it("gives the tenant back when the target refuses it", async () => {
    const host = "stay.test";
    await source.addTenants({ stay: host });
    await source.sql("update rowhouse.tenant set status = 'read_only' where schema_name = 'stay'");
    const before = await source.sql("select * from rowhouse.tenant where schema_name = 'stay'");
    const refuse = async (message: RegExp, to = target.adminUrl, lossy = false): Promise<void> => {
      const moved = withRegistry(source.adminUrl, (from) =>
        withTarget(to, from, (there) => moveTenant(from, there, "stay", { waitMs: 10_000, lossy })),
      );
      expect((await rejection(moved)).message)
        .to.match(message)
        .and.to.match(/^[^\n]+$/);
      const after = await source.sql("select * from rowhouse.tenant where schema_name = 'stay'");
      expect(after).to.deep.equal(before);
    };
    await target.sql("create schema stay");
    await refuse(
      /: Cannot add tenant: schema "stay" exists without a tenant; .* is here, as it was/,
    );
    await target.sql("drop schema stay");
    await source.sql("create table stay.by_hand (a int)");
    await refuse(
      /a copy of "stay" would not be equal to it: table "by_hand" is not in version 2; /,
    );
    await source.sql("drop table stay.by_hand");
    await source.sql(
      "alter table stay.data alter updated_at type text",
      "insert into stay.data values (1, 1, '2020-01-01 00:00:00.1234567+00')",
    );
    await refuse(/column "updated_at" is text .*, in version 2 it is timestamp/);
    await refuse(/table "data" differs between the databases, .* as it was/, target.adminUrl, true);
    await source.sql(
      "delete from stay.data",
      "alter table stay.data alter updated_at drop default",
      "alter table stay.data alter updated_at type timestamptz using updated_at::timestamptz",
      "alter table stay.data alter updated_at set default now()",
    );
    await target.addTenants({ stay: "another.test" });
    await refuse(/schema "stay" belongs to a tenant there already; rename or drop/);
    await target.sql(
      "delete from rowhouse.domain where schema_name = 'stay'",
      "update rowhouse.tenant set schema_name = 'stayed' where schema_name = 'stay'",
      "alter schema stay rename to stayed",
      "insert into rowhouse.domain select 'stay.test', schema_name, role_name, status, statement_timeout_ms from rowhouse.tenant where schema_name = 'stayed'",
    );
    await refuse(/host "stay.test" belongs to a tenant there already/);
    const same = new URL(source.adminUrl);
    same.hostname = "localhost";
    await refuse(/the target is the tenant's own database; name another/, same.href);
    const bare = new URL(target.adminUrl);
    bare.pathname = "/postgres";
    await refuse(/it does not have a registry; run node admin\/init-db.js/, bare.href);
    const closed = new URL(target.adminUrl);
    [closed.port, closed.password] = ["1", "planted-secret"];
    await refuse(/^Cannot connect to 127.0.0.1:1\/\w+: ECONNREFUSED; check/, closed.href);
    expect((await here.request(host, "GET", "/data/1")).status).to.equal(404);
  });

  it("--plan tells where the tenant would go, refuses what the move would refuse, and changes nothing", async () => {
    await source.addTenants({ later: "later.test" });
    const rows = () => source.sql("select * from rowhouse.tenant where schema_name = 'later'");
    const before = await rows();
    const planned = await stage.move("later", "--plan");
    expect([planned.status, planned.stderr]).to.deep.equal([0, ""]);
    expect(planned.stdout).to.match(
      /^Would move tenant "later" to [^ ]+:\d+\/\w+; nothing was changed\n$/,
    );
    await source.sql("create table later.by_hand (a int)");
    const [plan, move] = [await stage.move("later", "--plan"), await stage.move("later")];
    expect(plan.stderr).to.match(/^Cannot move tenant: .*by_hand/);
    expect([plan.status, plan.stderr]).to.deep.equal([move.status, move.stderr]);
    expect(await rows()).to.deep.equal(before);
    expect(
      await target.sql("select from rowhouse.tenant where schema_name = 'later'"),
    ).to.deep.equal([]);
  });

  it("works for admin roles that are no superusers", async () => {
    const [from, to] = await Promise.all([
      createPlainAdmin({ acme: "acme.test" }),
      createPlainAdmin(),
    ]);
    const service = openService(to.serviceUrl);
    try {
      await from.sql("insert into acme.data select i, -i from generate_series(1, 10) i");
      const result = await runVerb(from.adminUrl, "move-tenant", "acme", "--to", to.adminUrl);
      expect(result.stderr).to.equal("");
      const { json } = await service.request("acme.test", "GET", "/data/7");
      expect(json).to.deep.equal({ value: -7 });
    } finally {
      await service.close();
      await Promise.all([from.drop(), to.drop()]);
    }
  });

  it("--to and --to-env: one of them, a URL, and never printed", async () => {
    const usage = async (...parameters: string[]): Promise<string> => {
      const result = await runVerb(source.adminUrl, "move-tenant", "stay", ...parameters);
      expect(result.status).to.equal(2);
      return result.stderr;
    };
    const [both, none, wrong] = await Promise.all([
      usage("--to", "x", "--to-env", "y"),
      usage("--to-env", "NO_SUCH"),
      usage("--to", "mysql://me:planted-secret@127.0.0.1/x"),
    ]);
    expect(both).to.include("it takes either --to or --to-env");
    expect(none).to.include('--to-env "NO_SUCH": it is not a URL');
    expect(wrong).to.include("--to: it must begin with postgres://");
    expect(wrong).not.to.include("planted-secret");
  });
});

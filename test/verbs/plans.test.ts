// --plan of the verbs that destroy, or that work on many tenants: it says what would happen, and nothing does.

import { resolve } from "node:path";
import { expect } from "chai";
import { useDatabase } from "../support/database/database.ts";
import { performVerb, type VerbResult } from "../support/program/verb.ts";

describe("--plan", () => {
  const database = useDatabase({ one: "one.example", two: "two.example" });
  const run = (input: string, name: string, ...parameters: string[]): Promise<VerbResult> =>
    performVerb({ adminUrl: database.adminUrl, input }, name, ...parameters, "--plan");
  const state = (): Promise<unknown> =>
    database.sql(
      "select schema_name, status, transition from rowhouse.tenant union all select host, '', '' from rowhouse.domain order by 1",
    );
  let before: unknown;

  beforeEach(async () => (before = await state()));

  afterEach(async () => expect(await state()).to.deep.equal(before));

  it("drop-tenant tells the hosts, the objects and the backup, and needs no --confirm", async () => {
    const { status, stdout, stderr } = await run("", "drop-tenant", "one", "--backup", "one.zip");
    expect(stderr).to.equal("");
    expect(stdout).to.match(
      /^Would drop tenant "one" \(active\), at one\.example: \d+ objects?, with a backup in one\.zip; nothing was changed\n$/,
    );
    expect(status).to.equal(0);
  });

  it("drop-tenant refuses what the drop would refuse", async () => {
    const file = resolve("package.json");
    const { status, stderr } = await run("", "drop-tenant", "one", "--backup", file);
    expect(stderr).to.match(/^Cannot drop tenant: "[^"]+package\.json" exists; name another file/);
    expect(status).to.equal(1);
  });

  it("drop-tenant refuses what its backup would lack, and names it with --lossy", async () => {
    await database.sql("create table two.by_hand (id int)");
    const refused = await run("", "drop-tenant", "two");
    expect(refused.stderr).to.match(/^Cannot drop tenant: .*"by_hand".* with --lossy$/m);
    expect((await run("", "drop-tenant", "two", "--no-backup")).status).to.equal(0);
    const { stdout } = await run("", "drop-tenant", "two", "--lossy");
    expect(stdout).to.match(/^Left out: table "by_hand" .*\nWould drop tenant "two"/);
    await database.sql("drop table two.by_hand");
  });

  it("each-tenant lists the tenants, and runs nothing", async () => {
    const sql = ["--sql", "insert into data values (7, 7)", "--write"];
    const { status, stdout } = await run("", "each-tenant", ...sql, "--tenants", "none");
    expect(stdout).to.equal("");
    expect(status).to.equal(1);
    const all = await run("", "each-tenant", ...sql);
    expect(all.stdout).to.equal("one\ntwo\nWould run in 2 tenants, and commit; nothing was run\n");
    expect(await database.sql("select from one.data union all select from two.data")).to.deep.equal(
      [],
    );
  });

  it("add-tenants tells what would be added, exists already and would fail", async () => {
    await database.sql("create schema taken");
    const file = [
      '{"host":"one.example","schema":"one"}',
      '{"host":"new.example","schema":"fresh"}',
      '{"host":"two.example","schema":"other"}',
      '{"host":"taken.example","schema":"taken"}',
    ].join("\n");
    const { status, stdout } = await run(file, "add-tenants", "-", "--format", "ndjson");
    expect(stdout.split("\n")).to.deep.equal([
      "Would add fresh at new.example",
      'Would fail line 3, other: host "two.example" belongs to tenant "two"',
      'Would fail line 4, taken: schema "taken" exists already',
      "Would add 1 tenant; nothing was changed; 1 exist already; 2 would fail",
      "",
    ]);
    expect(status).to.equal(3);
  });

  /** The plan of a call that is refused, and the call itself, end alike. */
  const refusedAlike = async (name: string, ...parameters: string[]): Promise<string> => {
    const planned = await run("", name, ...parameters);
    const real = await performVerb({ adminUrl: database.adminUrl }, name, ...parameters);
    expect([planned.status, planned.stdout]).to.deep.equal([1, ""]);
    expect(planned.stderr).to.equal(real.stderr);
    return planned.stderr;
  };

  it("rename-tenant tells the role, and refuses what the rename would refuse", async () => {
    const { status, stdout } = await run("", "rename-tenant", "one", "three");
    expect(stdout).to.match(
      /^Would rename tenant "one" to "three", and its role "rh_\d+_one" to "rh_\d+_three"; nothing was changed\n$/,
    );
    expect(status).to.equal(0);
    expect(await refusedAlike("rename-tenant", "one", "two")).to.include("is a tenant already");
    expect(await refusedAlike("rename-tenant", "one", "one")).to.include("is already its name");
    await database.sql(
      "create function two.own() returns text language sql as $$ select 'two.data' $$",
    );
    expect(await refusedAlike("rename-tenant", "two", "three")).to.include("stands as text");
  });

  it("remove-domain tells the tenant and the hosts that it keeps, and refuses alike", async () => {
    const { stdout } = await run("", "remove-domain", "ONE.example.");
    expect(stdout).to.equal(
      'Would remove host "one.example" from tenant "one", which would not have a host then; nothing was changed\n',
    );
    expect(await refusedAlike("remove-domain", "none.example")).to.include("does not belong");
    await database.sql(
      "update rowhouse.tenant set transition = 'dropping' where schema_name = 'two'",
    );
    try {
      expect(await refusedAlike("remove-domain", "two.example")).to.include("is being dropped");
      expect(await refusedAlike("rename-tenant", "two", "three")).to.include("is being dropped");
    } finally {
      await database.sql("update rowhouse.tenant set transition = null where schema_name = 'two'");
    }
  });

  it("log --keep-days counts what it would delete", async () => {
    await database.sql("update rowhouse.event set at = at - interval '3 days'");
    const { stdout } = await run("", "log", "--keep-days", "2");
    expect(stdout).to.equal(
      "Would delete 3 events and 0 records of migrations, older than 2 days; nothing was changed\n",
    );
    expect(await database.sql("select from rowhouse.event")).to.have.length(3);
  });
});

// What status tells of tenants and of what belongs to none: each kind of finding is brought about, seen,
// undone, and seen no more.

import { expect } from "chai";
import { codeOf } from "../support/rejection.ts";
import { needsPerson, readStatus, type Status } from "../../admin/inspect/status.ts";
import { useDatabase } from "../support/database/database.ts";
import { SERVICE_ROLE } from "../support/server/server.ts";
import { useRegistry } from "../support/database/use-registry.ts";
import { runVerb, runVerbWith, type VerbResult } from "../support/program/verb.ts";

describe("status", () => {
  const database = useDatabase({
    acme: "acme.example",
    other: "other.example",
    third: "3.example",
  });
  let role: string;

  before(async () => {
    const [row] = await database.sql<{ name: string }>(
      "select role_name as name from rowhouse.tenant where schema_name = 'acme'",
    );
    role = row?.name ?? "";
  });

  const status = (...parameters: string[]): Promise<VerbResult> =>
    runVerb(database.adminUrl, "status", ...parameters);

  const within = useRegistry(() => database.adminUrl);
  const read = (list?: string): Promise<Status> =>
    within((registry) => readStatus(registry, { tenants: list }, false));
  const isWell = async (): Promise<boolean> => !needsPerson(await read());

  it("status tells that all is well, in a few lines", async () => {
    expect(await status()).to.deep.equal({
      status: 0,
      stdout:
        "Newest version 2 (0002-updated-at); 3 tenants: 3 on version 2 (0002-updated-at)\n" +
        "Drift: none in 3 tenants\nAll is well\n",
      stderr: "",
    });
  });

  it("status counts versions, and names who is behind, suspended and read-only", async () => {
    await database.sql(
      "update rowhouse.tenant set version = 1 where schema_name = 'acme'",
      "update rowhouse.tenant set status = 'suspended' where schema_name = 'other'",
      "update rowhouse.tenant set status = 'read_only' where schema_name = 'third'",
    );
    const { stdout, status: exit } = await status("--no-drift");
    expect(stdout.split("\n")).to.deep.equal([
      "Newest version 2 (0002-updated-at); 3 tenants: 1 on version 1 (0001-data), 2 on version 2 (0002-updated-at)",
      "Behind: 1 (acme)",
      "Suspended: 1 (other)",
      "Read-only: 1 (third)",
      "All is well",
      "",
    ]);
    expect(exit).to.equal(0);
    await database.sql("update rowhouse.tenant set version = 2, status = 'active'");
  });

  it("status tells why a tenant's last migration failed, until it has succeeded", async () => {
    await database.sql(
      "update rowhouse.tenant set version = 1 where schema_name = 'acme'",
      "alter table acme.data drop column updated_at",
      "create view acme.trap as select 1 as one",
      "alter table acme.data add column updated_at int",
    );
    const failing = await runVerb(database.adminUrl, "migrate");
    expect(failing.status).to.equal(1);
    const { stdout, status: exit } = await status("--no-drift");
    expect(exit).to.equal(3);
    expect(stdout).to.match(
      /^Failed to migrate: 1\n {2}acme, at version 1, to 2 \(0002-updated-at\): 0002-updated-at\.js: column "updated_at".*\(SQLSTATE 42701\), \d{4}-.*Z$/m,
    );
    expect(await read("other,th*"))
      .to.have.property("failed")
      .that.deep.equals([]);
    await database.sql("alter table acme.data drop column updated_at", "drop view acme.trap");
    expect((await runVerb(database.adminUrl, "migrate")).status).to.equal(0);
    expect(await isWell()).to.equal(true);
  });

  it("status tells of a change that has not ended, and what to do", async () => {
    await database.sql(
      "update rowhouse.tenant set transition = 'dropping' where schema_name = 'acme'",
    );
    const { stdout, status: exit } = await status("--no-drift");
    expect(exit).to.equal(3);
    expect(stdout).to.include("node admin/drop-tenant.js acme");
    await database.sql("update rowhouse.tenant set transition = null");
    expect(await isWell()).to.equal(true);
  });

  // What is done, what is seen of it, and how it is undone.
  const lacks: readonly [undoing: string, kind: string, missing: string, mending: string][] = [
    ["alter schema acme rename to hidden", "schema", "", "alter schema hidden rename to acme"],
    [
      "alter role $ROLE rename to hidden_acme",
      "role",
      "",
      "alter role hidden_acme rename to $ROLE",
    ],
    [
      `revoke $ROLE from ${SERVICE_ROLE}`,
      "membership",
      "may not become",
      `grant $ROLE to ${SERVICE_ROLE}`,
    ],
    [
      `grant $ROLE to ${SERVICE_ROLE} with admin option`,
      "membership",
      "may grant to others",
      `revoke admin option for $ROLE from ${SERVICE_ROLE}`,
    ],
    [
      `grant $ROLE to ${SERVICE_ROLE} with inherit true`,
      "membership",
      "has, without becoming it, the privileges of",
      `grant $ROLE to ${SERVICE_ROLE} with inherit false`,
    ],
    ["revoke usage on schema acme from $ROLE", "usage", "", "grant usage on schema acme to $ROLE"],
    [
      "revoke insert, delete on acme.data from $ROLE",
      "table",
      "insert, delete",
      "grant insert, delete on acme.data to $ROLE",
    ],
    [
      "alter default privileges in schema acme revoke update on tables from $ROLE",
      "defaults",
      "update",
      "alter default privileges in schema acme grant update on tables to $ROLE",
    ],
  ];
  for (const [undoing, kind, missing, mending] of lacks) {
    it(`status tells what is lacking after: ${undoing}`, async () => {
      const fill = (text: string): string => text.replaceAll("$ROLE", `"${role}"`);
      if (undoing.includes("inherit") && (await database.serverVersion()) < 16) {
        // Before 16 there is no such option, and so no such lack.
        expect(await codeOf(database.sql(fill(undoing)))).to.equal("42601");
        return;
      }
      await database.sql(fill(undoing));
      const found = await read();
      expect(needsPerson(found)).to.equal(true);
      expect(found.lacks.map((lack) => [lack.schemaName, lack.kind, lack.missing])).to.deep.equal([
        ["acme", kind, missing],
      ]);
      await database.sql(fill(mending));
      expect(await isWell()).to.equal(true);
    });
  }

  const excess: readonly [doing: string, problem: RegExp, undoing: string][] = [
    [
      "grant truncate on acme.data to $ROLE",
      /has TRUNCATE on table "data"/,
      "revoke truncate on acme.data from $ROLE",
    ],
    [
      "grant create on schema acme to $ROLE",
      /has CREATE on the schema/,
      "revoke create on schema acme from $ROLE",
    ],
    [
      "grant select on other.data to $ROLE",
      /has privileges on table other\.data/,
      "revoke select on other.data from $ROLE",
    ],
    [
      "grant select on acme.data to public",
      /^acme: PUBLIC has SELECT on table "data"/,
      "revoke select on acme.data from public",
    ],
    [
      `grant select on acme.data to ${SERVICE_ROLE}`,
      /^acme: the service role, alone, has SELECT/,
      `revoke select on acme.data from ${SERVICE_ROLE}`,
    ],
    ["alter role $ROLE createdb", /has CREATEDB/, "alter role $ROLE nocreatedb"],
    [
      "grant pg_read_all_data to $ROLE",
      /is a member of "pg_read_all_data"/,
      "revoke pg_read_all_data from $ROLE",
    ],
    ["alter view acme.mine owner to $ROLE", /owns view acme\.mine/, "drop view acme.mine"],
  ];
  for (const [doing, problem, undoing] of excess) {
    it(`status tells what is too much after: ${doing}`, async () => {
      const fill = (text: string): string => text.replaceAll("$ROLE", `"${role}"`);
      if (doing.includes("acme.mine"))
        await database.sql("create view acme.mine as select 1 as one");
      await database.sql(fill(doing));
      const found = await read();
      expect(needsPerson(found)).to.equal(true);
      const problems = found.excess.map(({ schemaName, problem }) => `${schemaName}: ${problem}`);
      expect(problems.filter((text) => problem.test(text))).to.have.length(1);
      await database.sql(fill(undoing));
      expect(await isWell()).to.equal(true);
    });
  }

  it("status tells of schemas and roles without a tenant, and touches none", async () => {
    const prefix = role.slice(0, -"acme".length);
    await database.sql("create schema shared_things", `create schema "Not a tenant's"`);
    const before = await read();
    expect(needsPerson(before)).to.equal(false);
    const [other] = before.strays?.schemas ?? [];
    expect(other).to.deep.equal({ schemaName: "shared_things", evidence: "owner", tables: 0 });
    await database.sql(
      `create role ${prefix}lost`,
      "create schema lost",
      "create table lost.data (key int)",
      `grant usage on schema lost to ${prefix}lost`,
    );
    expect((await read()).strays).to.deep.equal({
      schemas: [{ schemaName: "lost", evidence: "tenant role", tables: 1 }, other],
      roles: [`${prefix}lost`],
    });
    const { stdout, status: exit } = await status("--no-drift");
    expect(exit).to.equal(3);
    expect(stdout).to.include("Schemas without a tenant: 1\n  lost: 1 table, a tenant role may");
    expect(stdout).to.include(`Roles without a tenant: 1 (${prefix}lost)`);
    await database.sql("drop schema lost cascade", `drop role ${prefix}lost`);
    expect(await isWell()).to.equal(true);
  });

  it("status prints what is lacking with the way to mend it, and JSON for a machine", async () => {
    await database.sql(`revoke usage on schema acme from "${role}"`);
    const { stdout, status: exit } = await status("--no-drift");
    expect(exit).to.equal(3);
    expect(stdout).to.include(
      `Lacking: 1\n  acme: role "${role}" has no usage on the schema\n  Mend with node admin/repair.js`,
    );
    const json = await status("--no-drift", "--json", "--tenants", "acme");
    expect(json.status).to.equal(3);
    expect(JSON.parse(json.stdout)).to.deep.include({
      newestVersion: 2,
      tenants: 1,
      well: false,
      lacks: [{ schemaName: "acme", roleName: role, kind: "usage", object: "", missing: "" }],
    });
    expect((await status("--no-drift", "--tenants", "other")).status).to.equal(0);
    await database.sql(`grant usage on schema acme to "${role}"`);
  });

  it("status exits 1 when it cannot look, and for a tenant that is none", async () => {
    const nobody = await status("--tenants", "acme,nobody");
    expect(nobody.status).to.equal(1);
    expect(nobody.stderr).to.match(/^Cannot find tenants: nothing matches "nobody"/);
    const url = new URL(database.adminUrl);
    url.pathname = "/template1";
    const empty = await runVerbWith({ ADMIN_DATABASE_URL: url.href }, "status");
    expect(empty.status).to.equal(1);
    expect(empty.stderr).to.match(/^Cannot read the registry: .*init-db/);
  });
});

// What repair mends: everything that status finds lacking, so that the tenant is served again, and nothing
// that only a person can judge.

import { expect } from "chai";
import { codeOf } from "../support/rejection.ts";
import { type Repair, repairTenant } from "../../admin/repair/repair-tenant.ts";
import { useDatabase } from "../support/database/database.ts";
import { SERVICE_ROLE } from "../support/server/server.ts";
import { openService } from "../support/program/service.ts";
import { useRegistry } from "../support/database/use-registry.ts";
import { runVerb, type VerbResult } from "../support/program/verb.ts";

const NOTHING = 'Nothing to repair: tenant "acme" has its schema, its role and its grants\n';

describe("repair", () => {
  const database = useDatabase({ acme: "acme.example", other: "other.example" });
  let role: string;

  before(async () => {
    const [row] = await database.sql<{ name: string }>(
      "select role_name as name from rowhouse.tenant where schema_name = 'acme'",
    );
    role = row?.name ?? "";
  });

  const repair = (...parameters: string[]): Promise<VerbResult> =>
    runVerb(database.adminUrl, "repair", "acme", ...parameters);

  const serves = async (): Promise<number> => {
    const service = openService(database.serviceUrl);
    try {
      const put = await service.request("acme.example", "PUT", "/data/1", { value: 5 });
      return put.status;
    } finally {
      await service.close();
    }
  };

  const within = useRegistry(() => database.adminUrl);
  /** What another run would do, and tell. */
  const left = (): Promise<Repair> =>
    within((registry) =>
      repairTenant(registry, "acme", { plan: true, emptySchema: false, announce() {} }),
    );

  const fill = (text: string): string => text.replaceAll("$ROLE", `"${role}"`);

  it("repair says that there is nothing to do, and does nothing", async () => {
    expect(await repair()).to.deep.equal({ status: 0, stdout: NOTHING, stderr: "" });
    expect(await serves()).to.be.within(200, 201);
  });

  const DAMAGES: readonly [damage: readonly string[], said: RegExp, breaks: boolean][] = [
    [
      ["drop owned by $ROLE", "drop role $ROLE"],
      /^Will create role "rh_\d+_acme", which .*\nWill grant role "rh_\d+_acme" the use of/,
      true,
    ],
    [[`revoke $ROLE from ${SERVICE_ROLE}`], /^Will let the service role .* become/, true],
    [
      [`grant $ROLE to ${SERVICE_ROLE} with admin option`],
      /^Will let the service role .* become/,
      false,
    ],
    [
      [`grant $ROLE to ${SERVICE_ROLE} with inherit true`],
      /^Will let the service role .* become/,
      false,
    ],
    [["revoke usage on schema acme from $ROLE"], /^Will grant usage on schema "acme" to/, true],
    [
      ["revoke select, insert on acme.data from $ROLE"],
      /^Will grant select, insert on table "acme"."data" to/,
      true,
    ],
    [
      ["alter default privileges in schema acme revoke all on tables from $ROLE"],
      /^Will alter default privileges for role .* grant select, insert, update, delete on tables/,
      false,
    ],
  ];
  for (const [damage, said, breaks] of DAMAGES) {
    it(`repair mends: ${damage.join("; ")}`, async () => {
      const option = damage.find((text) => text.includes("inherit"));
      if (option !== undefined && (await database.serverVersion()) < 16) {
        // Before 16 there is no such option, and so no such damage.
        expect(await codeOf(database.sql(fill(option)))).to.equal("42601");
        return;
      }
      await database.sql(...damage.map(fill));
      if (breaks) expect(await serves()).to.be.at.least(400);
      const { status, stdout, stderr } = await repair();
      expect(stderr).to.equal("");
      expect(status).to.equal(0);
      expect(stdout).to.match(said);
      expect(stdout).to.match(/\nRepaired tenant "acme"\n$/);
      expect(await serves()).to.be.within(200, 201);
      expect(await left()).to.deep.equal({ steps: [], told: [] });
    });
  }

  it("repair --plan prints what it would do, and changes nothing", async () => {
    await database.sql(fill("revoke usage on schema acme from $ROLE"));
    const planned = await repair("--plan");
    expect(planned).to.deep.equal({
      status: 0,
      stdout: fill(
        'Would grant usage on schema "acme" to $ROLE\n' +
          'Nothing was changed: run without --plan to do this to tenant "acme"\n',
      ),
      stderr: "",
    });
    expect(await serves()).to.equal(500);
    const { stdout } = await repair("--json");
    expect(
      stdout
        .trim()
        .split("\n")
        .map((line): unknown => JSON.parse(line)),
    ).to.deep.equal([
      { step: fill('grant usage on schema "acme" to $ROLE'), plan: false },
      {
        schemaName: "acme",
        plan: false,
        steps: [fill('grant usage on schema "acme" to $ROLE')],
        told: [],
      },
    ]);
    expect(await serves()).to.be.within(200, 201);
  });

  it("repair mends the grants on tables and sequences with names that need quotes", async () => {
    await database.sql(
      `create table acme."Order's ""x" (id bigserial primary key)`,
      fill(`revoke all on acme."Order's ""x" from $ROLE`),
      fill(`revoke all on acme."Order's ""x_id_seq" from $ROLE`),
    );
    const { status, stdout } = await repair();
    expect(stdout).to.include(
      `Will grant usage, select on sequence "acme"."Order's ""x_id_seq" to`,
    );
    // The table is none that the migrations make: that is told, and nothing done about it.
    expect(stdout).to.include(`Needs your decision: table "Order's "x" is not in version 2`);
    expect(status).to.equal(3);
    const [may] = await database.sql(
      `select has_table_privilege('${role}', oid, 'delete') as may from pg_class
        where relname = 'Order''s "x'`,
    );
    expect(may).to.deep.equal({ may: true });
    await database.sql(`drop table acme."Order's ""x"`);
    expect(await left()).to.deep.equal({ steps: [], told: [] });
  });

  it("repair tells of privileges too many and of drift, and leaves both alone", async () => {
    await database.sql(
      fill("grant truncate on acme.data to $ROLE"),
      "alter table acme.data add column note text",
    );
    const { status, stdout } = await repair();
    expect(status).to.equal(3);
    expect(stdout).to.equal(
      `Needs your decision: role "${role}" has TRUNCATE on table "data"\n` +
        'Needs your decision: table "data": column "note" text is not in version 2\n' +
        NOTHING,
    );
    await database.sql(
      fill("revoke truncate on acme.data from $ROLE"),
      "alter table acme.data drop column note",
    );
  });

  it("repair makes a missing schema anew only when it is told to", async () => {
    await database.sql(
      "update rowhouse.tenant set version = 1 where schema_name = 'acme'",
      "drop schema acme cascade",
    );
    const refused = await repair();
    expect(refused.status).to.equal(1);
    expect(refused.stderr).to.match(/its schema is missing.*import-tenant.*--empty-schema\n$/);
    const planned = await repair("--plan", "--empty-schema");
    expect(planned.stdout).to.include(
      'Would create schema "acme" with the empty tables of version 1',
    );
    const done = await repair("--empty-schema");
    expect(done).to.deep.equal({
      status: 0,
      stdout:
        'Will create schema "acme" with the empty tables of version 1\nRepaired tenant "acme"\n',
      stderr: "",
    });
    expect(await serves()).to.equal(201);
    expect((await runVerb(database.adminUrl, "status")).status).to.equal(0);
  });

  it("repair refuses a tenant that is none, and one in a change that has not ended", async () => {
    const nobody = await runVerb(database.adminUrl, "repair", "nobody");
    expect(nobody.stderr).to.match(/^Cannot repair tenant: tenant "nobody" does not exist/);
    await database.sql(
      "update rowhouse.tenant set transition = 'moving' where schema_name = 'other'",
    );
    const moving = await runVerb(database.adminUrl, "repair", "other");
    expect(moving.stderr).to.match(/^Cannot repair tenant: tenant "other": it is being moved/);
    expect([nobody.status, moving.status]).to.deep.equal([1, 1]);
    await database.sql("update rowhouse.tenant set transition = null");
  });
});

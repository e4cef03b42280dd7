// init-db --shared-schema: the list, what it opens and closes, and what it refuses.

import { expect } from "chai";
import { examineShared } from "../../admin/doctor/shared-findings.ts";
import { type Initialised, initialise } from "../../admin/lifecycle/database/initialise.ts";
import { withRegistry } from "../../admin/registry/registry.ts";
import type { SharedChange } from "../../admin/shared/list.ts";
import { parseHost } from "../../src/host.ts";
import { createTenant } from "../../src/tenant.ts";
import { useDatabase } from "../support/database/database.ts";
import { createPlainAdmin } from "../support/database/plain-admin.ts";
import { codeOf, messageOf } from "../support/rejection.ts";
import { sendText } from "../support/sql/send-text.ts";
import { type LocalService, openService } from "../support/program/service.ts";

const ACME = "acme.example.com";
const ENTER = `reset role;select rowhouse.enter_tenant('{${ACME}}');`;

describe("init-db --shared-schema", () => {
  const database = useDatabase({ acme: ACME });
  let service: LocalService;

  const share = (change: SharedChange = {}): Promise<Initialised> =>
    withRegistry(database.adminUrl, (registry) => initialise(registry, { sharedSchemas: change }));

  before(async () => {
    await database.sql(
      `create schema ext`,
      `create extension citext schema ext`,
      `create schema ref`,
      `create table ref.plan (id int primary key)`,
      `grant insert on ref.plan to public`,
      `create table acme.person (email ext.citext)`,
    );
    service = openService(database.serviceUrl);
  });

  after(() => service.close());

  it("init-db names what it opens and revokes, keeps the order, and changes nothing when run again", async () => {
    const done = await share({ add: ["ref", "ext"] });
    expect(done.sharedSchemas).to.deep.equal(["ref", "ext"]);
    expect(done.opened).to.deep.equal({
      created: [],
      tables: ["ref.plan"],
      revoked: ["PUBLIC has INSERT on table ref.plan"],
      unreadable: [],
    });
    const again = await share({ add: ["ext"] });
    expect(again.sharedSchemas).to.deep.equal(["ref", "ext"]);
    expect(again.opened).to.deep.equal({ created: [], tables: [], revoked: [], unreadable: [] });
  });

  const REFUSED: readonly [what: string, change: SharedChange, message: string][] = [
    ["a reserved name", { add: ["pg_catalog"] }, `schema "pg_catalog": it is reserved`],
    ["the registry", { add: ["rowhouse"] }, `schema "rowhouse": it is reserved`],
    ["the role's own name", { add: ["$user"] }, `schema "$user": it is reserved`],
    ["a name that is too long", { add: ["n".repeat(64)] }, "it has 64 bytes"],
    ["a tenant's schema", { add: ["acme"] }, `schema "acme": it belongs to a tenant`],
    ["another order", { add: ["ext", "ref"] }, "in this order"],
    ["a schema that is not shared", { remove: ["none"] }, `schema "none": the list lacks it`],
    ["one that a tenant needs", { remove: ["ext"] }, `acme.person.email`],
  ];
  for (const [what, change, message] of REFUSED) {
    it(`init-db refuses ${what}, and changes nothing`, async () => {
      expect(await messageOf(share(change))).to.include(message);
      const [row] = await database.sql(
        "select shared_schemas as shared from rowhouse.installation",
      );
      expect(row).to.deep.equal({ shared: ["ref", "ext"] });
    });
  }

  it("init-db --no-shared-schema closes a schema that no tenant needs", async () => {
    const { sharedSchemas } = await share({ remove: ["ref"] });
    expect(sharedSchemas).to.deep.equal(["ext"]);
    for (const [sql, code] of [
      ["select from plan", "42P01"],
      ["select from ref.plan", "42501"],
    ]) {
      expect(await codeOf(sendText(service.database, ENTER + sql))).to.equal(code);
    }
  });

  it("init-db opens what default privileges closed, but not what tenants must not execute", async () => {
    await database.sql(
      `alter default privileges revoke execute on functions from public`,
      `create schema late`,
      `create extension hstore schema late`,
      `create extension tablefunc schema late`,
    );
    try {
      expect((await share({ add: ["late"] })).openFunctions).to.deep.equal([]);
      const [, , rows] = await sendText(
        service.database,
        `${ENTER}select 'a=>1'::hstore -> 'a' as v`,
      );
      expect(rows).to.deep.equal([{ v: "1" }]);
      const crosstab = `${ENTER}select from crosstab('select 1, 2, 3') as t (a int, b int)`;
      expect(await codeOf(sendText(service.database, crosstab))).to.equal("42501");
      const findings = await withRegistry(database.adminUrl, examineShared);
      expect(findings.filter(({ level }) => level !== "ok")).to.deep.equal([]);
    } finally {
      await database.sql(`alter default privileges grant execute on functions to public`);
    }
  });

  it("an admin role that is not a superuser shares what others own, and tenants without roles read it", async () => {
    const plain = await createPlainAdmin({ acme: ACME }, false);
    const reader = openService(plain.serviceUrl);
    try {
      await plain.sql(
        `create schema ext`,
        `create extension citext schema ext`,
        `create table ext.plan as select 'Gold'::ext.citext as name`,
      );
      const done = (): Promise<Initialised> =>
        withRegistry(plain.adminUrl, (registry) =>
          initialise(registry, { sharedSchemas: { add: ["ext"] } }),
        );
      expect(await messageOf(done())).to.include(
        "let its owner run: grant usage on schema ext to public",
      );
      await plain.sql(`grant usage on schema ext to public`);
      expect((await done()).opened.unreadable).to.deep.equal(["ext.plan"]);
      await plain.sql(`grant select, delete on ext.plan to public`);
      expect(await messageOf(done())).to.include(
        "let its owner run: revoke DELETE on table ext.plan",
      );
      await plain.sql(`revoke delete on ext.plan from public`);
      expect((await done()).opened.unreadable).to.deep.equal([]);
      const tenant = createTenant(reader.database, parseHost(ACME));
      expect(await tenant`select name = ${"gold"} as found from plan`).to.deep.equal([
        { found: true },
      ]);
      expect(await codeOf(sendText(reader.database, `${ENTER}delete from plan`))).to.equal("42501");
    } finally {
      await reader.close();
      await plain.drop();
    }
  });
});

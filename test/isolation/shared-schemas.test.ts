// The promise: every tenant reads the shared schemas without a qualifier, in the same one message, and no tenant changes
// what another sees there.

import { expect } from "chai";
import { examineShared } from "../../admin/doctor/shared-findings.ts";
import { initialise, type Initialised } from "../../admin/lifecycle/database/initialise.ts";
import { withRegistry } from "../../admin/registry/registry.ts";
import type { SharedChange } from "../../admin/shared/list.ts";
import { parseHost } from "../../src/host.ts";
import { createTenant, type Tenant } from "../../src/tenant.ts";
import { useDatabase } from "../support/database/database.ts";
import { redirect } from "../support/network/redirect.ts";
import { codeOf } from "../support/rejection.ts";
import { sendText } from "../support/sql/send-text.ts";
import { serverAddress } from "../support/server/server.ts";
import { type LocalService, openService } from "../support/program/service.ts";
import { openWireTap, type WireTap } from "../support/network/wire.ts";

const ACME = "acme.example.com";
const OTHER = "other.example.com";
const ENTER = `reset role;select rowhouse.enter_tenant('{${ACME}}');`;
// Every character that could end a quoted name, a literal or the function's body.
const ODD = String.raw`Odd "$entry$'\ name`;
const ODD_SQL = `"${ODD.replace('"', '""')}"`;

describe("shared schemas", () => {
  const database = useDatabase({ acme: ACME, other: OTHER });
  let service: LocalService;
  let tap: WireTap;
  let [acme, other]: Tenant[] = [];

  const share = (change: SharedChange = {}): Promise<Initialised> =>
    withRegistry(database.adminUrl, (registry) => initialise(registry, { sharedSchemas: change }));
  const complaints = async (): Promise<readonly string[]> => {
    const findings = await withRegistry(database.adminUrl, examineShared);
    return findings
      .filter(({ level }) => level !== "ok")
      .map(({ level, seen }) => `${level}: ${seen}`);
  };
  const tenants = (): readonly [Tenant, Tenant] => {
    if (acme === undefined || other === undefined) throw new Error("The suite has not begun");
    return [acme, other];
  };

  before(async () => {
    await database.sql(
      `create schema ext`,
      `create extension citext schema ext`,
      `create extension pg_trgm schema ext`,
      `create schema ref`,
      `create table ref.plan (id int primary key, price int not null)`,
      `insert into ref.plan values (1, 10), (2, 20)`,
      `create sequence ref.number`,
      `create schema ${ODD_SQL}`,
      `create function ${ODD_SQL}.distance(float8[], float8[]) returns float8 language sql immutable
         as 'select sqrt(sum((a - b) ^ 2)) from unnest($1, $2) as v (a, b)'`,
      `create operator ${ODD_SQL}.<=> (leftarg = float8[], rightarg = float8[], function = ${ODD_SQL}.distance)`,
      `create table acme.person (email ext.citext, name text, plan int)`,
      `insert into acme.person values ('Ann@Example.com', 'Anna', 2)`,
    );
    await share({ add: ["ref", "ext", ODD] });
    tap = await openWireTap(serverAddress());
    service = openService(redirect(database.serviceUrl, tap.port), { DATABASE_CONNECTIONS: "1" });
    [acme, other] = [ACME, OTHER].map((host) => createTenant(service.database, parseHost(host)));
  });

  after(async () => {
    await service.close();
    await tap.close();
  });

  it("a handler uses tables, types and operators without a qualifier", async () => {
    const [tenant] = tenants();
    expect(
      await tenant`select p.price, person.name % ${"Ann"} as similar, ${[0, 3]}::float8[] <=> ${[4, 0]} as far
        from person join plan as p on p.id = person.plan where email = ${"ann@example.COM"}`,
    ).to.deep.equal([{ price: 20, similar: true, far: 5 }]);
  });

  it("a request is the one message that it was without them", async () => {
    const frames = async (): Promise<readonly string[]> => {
      await service.request(ACME, "GET", "/data/1");
      tap.clear();
      await service.request(ACME, "GET", "/data/1");
      return tap.frames.map(({ from, type }) => `${from} ${type}`);
    };
    const shared = await frames();
    expect(shared.filter((frame) => frame.startsWith("client"))).to.deep.equal(["client Q"]);
    await database.sql(`update rowhouse.installation set shared_schemas = '{}'`);
    try {
      await share();
      expect(await frames()).to.deep.equal(shared);
      expect(await codeOf(tenants()[0]`select from plan`)).to.equal("42P01");
    } finally {
      await share({ add: ["ref", "ext", ODD] });
    }
  });

  it("a tenant's own table hides a shared one from itself alone, and doctor says so", async () => {
    const [tenant, stranger] = tenants();
    await database.sql(
      `create table acme.plan as select 7 as price`,
      `grant select on acme.plan to public`,
    );
    try {
      expect(await tenant`select max(price) from plan`).to.deep.equal([{ max: 7 }]);
      expect(await stranger`select max(price) from plan`).to.deep.equal([{ max: 20 }]);
      expect(await complaints()).to.deep.equal([
        "warn: tenants' own tables hide ref.plan in tenant acme",
      ]);
    } finally {
      await database.sql(`drop table acme.plan`);
    }
  });

  for (const sql of [
    `insert into plan values (3, 30)`,
    `update ref.plan set price = 0`,
    `delete from plan`,
    `truncate plan`,
    `select from plan for update`,
    `lock table plan in share mode`,
    `create table ref.more (id int)`,
    `create function ext.lower(text) returns text language sql as 'select $1'`,
    `create operator ref.= (leftarg = int, rightarg = text, function = texteq)`,
    `alter table ref.plan add column note text`,
    `create trigger t before insert on ref.plan execute function suppress_redundant_updates_trigger()`,
    `select nextval('ref.number')`,
    `select ext.set_limit(0.1)`,
    `select set_limit(0.1)`,
  ]) {
    it(`PostgreSQL refuses a tenant: ${sql}`, async () => {
      expect(await codeOf(sendText(service.database, ENTER + sql))).to.equal("42501");
    });
  }

  it("what a migration creates in a shared schema later is readable, and only that", async () => {
    await database.sql(
      `create table ref.colour (name text)`,
      `insert into ref.colour values ('red')`,
    );
    expect(await tenants()[0]`select name from colour`).to.deep.equal([{ name: "red" }]);
    expect(await codeOf(sendText(service.database, `${ENTER}delete from colour`))).to.equal(
      "42501",
    );
    await database.sql(`drop table ref.colour`);
  });

  const DANGERS: readonly [doing: string, undoing: string, complaint: string][] = [
    [
      `grant create on schema ext to public`,
      `revoke create on schema ext from public`,
      "unsafe: PUBLIC has CREATE on schema ext",
    ],
    [
      `grant update (price) on ref.plan to public`,
      `revoke update (price) on ref.plan from public`,
      "unsafe: PUBLIC has UPDATE on table ref.plan.price",
    ],
    [
      `revoke select on ref.plan from public`,
      `grant select on ref.plan to public`,
      "warn: tenants may not use table ref.plan",
    ],
    [
      `create function ref.cheapest() returns int language plpgsql security definer as 'begin return (select min(price) from plan); end'`,
      `drop function ref.cheapest()`,
      "warn: as their owner, under the search_path of the tenant that calls them, run ref.cheapest()",
    ],
    [`alter schema ext rename to gone`, `alter schema gone rename to ext`, "unsafe: missing: ext"],
    [
      `alter function rowhouse.enter_tenant(text[]) rename to old`,
      `alter function rowhouse.old(text[]) rename to enter_tenant`,
      "unsafe: rowhouse.enter_tenant has another text than this version writes",
    ],
  ];
  for (const [doing, undoing, complaint] of DANGERS) {
    it(`doctor complains after: ${doing}`, async () => {
      await database.sql(doing);
      const found = await complaints();
      await database.sql(undoing);
      expect(found).to.deep.equal([complaint]);
      expect(await complaints()).to.deep.equal([]);
    });
  }
});

// How many rows a statement touched, with RETURNING or without, alone, in a batch and in a transaction; and that
// each result belongs to its statement, whatever the statements around it are.

import { expect } from "chai";
import { type OpenDatabase } from "../../../src/database/database.ts";
import { openDatabase } from "../../../src/database/open-database.ts";
import { parseHost } from "../../../src/host.ts";
import type { Query, Tag } from "../../../src/query.ts";
import { createTenant, type Tenant } from "../../../src/tenant.ts";
import { useDatabase } from "../../support/database/database.ts";

const HOST = "acme.example.com";

/** A statement, its command, its count and its rows. */
type Case = readonly [(tag: Tag) => Query, string, number, readonly object[]];

const CASES: readonly Case[] = [
  [(t) => t`insert into item select n, 0 from generate_series(1, ${5}) as n`, "INSERT", 5, []],
  [(t) => t`insert into item values (1, 1) on conflict do nothing`, "INSERT", 0, []],
  [(t) => t`insert into item values (6, 0) returning id`, "INSERT", 1, [{ id: 6 }]],
  [(t) => t`select id from item where id < 3 order by id`, "SELECT", 2, [{ id: 1 }, { id: 2 }]],
  [(t) => t`update item set n = 1 where id <= ${4}`, "UPDATE", 4, []],
  [(t) => t`update item set n = 2 where id = 0 returning n`, "UPDATE", 0, []],
  [
    (t) => t`merge into item i using (values (1), (7)) s (id) on i.id = s.id
      when matched then delete when not matched then insert values (s.id, 0)`,
    "MERGE",
    2,
    [],
  ],
  [(t) => t`values (1), (2)`, "SELECT", 2, [{ column1: 1 }, { column1: 2 }]],
  [
    (t) => t`with gone as (delete from item where id = 2 returning id) delete from item
      where id in (select id + 1 from gone)`,
    "DELETE",
    1,
    [],
  ],
  [
    (t) => t`with gone as (delete from item where id = 7) select 1 as one`,
    "SELECT",
    1,
    [{ one: 1 }],
  ],
  [(t) => t`update shown set n = 3 where id = 4`, "UPDATE", 1, []],
  [(t) => t`update told set n = 3 where id = 4`, "UPDATE", 0, [{ a: 1 }, { a: 2 }]],
  [(t) => t`delete from mute`, "DELETE", 0, []],
  [(t) => t`delete from item -- all of them`, "DELETE", 3, []],
  [(t) => t`table item`, "SELECT", 0, []],
];

describe("the count of a result", () => {
  const test = useDatabase({ acme: HOST });
  let database: OpenDatabase;
  let tenant: Tenant;

  before(async () => {
    await test.sql(
      "create table acme.item (id int primary key, n int not null)",
      "create view acme.shown as select * from acme.item",
      "create view acme.told as select * from acme.item",
      "create rule told as on update to acme.told do instead select a from generate_series(1, 2) a",
      "create view acme.mute as select * from acme.item",
      "create rule mute as on delete to acme.mute do instead nothing",
      "grant all on all tables in schema acme to public",
    );
    database = openDatabase({ url: test.serviceUrl, maxRows: 20, connections: 2 });
    tenant = createTenant(database, parseHost(HOST));
  });

  beforeEach(() => test.sql("delete from acme.item"));

  after(() => database.close(1));

  const expectResults = (found: readonly Awaited<Query>[]): void => {
    const shown = found.map((rows) => [rows.command, rows.count, [...rows]]);
    expect(shown).to.deep.equal(CASES.map(([, ...expected]) => expected));
  };

  it("tenant`…` has it, for statements with rows and without", async () => {
    const found: Awaited<Query>[] = [];
    for (const [write] of CASES) found.push(await write(tenant));
    expectResults(found);
  });

  it("tenant.batch() has it for each statement, in order", async () => {
    expectResults(await tenant.batch(CASES.map(([write]) => write(tenant))));
    const writes = CASES.filter(([, , , rows]) => rows.length === 0).map(([write]) =>
      write(tenant),
    );
    expect(await tenant.batch(writes)).to.have.length(writes.length);
  });

  it("tenant.begin() has it, for statements alone and in a batch", async () => {
    await tenant.begin(async (tx) => {
      const found: Awaited<Query>[] = [];
      for (const [write] of CASES) found.push(await write(tx));
      expectResults(found);
    });
    await tenant.begin(async (tx) =>
      expectResults(await tx.batch(CASES.map(([write]) => write(tx)))),
    );
  });

  it("MERGE has it with RETURNING, where PostgreSQL has that", async () => {
    if ((await test.serverVersion()) < 17) return;
    const rows = await tenant`merge into item i using (values (1), (2)) s (id) on i.id = s.id
      when not matched then insert values (s.id, 0) returning i.id`;
    expect([rows.command, rows.count, [...rows]]).to.deep.equal([
      "MERGE",
      2,
      [{ id: 1 }, { id: 2 }],
    ]);
  });

  it("rows that nobody sees count for no limit", async () => {
    const { count } = await tenant`insert into item select n, 0 from generate_series(1, 50000) n`;
    expect(count).to.equal(50_000);
    // Each message has the row of its entry, too.
    const writes = (size: number): Query[] =>
      Array.from({ length: size }, (_, n) => tenant`update item set n = 1 where id = ${n}`);
    expect(await tenant.batch(writes(40))).to.have.length(40);
    const full = await tenant.batch([...writes(40), tenant`select from item limit 19`]);
    expect(full.at(-1)).to.have.length(19);
  });

  it("a result equals an array of its rows, and JSON shows no more", async () => {
    const rows = await tenant`values (1)`;
    expect(Object.keys(rows)).to.deep.equal(["0"]);
    expect(JSON.stringify(rows)).to.equal('[{"column1":1}]');
  });
});

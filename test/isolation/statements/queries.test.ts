// SQL with parameters on a real server: a value arrives as it was, with the type that a bound parameter has, and
// hostile values and texts stay within their tenant.

import { expect } from "chai";
import fc from "fast-check";
import pg from "pg";
import { type OpenDatabase } from "../../../src/database/database.ts";
import { openDatabase } from "../../../src/database/open-database.ts";
import { sqlState } from "../../../src/errors.ts";
import { parseHost } from "../../../src/host.ts";
import type { Query, Tag } from "../../../src/query.ts";
import { createTenant, type Tenant } from "../../../src/tenant.ts";
import { useDatabase } from "../../support/database/database.ts";
import { rejection } from "../../support/rejection.ts";
import { anyLetter } from "../../support/sql/any-letter.ts";

const HOST = "acme.example.com";

/** Expressions whose types depend on how PostgreSQL sees the parameter; some fail, and with the same SQLSTATE. */
const TYPED: readonly (readonly [text: string, ...values: unknown[]])[] = [
  ["select pg_typeof($1 + 1)::text as v", 1],
  ["select $1 + 1.5 as v", 1],
  ["select n + $1 as v from kind", 40],
  ["select n + $1 as v from kind", "1.5"],
  ["select mood = $1 as v from kind", "fine"],
  ["select mood = $1 as v from kind", "none"],
  ["select array[$1, $2] as v", "a", "b"],
  ["select n = any($1) as v from kind", [1, 2]],
  ["select body -> $1 as v from kind", "a"],
  ["select body @> $1 as v from kind", { a: 1 }],
  ["select coalesce($1, n) as v from kind", null],
  ["select coalesce($1, n) as v from kind", "7"],
  ["select case when $1 then 'yes' else 'no' end as v", true],
  ["select at < $1 as v from kind", new Date("2030-01-01T00:00:00Z")],
  ["select raw = $1 as v from kind", Buffer.from([1, 2])],
  ["select $1::numeric * 3 as v", 2n ** 70n],
  ["select $1 - interval '1 day' as v", "2024-01-02"],
  ["select substring('hello' from $1 for $2) as v", 2, 3],
  ["select n from kind limit $1 offset $2", 5, 0],
  ["select nothing($1) as v", "a"],
  ["select $1 || $2 as v", "a", "b"],
  ["select greatest($1, 2) as v", "10"],
  ["select 1 as v where $1 in ($2, $3)", 1, 1, 2],
];

describe("tenant.query()", () => {
  const test = useDatabase({ acme: HOST });
  let database: OpenDatabase;
  let tenant: Tenant;
  let bound: pg.Client;

  before(async () => {
    await test.sql(
      "create type acme.mood as enum ('fine')",
      "create table acme.kind (n int, mood acme.mood, body jsonb, at timestamptz, raw bytea)",
      `insert into acme.kind values (1, 'fine', '{"a":1}', '2024-01-01Z', '\\x0102')`,
      "grant all on acme.kind to public",
    );
    database = openDatabase({ url: test.serviceUrl });
    tenant = createTenant(database, parseHost(HOST));
    bound = new pg.Client({ connectionString: test.adminUrl, options: "-c search_path=acme" });
    await bound.connect();
  });

  after(async () => {
    await bound.end();
    await database.close(1);
  });

  for (const [text, ...values] of TYPED) {
    it(`tenant.query() is what bound parameters are: ${text} with ${JSON.stringify(values.map(String))}`, async () => {
      const ours = tenant.query(text, values).then((rows) => [...rows], sqlState);
      const theirs = bound
        .query(text, values)
        .then(({ rows }: pg.QueryResult) => rows as unknown[], sqlState);
      expect(await ours).to.deep.equal(await theirs);
    });
  }

  it("tenant.query() brings every text there and back, many in one message", async () => {
    const texts = fc
      .sample(
        fc.oneof(
          fc.string({ unit: anyLetter }),
          fc
            .array(fc.constantFrom("'", "\\", "$1", "--", "/*", "*/", ";", '"', "$$", "\n", "E'"))
            .map((all) => all.join("")),
        ),
        400,
      )
      .map((text) => text.replaceAll("\0", "").toWellFormed());
    const list = texts.map((_, at) => `($${at + 1})`).join(",");
    const rows = await tenant.query<{ text: string }>(
      `select column1 as text from (values ${list}) as v`,
      texts,
    );
    expect(rows.map(({ text }) => text)).to.deep.equal(texts);
    const [row] = await tenant.query<{ texts: string[]; body: unknown }>(
      "select $1::text[] as texts, $2::jsonb as body",
      [texts, { texts }],
    );
    expect(row).to.deep.equal({ texts, body: { texts } });
  });

  it("tenant.query() stands in a batch beside the tag, each read in its own way", async () => {
    const day = new Map([[1082, (text: string) => `day ${text}`]]);
    const [array, object, write] = await tenant.batch([
      tenant.query<unknown[]>("select n, n + $1, date '2024-01-01' from kind", [1], {
        rows: "arrays",
        parsers: day,
      }),
      tenant`select date '2024-01-01' as day`,
      tenant.query("update kind set n = n where n = $1", [1]),
    ]);
    expect(array).to.deep.equal([[1, 2, "day 2024-01-01"]]);
    expect(object).to.deep.equal([{ day: new Date("2024-01-01T00:00:00Z") }]);
    expect([write.command, write.count]).to.deep.equal(["UPDATE", 1]);
  });

  it("tx.query() runs in its transaction, and in its savepoint", async () => {
    const thrown = new Error("Enough");
    const work = tenant.begin(async (tx) => {
      await tx.query("insert into kind (n) values ($1)", [2]);
      await tx.savepoint(async (inner) => {
        expect(await inner.query("select n from kind where n = $1", [2])).to.have.length(1);
      });
      throw thrown;
    });
    expect(await rejection(work)).to.equal(thrown);
    expect(await tenant.query("select n from kind where n = $1", [2])).to.have.length(0);
  });

  it("tenant.begin() has its mode through the entry, and none makes a read-only tenant writable", async () => {
    const write = (tag: Tag): Query => tag`update kind set n = n`;
    const serializable = {
      isolationLevel: "serializable",
      accessMode: "read only",
      deferrable: true,
    } as const;
    await tenant.begin(async (tx) => {
      const [row] = await tx`select current_setting('transaction_isolation') as level,
        current_setting('transaction_deferrable') as deferrable`;
      expect(row).to.deep.equal({ level: "serializable", deferrable: "on" });
    }, serializable);
    const refused = tenant.begin((tx) => Promise.resolve(write(tx)), serializable);
    expect(sqlState(await rejection(refused))).to.equal("25006");
    const status = (name: string): Promise<unknown> =>
      test.sql(`update rowhouse.tenant set status = '${name}' where schema_name = 'acme'`);
    await status("read_only");
    try {
      const mode = { accessMode: "read write" } as const;
      const refused = tenant.begin((tx) => Promise.resolve(write(tx)), mode);
      expect(sqlState(await rejection(refused))).to.equal("25006");
    } finally {
      await status("active");
    }
  });

  it("tenant.query() gives a hostile text no more than a template has", async () => {
    const { count } = await tenant.query("update kind set raw = $1", ["'; drop table kind; --"]);
    expect(count).to.equal(1);
    for (const text of ["select 1 from rowhouse.tenant", "select pg_read_file('postmaster.pid')"]) {
      expect(sqlState(await rejection(tenant.query(text)))).to.equal("42501");
    }
    for (const text of [
      "reset role",
      "commit; select 1",
      "select set_config('role', 'none', true)",
    ]) {
      expect(() => tenant.query(text)).to.throw(TypeError, "Cannot read statement");
    }
  });
});

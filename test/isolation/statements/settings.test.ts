// The promise: no setting that other software has left on a pooled connection decides what a tenant's statement
// means. Nor does a configuration under which literals and results would not be what they seem.

import { expect } from "chai";
import pg from "pg";
import { parseHost } from "../../../src/host.ts";
import { createTenant } from "../../../src/tenant.ts";
import { createTestDatabase, type TestDatabase } from "../../support/database/database.ts";
import { codeOf } from "../../support/rejection.ts";
import { SERVICE_ROLE } from "../../support/server/server.ts";
import { openService } from "../../support/program/service.ts";

const ENTER = "reset role;select rowhouse.enter_tenant('{acme.example.com}');";

// What a session can set (of an extension, when its library is loaded),  a statement whose meaning it decides, and what that means.
const MEANINGS: readonly (readonly [setting: string, sql: string, value: unknown])[] = [
  ["transform_null_equals = on", "select count(*)::int as v from owned where owner = null", 0],
  ["array_nulls = off", "select ('{null}'::text[])[1] is null as v", true],
  ["DateStyle = 'ISO, DMY'", "select '02/01/2024'::date::text as v", "2024-02-01"],
  ["DateStyle = 'German'", "select '2024-02-01'::date::text as v", "2024-02-01"],
  [
    "IntervalStyle = sql_standard",
    "select extract(epoch from '-1 2:00'::interval)::int as v",
    -79200,
  ],
  [
    "TimeZone = 'Asia/Tokyo'",
    "select ('2024-01-01 00:00'::timestamptz at time zone 'UTC')::text as v",
    "2024-01-01 00:00:00",
  ],
  ["extra_float_digits = -15", "select (1.0::float8 / 3)::text as v", "0.3333333333333333"],
  ["bytea_output = escape", "select '\\x00'::bytea::text as v", "\\x00"],
  ["xmlbinary = hex", "select xmlelement(name a, '\\xff'::bytea)::text as v", "<a>/w==</a>"],
  ["xmloption = document", "select 'plain'::xml::text as v", "plain"],
  ["quote_all_identifiers = on", "select 'data'::regclass::text as v", "data"],
  ["default_text_search_config = simple", "select to_tsvector('cats')::text as v", "'cat':1"],
  ["gin_fuzzy_search_limit = 1", "select current_setting('gin_fuzzy_search_limit') as v", "0"],
  ["row_security = off", "select current_setting('row_security') as v", "on"],
  ["pg_trgm.similarity_threshold = 0.01", "select 'horse' operator(public.%) 'house' as v", true],
  ["pg_trgm.similarity_threshold = 0.9", "select 'word' operator(public.%) 'words' as v", true],
  ["lock_timeout = 1", "select current_setting('lock_timeout') as v", "5s"],
  ["synchronous_commit = off", "select current_setting('synchronous_commit') as v", "SYNCHRONOUS"],
  ["lc_monetary = 'C.UTF-8'", "select current_setting('lc_monetary') as v", "MONETARY"],
];

describe("settings that others leave", () => {
  let database: TestDatabase;
  let client: pg.Client;
  const configured: Record<string, string> = {};

  before(async () => {
    database = await createTestDatabase();
    await database.addTenants({ acme: "acme.example.com" });
    await database.sql(
      "analyze rowhouse.domain", // PostgreSQL knows now that the table has one page
      "create extension pg_trgm schema public",
      "create table acme.owned (owner text)",
      "insert into acme.owned values (null)",
      `grant select on acme.owned to public`,
      `alter database ${database.name} set timezone = 'UTC'`,
      `alter database ${database.name} set default_text_search_config = 'english'`,
      `alter database ${database.name} set datestyle = 'ISO, MDY'`,
    );
    const [row] = await database.sql<{ synchronous: string; monetary: string }>(
      `select current_setting('synchronous_commit') as synchronous, current_setting('lc_monetary') as monetary`,
    );
    configured["SYNCHRONOUS"] = row?.synchronous ?? "";
    configured["MONETARY"] = row?.monetary ?? "";
  });

  after(() => database.drop());

  beforeEach(async () => {
    client = new pg.Client(database.serviceUrl);
    await client.connect();
  });

  afterEach(() => client.end());

  const enter = async (sql: string): Promise<pg.QueryResult[]> =>
    (await client.query(ENTER + sql)) as unknown as pg.QueryResult[];

  for (const [setting, sql, value] of MEANINGS) {
    it(`enter_tenant() is right after: set ${setting}`, async () => {
      // A setting of a library that is not loaded yet would be nobody's.
      await client.query(`select public.show_limit(); set ${setting}`);
      const wanted = configured[String(value)] ?? value;
      expect((await enter(sql)).at(-1)?.rows).to.deep.equal([{ v: wanted }]);
    });
  }

  it("enter_tenant() is right after a function has set something for the session", async () => {
    await enter("select public.set_limit(0.01)");
    expect((await enter("select public.show_limit()::text as v")).at(-1)?.rows).to.deep.equal([
      { v: "0.3" },
    ]);
  });

  it("enter_tenant() gives every setting its configured value, whatever was set", async () => {
    const read = async (): Promise<ReadonlyMap<string, string>> => {
      const results = await enter(
        `select name, setting from pg_settings
          where name !~ '^(search_path|statement_timeout|application_name|transaction_.*|in_hot_standby)$'`,
      );
      const rows = (results.at(-1)?.rows ?? []) as { name: string; setting: string }[];
      return new Map(rows.map(({ name, setting }) => [name, setting]));
    };
    const before = await read();
    const { rows } = await client.query<{ name: string; value: string }>(
      `select name, case vartype when 'bool' then case setting when 'on' then 'off' else 'on' end
           when 'enum' then (select v from unnest(enumvals) as v where v <> setting limit 1)
           else max_val end as value
         from pg_settings where context = 'user' and vartype <> 'string'
          and name not in ('client_encoding', 'standard_conforming_strings', 'temp_buffers', 'exit_on_error')`,
    );
    let set = 0;
    for (const { name, value } of rows) {
      await client.query(`set "${name}" = '${value}'`).then(
        () => (set += 1),
        () => {},
      );
    }
    expect(set).to.be.greaterThan(100);
    const after = await read();
    expect([...after].filter(([name, setting]) => before.get(name) !== setting)).to.deep.equal([]);
  });

  for (const [setting, sql, value] of [
    ["transform_null_equals = on", "select count(*)::int as v from owned where owner = null", 0],
    ["array_nulls = off", "select ('{null}'::text[])[1] is null as v", true],
    ["extra_float_digits = 0", "select (1.0::float8 / 3)::text as v", "0.3333333333333333"],
    ["bytea_output = escape", "select '\\x00'::bytea::text as v", "\\x00"],
    ["DateStyle = 'SQL, DMY'", "select '2024-02-01'::date::text as v", "2024-02-01"],
  ] as const) {
    it(`enter_tenant() is right where the database is configured with: ${setting}`, async () => {
      await database.sql(`alter database ${database.name} set ${setting}`);
      try {
        const fresh = new pg.Client(database.serviceUrl);
        await fresh.connect();
        const results = (await fresh.query(ENTER + sql)) as unknown as pg.QueryResult[];
        await fresh.end();
        expect(results.at(-1)?.rows).to.deep.equal([{ v: value }]);
      } finally {
        await database.sql(`alter database ${database.name} reset ${setting.split(" ")[0]}`);
      }
    });
  }

  it("enter_tenant() keeps what the configuration means: the order of a date, the time zone", async () => {
    await database.sql(
      `alter database ${database.name} set datestyle = 'ISO, DMY'`,
      `alter role ${SERVICE_ROLE} in database ${database.name} set timezone = 'Asia/Tokyo'`,
    );
    const fresh = new pg.Client(database.serviceUrl);
    await fresh.connect();
    const text = `${ENTER}select '02/01/2024'::date::text as d, current_setting('timezone') as z`;
    const results = (await fresh.query(text)) as unknown as pg.QueryResult[];
    await fresh.end();
    await database.sql(
      `alter database ${database.name} set datestyle = 'ISO, MDY'`,
      `alter role ${SERVICE_ROLE} in database ${database.name} reset timezone`,
    );
    expect(results.at(-1)?.rows).to.deep.equal([{ d: "2024-01-02", z: "Asia/Tokyo" }]);
  });

  it("enter_tenant() leaves the names that a pooler gives its clients", async () => {
    const pgbouncer = await database.startPgBouncer({ poolSize: 1 });
    const service = openService(pgbouncer.serviceUrl, { DATABASE_CONNECTIONS: "1" });
    const other = new pg.Client({
      connectionString: pgbouncer.serviceUrl,
      application_name: "other",
    });
    try {
      await other.connect();
      const acme = createTenant(service.database, parseHost("acme.example.com"));
      for (let round = 0; round < 3; round += 1) {
        const name = "select current_setting('application_name') as name";
        expect(await acme`select current_setting('application_name') as name`).to.deep.equal([
          { name: "rowhouse" },
        ]);
        expect((await other.query(name)).rows).to.deep.equal([{ name: "other" }]);
      }
    } finally {
      await Promise.all([service.close(), other.end()]);
      await pgbouncer.stop();
    }
  });

  it("enter_tenant() finds a host by an index, and leaves the planner's settings as they are", async () => {
    const [row] = await database.sql<{ oid: number }>("select 'rowhouse.domain'::regclass::oid");
    const scans = `select pg_stat_get_xact_numscans(${row?.oid})::int as v, current_setting('enable_seqscan') as s`;
    expect((await enter(scans)).at(-1)?.rows).to.deep.equal([{ v: 0, s: "on" }]);
  });

  it("enter_tenant() refuses what has decided how the message was read", async () => {
    await client.query("set standard_conforming_strings = off");
    expect(await codeOf(enter("select 1"))).to.equal("RH500");
  });
});

// each-tenant: whose rights the command has, what it cannot do, what is left of it, and that one tenant's
// failure is nobody else's.

import { expect } from "chai";
import { useDatabase } from "../../support/database/database.ts";
import { createPlainAdmin } from "../../support/database/plain-admin.ts";
import { until } from "../../support/until.ts";
import { performVerb, runVerb, startVerb, type VerbResult } from "../../support/program/verb.ts";

const NAMES = ["t1", "t2", "t3"];

interface Line {
  readonly schemaName?: string;
  readonly rows?: readonly Record<string, unknown>[];
  readonly sqlstate?: string;
}

describe("each-tenant", () => {
  const database = useDatabase(Object.fromEntries(NAMES.map((name) => [name, `${name}.example`])));

  const each = (sql: string, ...parameters: string[]): Promise<VerbResult> =>
    runVerb(database.adminUrl, "each-tenant", "--sql", sql, ...parameters);
  const lines = ({ stdout }: VerbResult): Line[] =>
    stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Line);
  const byName = (result: VerbResult): Record<string, Line> =>
    Object.fromEntries(lines(result).map((line) => [line.schemaName ?? "summary", line]));
  const values = (): Promise<Record<string, unknown>[]> =>
    database.sql(
      NAMES.map((name) => `select '${name}' as name, key, value from ${name}.data`).join(
        " union all ",
      ) + " order by 1, 2",
    );

  beforeEach(() =>
    database.sql(
      ...NAMES.flatMap((name, index) => [
        `delete from ${name}.data`,
        `insert into ${name}.data values (1, ${index + 1})`,
      ]),
      `update rowhouse.tenant set transition = null, status = 'active', statement_timeout_ms = 10000`,
    ),
  );

  it("prints one table with the schema first", async () => {
    const result = await each("select key, value, null as x from data", "--concurrency", "1");
    expect(result).to.deep.equal({
      status: 0,
      stdout:
        "SCHEMA  key  value  x\n" +
        "t1      1    1\n" +
        "t2      1    2\n" +
        "t3      1    3\n" +
        "Ran in 3 tenants, read-only\n",
      stderr: "",
    });
  });

  it("prints a line of JSON for each tenant, with the types that JSON has", async () => {
    const result = await each(
      `select value, value::int8 as big, 1.50::numeric as exact, true as yes, '{"a":[1]}'::jsonb as json,
         'NaN'::float8 as nan, null as nothing, 2 as value from data`,
      "--json",
      "--tenants",
      "t2",
    );
    expect(lines(result)).to.deep.equal([
      {
        schemaName: "t2",
        command: "SELECT",
        rowCount: 1,
        truncated: false,
        rows: [
          {
            value: 2,
            big: "2",
            exact: "1.50",
            yes: true,
            json: { a: [1] },
            nan: "NaN",
            nothing: null,
            value_2: 2,
          },
        ],
      },
      { ran: 1, failed: 0, left: 0, skipped: 0, write: false },
    ]);
  });

  it("runs as the tenant's own role, which has its own schema and no other", async () => {
    const who = byName(await each("select current_user::text as who, current_schema()", "--json"));
    expect(who["t3"]?.rows?.[0]?.["who"]).to.match(/^rh_\d+_t3$/);
    expect(who["t3"]?.rows?.[0]?.["current_schema"]).to.equal("t3");
    const foreign = await each("select * from t1.data", "--json");
    expect(foreign.status).to.equal(3);
    expect(byName(foreign)["t1"]?.rows).to.deep.equal([
      { key: 1, value: 1, updated_at: byName(foreign)["t1"]?.rows?.[0]?.["updated_at"] },
    ]);
    expect(byName(foreign)["t2"]?.sqlstate).to.equal("42501");
    const registry = await each("select * from rowhouse.tenant", "--write", "--json");
    expect(registry.status).to.equal(1);
    expect(byName(registry)["t1"]?.sqlstate).to.equal("42501");
  });

  it("is read-only until --write, which commits in each", async () => {
    const before = await values();
    const refused = await each("update data set value = value + 100", "--json");
    expect(refused.status).to.equal(1);
    expect(NAMES.map((name) => byName(refused)[name]?.sqlstate)).to.deep.equal(
      NAMES.map(() => "25006"),
    );
    const tricked = await each("select set_config('transaction_read_only', 'off', true)", "--json");
    expect(tricked.status).to.equal(1);
    expect(await values()).to.deep.equal(before);
    const written = await each("update data set value = value + 100", "--write", "--concurrency=1");
    expect(written.stdout).to.equal(
      "SCHEMA  RESULT\nt1      UPDATE 1\nt2      UPDATE 1\nt3      UPDATE 1\n" +
        "Ran in 3 tenants, and committed\n",
    );
    expect((await values()).map(({ value }) => value)).to.deep.equal([101, 102, 103]);
  });

  it("takes one command, and none that ends the transaction around it", async () => {
    const before = await values();
    for (const sql of ["delete from data; select 1", "select 1; commit; delete from data"]) {
      const { status, stdout } = await each(sql, "--write", "--json");
      expect(status).to.equal(1);
      expect(stdout).to.include('"sqlstate":"42601"');
    }
    for (const sql of [
      "commit",
      "/* a /* b */ c */ -- d\n ;; RollBack",
      "",
      " ; -- only\n",
      "END;",
    ]) {
      const { status, stderr } = await each(sql, "--write");
      expect(status, sql).to.equal(2);
      expect(stderr).to.match(/^Cannot run each-tenant: --sql [^\n]*\n$/);
    }
    const block = await each("do $$ begin delete from data; commit; end $$", "--write", "--json");
    expect(byName(block)["t1"]?.sqlstate).to.equal("2D000");
    expect(await values()).to.deep.equal(before);
  });

  it("goes on after failures, tells each with its SQLSTATE, and stops at --max-failures", async () => {
    await database.sql("alter table t2.data rename to data_elsewhere");
    try {
      const result = await each("select value from data", "--concurrency", "1");
      expect(result.status).to.equal(3);
      expect(result.stdout).to.equal(
        'SCHEMA  value\nt1      1\nFailed t2: relation "data" does not exist (SQLSTATE 42P01)\n' +
          "t3      3\nRan in 2 tenants, read-only; 1 failed\n",
      );
    } finally {
      await database.sql("alter table t2.data_elsewhere rename to data");
    }
    const all = await each("select 1/0", "--concurrency", "1", "--max-failures", "2");
    expect(all.status).to.equal(1);
    expect(all.stdout).to.match(
      /^Failed t1: .*22012\)\nFailed t2: .*\nRan in 0 .*; 1 not started\n$/,
    );
  });

  it("is limited by the tenant's own statement timeout, or by --timeout", async () => {
    await database.sql(
      "update rowhouse.tenant set statement_timeout_ms = 200 where schema_name = 't1'",
    );
    const shown = byName(
      await each("select setting from pg_settings where name = 'statement_timeout'", "--json"),
    );
    expect(NAMES.map((name) => shown[name]?.rows)).to.deep.equal([
      [{ setting: "200" }],
      [{ setting: "10000" }],
      [{ setting: "10000" }],
    ]);
    const own = byName(await each("select pg_sleep(0.3)", "--json"));
    expect(NAMES.map((name) => own[name]?.sqlstate)).to.deep.equal(["57014", undefined, undefined]);
    const given = byName(await each("select pg_sleep(5)", "--json", "--timeout", "60"));
    expect(NAMES.map((name) => given[name]?.sqlstate)).to.deep.equal(NAMES.map(() => "57014"));
  });

  it("includes suspended tenants, and skips those in a transition", async () => {
    await database.sql(
      "update rowhouse.tenant set status = 'suspended' where schema_name = 't1'",
      "update rowhouse.tenant set transition = 'moving' where schema_name = 't2'",
    );
    const result = await each("select value from data", "--concurrency", "1");
    expect(result.status).to.equal(0);
    expect(result.stdout).to.match(
      /^SCHEMA {2}value\nt1 {6}1\nSkipped t2: it is being moved; .*\nt3 {6}3\nRan in 2 .*; 1 skipped\n$/,
    );
  });

  it("waits with a write until no other verb has the tenant", async () => {
    const holder = await database.openClient();
    await holder.query("begin");
    await holder.query("select pg_advisory_xact_lock(hashtextextended('rowhouse tenant t1', 0))");
    const writing = startVerb(
      { adminUrl: database.adminUrl },
      "each-tenant",
      "--sql",
      "update data set value = 9",
      "--write",
      "--concurrency=1",
    );
    await until("t3 is not written", () => writing.stdout().includes("t3"));
    expect((await values()).map(({ value }) => value)).to.deep.equal([1, 9, 9]);
    await holder.query("commit");
    await holder.end();
    expect((await writing.result).status).to.equal(0);
    expect((await values()).map(({ value }) => value)).to.deep.equal([9, 9, 9]);
  });

  it("leaves nothing on the connection for the next tenant", async () => {
    const held = `select pg_try_advisory_lock(hashtext(current_schema())) as locked,
      (select count(*)::int from pg_locks where locktype = 'advisory' and pid = pg_backend_pid()) as held`;
    for (const parameters of [[], ["--write"]]) {
      const result = byName(await each(held, "--json", "--concurrency", "1", ...parameters));
      const counts = NAMES.map((name) => result[name]?.rows?.[0]?.["held"]);
      expect(new Set(counts).size, String(counts)).to.equal(1);
    }
  });

  it("reads the command from standard input", async () => {
    const { stdout } = await performVerb(
      { adminUrl: database.adminUrl, input: "select value\n  from data\n" },
      "each-tenant",
      ...["--sql", "-", "--tenants", "t1"],
    );
    expect(stdout).to.equal("SCHEMA  value\nt1      1\nRan in 1 tenant, read-only\n");
  });

  it("keeps the first 10000 rows of a tenant, and says how many there were", async () => {
    const sql = "select g, repeat('x', 10) as x from generate_series(1, 25000) as g";
    const json = lines(await each(sql, "--json", "--tenants", "t1"));
    expect(json[0]).to.include({ rowCount: 25_000, truncated: true });
    expect(json[0]?.rows).to.have.length(10_000);
    const { stdout } = await each(sql, "--tenants", "t1");
    expect(stdout).to.include("\nShown of t1: 10000 of 25000 rows\n");
    const wide = "select repeat('x', 1000000) as x from generate_series(1, 40)";
    const [cut] = lines(await each(wide, "--json", "--tenants", "t1"));
    expect(cut?.rows).to.have.length(16);
  });

  it("writes hostile values and column names so that each row stays one line", async () => {
    const sql = String.raw`select E'a\nb\u001b[2J' as "x""y` + '\n"';
    const { stdout } = await each(sql, "--tenants", "t1");
    expect(stdout).to.equal(
      `SCHEMA  x"y\\u000a\nt1      a\\u000ab\\u001b[2J\nRan in 1 tenant, read-only\n`,
    );
  });

  it("refuses a list that names no tenant", async () => {
    const { status, stderr } = await each("select 1", "--tenants", "t1,nobody,x'--*");
    expect(status).to.equal(1);
    expect(stderr).to.match(/^Cannot find tenants: nothing matches "nobody", "x'--\*"; see/);
  });

  it("works for an admin role that is no superuser, and leaves its memberships as they were", async () => {
    const plain = await createPlainAdmin({ one: "one.example", two: "two.example" });
    const memberships = (): Promise<Record<string, unknown>[]> =>
      plain.sql(
        `select m.* from pg_auth_members as m join pg_roles as r on r.oid = m.roleid
         where r.rolname ~ '_(one|two)$' order by m.roleid, m.member, m.grantor`,
      );
    try {
      const before = await memberships();
      const insert = "insert into data select k, k from generate_series(1, 3) as k";
      for (const [sql, status, ...more] of [
        [insert, 0, "--write"],
        ["select count(*) from data", 0],
        ["select count(*) from one.data", 3],
        ["select count(*) from one.data", 3, "--write"],
      ] as const) {
        const result = await runVerb(plain.adminUrl, "each-tenant", "--sql", sql, ...more);
        expect(result.stderr).to.equal("");
        expect(result.status, result.stdout).to.equal(status);
        expect(await memberships()).to.deep.equal(before);
      }
      expect(await plain.sql("select count(*)::int as n from two.data")).to.deep.equal([{ n: 3 }]);
    } finally {
      await plain.drop();
    }
  });

  it("works where tenants have no roles", async () => {
    const plain = await createPlainAdmin({ one: "one.example" }, false);
    try {
      const parameters = ["--sql", "select count(*) from data", "--json"];
      const result = await runVerb(plain.adminUrl, "each-tenant", ...parameters);
      expect(lines(result)[0]).to.deep.include({ schemaName: "one", rows: [{ count: "0" }] });
    } finally {
      await plain.drop();
    }
  });
});

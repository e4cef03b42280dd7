// add-tenants creates tenants in groups: few transactions, since each that changes the members of roles makes
// every server connection read all memberships anew; and what becomes of a tenant does not depend on its group.

import { expect } from "chai";
import { runCommands } from "../../support/server/commands.ts";
import { type TestDatabase, useDatabase } from "../../support/database/database.ts";
import { type MigrationsFolder, makeMigrations } from "../../support/sql/migrations.ts";
import { type OwnServer, openOwnServer } from "../../support/server/own-server.ts";
import { createPlainAdmin } from "../../support/database/plain-admin.ts";
import { until } from "../../support/until.ts";
import { performVerb, type VerbResult } from "../../support/program/verb.ts";

interface Line {
  readonly line: number;
  readonly schemaName: string;
  readonly outcome: string;
  readonly message?: string;
}

const hostOf = (name: string): string => `${name.replaceAll("_", "-")}.example`;
const namesOf = (prefix: string, count: number): string[] =>
  Array.from({ length: count }, (_, n) => `${prefix}_${String(n).padStart(3, "0")}`);
const csv = (names: readonly string[]): string =>
  ["host,schema", ...names.map((name) => `${hostOf(name)},${name}`), ""].join("\n");

const add = (
  adminUrl: string,
  input: string,
  migrations = "",
  concurrency = 2,
): Promise<VerbResult> =>
  performVerb(
    {
      adminUrl,
      input,
      env: migrations === "" ? {} : { TENANT_MIGRATIONS: migrations },
    },
    "add-tenants",
    "-",
    "--json",
    "--concurrency",
    String(concurrency),
  );
const linesOf = (stdout: string): { lines: Line[]; summary: unknown } => {
  const parsed = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Line);
  return { lines: parsed.slice(0, -1), summary: parsed.at(-1) };
};

type Source = Pick<TestDatabase, "sql">;
/** In how many transactions the tenants of a prefix were created. */
const transactionsOf = async (from: Source, prefix: string): Promise<number> => {
  const [row] = await from.sql<{ count: number }>(
    `select count(distinct xmin::text)::int as count from rowhouse.tenant
       where schema_name like '${prefix}\\_%'`,
  );
  return row?.count ?? 0;
};
/** Tenants with everything that one has. */
const wholeOf = async (from: Source, prefix: string): Promise<string[]> => {
  const rows = await from.sql<{ name: string }>(
    `select t.schema_name as name from rowhouse.tenant as t
       join pg_namespace on nspname = t.schema_name
       join pg_roles as r on r.rolname = t.role_name
       join rowhouse.domain using (schema_name)
     where t.schema_name like '${prefix}\\_%'
       and exists (select from pg_auth_members where roleid = r.oid)
       and to_regclass(t.schema_name || '.data') is not null order by 1`,
  );
  return rows.map(({ name }) => name);
};

// Names bind while a tenant has them: another folder may follow in the same database.
const FORGET = "update rowhouse.tenant set version = 0";

describe("add-tenants, in groups", () => {
  const database = useDatabase();
  let migrations: MigrationsFolder;

  before(async () => {
    migrations = await makeMigrations();
  });

  after(() => migrations.remove());

  it("takes far fewer transactions than tenants", async () => {
    const names = namesOf("few", 100);
    const { status, stdout } = await add(database.adminUrl, csv(names));
    expect(status).to.equal(0);
    expect(linesOf(stdout).summary).to.deep.equal({ added: 100, existing: 0, failed: 0, left: 0 });
    expect(await wholeOf(database, "few")).to.deep.equal(names);
    expect(await transactionsOf(database, "few")).to.be.within(6, 25);
  });

  it("of a group with bad ones creates all the others, and tells each reason", async () => {
    await database.addTenants({ owner: "bad-020.example" });
    await database.sql("create schema bad_030");
    const names = namesOf("bad", 50);
    const { status, stdout } = await add(database.adminUrl, csv(names));
    await database.sql("drop schema bad_030");
    expect(status).to.equal(3);
    const { lines, summary } = linesOf(stdout);
    expect(summary).to.deep.equal({ added: 48, existing: 0, failed: 2, left: 0 });
    expect(lines.map(({ line }) => line).toSorted((a, b) => a - b)).to.deep.equal(
      names.map((_, index) => index + 2),
    );
    const failed = lines
      .filter(({ outcome }) => outcome === "failed")
      .toSorted((a, b) => a.line - b.line);
    expect(failed.map(({ schemaName }) => schemaName)).to.deep.equal(["bad_020", "bad_030"]);
    expect(failed[0]?.message).to.match(
      /^Cannot add host: "bad-020\.example" already belongs to a tenant/,
    );
    expect(failed[1]?.message).to.match(/^Cannot add tenant: schema "bad_030" exists without a/);
    expect(await wholeOf(database, "bad")).to.deep.equal(
      names.filter((name) => name !== "bad_020" && name !== "bad_030"),
    );
  });

  it("two runs whose groups cross end, and every tenant is whole", async () => {
    const names = namesOf("cross", 60);
    const results = await Promise.all(
      [names, names.toReversed()].map((some) => add(database.adminUrl, csv(some))),
    );
    expect(results.map(({ status }) => status)).to.deep.equal([0, 0]);
    const outcomes = results.flatMap(({ stdout }) => linesOf(stdout).lines);
    const added = outcomes.filter(({ outcome }) => outcome === "added");
    expect(added.map(({ schemaName }) => schemaName).toSorted()).to.deep.equal(names);
    expect(outcomes.filter(({ outcome }) => outcome === "existing")).to.have.length(60);
    expect(await wholeOf(database, "cross")).to.deep.equal(names);
  });

  it("two runs that deadlock over hosts both end", async () => {
    // The hosts of one run in the order of its schemas are those of the other in the opposite order.
    const hosts = namesOf("lock", 40);
    const line = (host: string, schema: string): string => `${hostOf(host)},${schema}`;
    const inputs = ["up", "down"].map((way) => {
      const some = way === "up" ? hosts : hosts.toReversed();
      const lines = some.map((host, n) => line(host, `lock${way}_${String(n).padStart(3, "0")}`));
      return ["host,schema", ...lines, ""].join("\n");
    });
    const results = await Promise.all(inputs.map((input) => add(database.adminUrl, input)));
    for (const { status, stderr } of results) expect(status, stderr).to.be.oneOf([0, 1, 3]);
    const all = results.flatMap(({ stdout }) => linesOf(stdout).lines);
    expect(all).to.have.length(80);
    expect(all.filter(({ outcome }) => outcome === "added")).to.have.length(40);
    for (const { outcome, message = "" } of all) {
      if (outcome === "failed")
        expect(message).to.match(/^Cannot add host: "[^"]+" already belongs to/);
    }
  });

  it("a tenant that waits for another verb holds up no other of its group", async () => {
    const names = namesOf("wait", 30);
    const holder = await database.openClient();
    await holder.query("begin");
    await holder.query(
      "select pg_advisory_xact_lock(hashtextextended('rowhouse tenant wait_010', 0))",
    );
    const running = add(database.adminUrl, csv(names));
    try {
      await until("the others wait", async () => {
        return (await wholeOf(database, "wait")).length === 29;
      });
    } finally {
      await holder.query("rollback");
      await holder.end();
    }
    expect((await running).status).to.equal(0);
    expect(await wholeOf(database, "wait")).to.deep.equal(names);
  });

  it("what a migration leaves set reaches no other tenant", async () => {
    await migrations.write("0001-data", [
      "create table \"${schema}\".data (room text default current_setting('work_mem'))",
      'insert into "${schema}".data default values',
    ]);
    await migrations.write("0002-room", ["set local work_mem = '77MB'"]);
    await database.sql(FORGET);
    const names = namesOf("left", 20);
    const { status } = await add(database.adminUrl, csv(names), migrations.folder);
    expect(status).to.equal(0);
    const rooms = await Promise.all(
      names.map((name) => database.sql<{ room: string }>(`select room from ${name}.data`)),
    );
    expect(new Set(rooms.map(([row]) => row?.room))).to.have.property("size", 1);
  });

  it("works for an admin role that is no superuser, with a bad one as well", async () => {
    const plain = await createPlainAdmin({ owner: "plain-015.example" });
    try {
      const names = namesOf("plain", 40);
      const { status, stdout } = await add(plain.adminUrl, csv(names));
      expect(status).to.equal(3);
      expect(linesOf(stdout).summary).to.deep.equal({ added: 39, existing: 0, failed: 1, left: 0 });
      expect(await wholeOf(plain, "plain")).to.have.length(39);
      const free = await add(plain.adminUrl, csv(namesOf("free", 60)));
      expect(free.status).to.equal(0);
      expect(await transactionsOf(plain, "free")).to.be.within(4, 25);
    } finally {
      await plain.drop();
    }
  });

  describe("with little room for locks", () => {
    let server: OwnServer;

    before(async () => {
      server = await openOwnServer(
        {},
        { max_locks_per_transaction: "10", max_connections: "100", log_min_messages: "error" },
      );
    });

    after(() => server.remove());

    it("makes groups that fit, and smaller ones of larger tenants", async () => {
      const names = namesOf("small", 60);
      const { status, stdout } = await add(server.adminUrl, csv(names), "", 4);
      expect(status, stdout).to.equal(0);
      expect(await wholeOf(server, "small")).to.deep.equal(names);
      const small = await transactionsOf(server, "small");
      expect(small).to.be.lessThan(40);
      const wide = await makeMigrations();
      try {
        const tables = Array.from({ length: 40 }, (_, n) => `create table "\${schema}".t${n} ()`);
        await runCommands(server.adminUrl, [FORGET]);
        await wide.write("0001-wide", ['create table "${schema}".data ()', ...tables]);
        const { status: ended } = await add(
          server.adminUrl,
          csv(namesOf("wide", 12)),
          wide.folder,
          4,
        );
        expect(ended).to.equal(0);
        expect(await transactionsOf(server, "wide")).to.be.greaterThan(6);
      } finally {
        await wide.remove();
      }
    });
  });
});

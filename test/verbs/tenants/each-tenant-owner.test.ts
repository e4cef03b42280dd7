// each-tenant --as-owner: what the owner must do in every tenant, said aloud, and nothing outside of the tenant.

import { expect } from "chai";
import { type EachOutcome, runInEach } from "../../../admin/each-tenant/each-tenant.ts";
import { withRegistry } from "../../../admin/registry/registry.ts";
import { createTestDatabase, type TestDatabase } from "../../support/database/database.ts";
import { createPlainAdmin } from "../../support/database/plain-admin.ts";
import { runVerb, type VerbResult } from "../../support/program/verb.ts";

const NAMES = ["t1", "t2"];
const SAID = "As the owner of each schema: privileges and row policies do not limit the command\n";

describe("each-tenant --as-owner", () => {
  let database: TestDatabase;

  const each = (sql: string, ...parameters: string[]): Promise<VerbResult> =>
    runVerb(database.adminUrl, "each-tenant", "--as-owner", "--sql", sql, ...parameters);

  before(async () => {
    database = await createTestDatabase();
    await database.addTenants(Object.fromEntries(NAMES.map((name) => [name, `${name}.example`])));
    await database.sql(
      ...NAMES.flatMap((name) => [
        `create materialized view ${name}.total as select count(*)::int as n from ${name}.data`,
        `insert into ${name}.data values (1, 1)`,
      ]),
    );
  });

  after(() => database.drop());

  it("refreshes a materialized view in a transaction each, and says as whom", async () => {
    expect(await each("refresh materialized view total", "--write", "--concurrency", "1"))
      .to //
      .deep.equal({
        status: 0,
        stdout:
          `${SAID}SCHEMA  RESULT\nt1      REFRESH 0\nt2      REFRESH 0\n` +
          "Ran as the owner in 2 tenants, and committed\n",
        stderr: "",
      });
    expect(await database.sql("select (select n from t1.total) + (select n from t2.total) as n")) //
      .to.deep.equal([{ n: 2 }]);
  });

  for (const command of [
    "vacuum (analyze) data",
    "reindex table concurrently data",
    "create index concurrently if not exists data_value on data (value)",
    "/* all */ drop index concurrently if exists data_value",
  ]) {
    it(`runs outside a transaction: ${command}`, async () => {
      const { stdout, status, stderr } = await each(command, "--write");
      expect(stderr).to.equal("");
      expect(stdout).to.match(
        /^As the owner .*Ran as the owner in 2 tenants, outside a transaction\n$/s,
      );
      expect(status).to.equal(0);
    });
  }

  it("writes as whom into each line of JSON", async () => {
    const { stdout } = await each("analyze data", "--write", "--json");
    const lines = stdout.trim().split("\n");
    expect(lines).to.have.length(3);
    for (const line of lines) expect(JSON.parse(line)).to.include({ as: "owner" });
  });

  for (const command of [
    "vacuum",
    "VACUUM (full, analyze);",
    "vacuum full verbose",
    "analyze",
    "cluster",
    "reindex schema t1",
    "reindex (verbose) database x",
  ]) {
    it(`refuses what would work on the whole database: ${command}`, async () => {
      const { status, stderr } = await each(command, "--write");
      expect(status).to.equal(2);
      expect(stderr).to.include("--sql does not name a table");
    });
  }

  it("only reads without --write", async () => {
    expect((await each("vacuum data")).status).to.equal(2);
    const { status, stdout } = await each("delete from data");
    expect(status).to.equal(1);
    expect(stdout).to.include("(SQLSTATE 25006)");
    expect((await each("select n from total")).stdout).to.include(
      "Ran as the owner in 2 tenants, read-only",
    );
  });

  it("runs as the tenant's own role without it", async () => {
    const { stdout } = await runVerb(
      database.adminUrl,
      ...(["each-tenant", "--write", "--sql", "refresh materialized view total"] as const),
    );
    expect(stdout).to.include("(SQLSTATE 42501)");
  });

  it("skips a tenant that another verb has, and leaves no lock or role", async () => {
    const client = await database.openClient();
    await client.query("select pg_advisory_lock(hashtextextended('rowhouse tenant t1', 0))");
    const outcomes: EachOutcome[] = [];
    const command = {
      ...{ text: "vacuum data", write: true, asOwner: true, tenantRoles: true },
      ...{ timeoutMs: undefined, keep: { rows: 1, characters: 1 }, sharedSchemas: [] },
    };
    const report = (outcome: EachOutcome): void => void outcomes.push(outcome);
    try {
      await withRegistry(database.adminUrl, (registry) =>
        runInEach(registry, ["t1"], command, { concurrency: 1, attempts: 2, report }),
      );
      expect(outcomes).to.have.length(1);
      expect(outcomes[0]).to.have.property("message").that.includes("another verb");
    } finally {
      await client.end();
    }
    const roles =
      "select count(*)::int as held from pg_locks where locktype = 'advisory' and pid = pg_backend_pid()";
    expect((await each(roles, "--json", "--tenants", "t1")).stdout).to.include('"held":0');
  });

  it("works for an admin role that is not a superuser", async () => {
    const plain = await createPlainAdmin({ acme: "acme.example" });
    try {
      const result = await runVerb(
        plain.adminUrl,
        ...(["each-tenant", "--as-owner", "--write", "--sql", "vacuum data"] as const),
      );
      expect(result.status).to.equal(0);
    } finally {
      await plain.drop();
    }
  });
});

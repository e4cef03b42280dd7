// The sizes of the tenants on the operator page: how they are read, and what the page learns when they cannot be.

import { expect } from "chai";
import type { FleetSizes, TenantPage } from "../../admin/console/api.ts";
import { createSizes } from "../../admin/console/fleet/sizes.ts";
import { openTestConsole, type TestConsole } from "../support/console/console.ts";
import { createTestDatabase, type TestDatabase } from "../support/database/database.ts";
import { until } from "../support/until.ts";

const SIZES = "/api/fleet/sizes";

describe("console sizes", () => {
  let database: TestDatabase;
  let console: TestConsole;

  before(async () => {
    database = await createTestDatabase();
    await database.addTenants({
      acme: "acme.example.com",
      beta: "beta.example.com",
      gamma: "gamma.example.com",
    });
    await database.sql("insert into beta.data select i, i from generate_series(1, 5000) i");
    console = await openTestConsole(database.adminUrl);
  });

  after(async () => {
    await console.close();
    await database.drop();
  });

  /** Takes away the function that measures, in this database alone. */
  const breakSizes = (): Promise<unknown> =>
    database.sql("alter function pg_catalog.pg_total_relation_size(regclass) rename to broken");
  const mendSizes = (): Promise<unknown> =>
    database.sql("alter function pg_catalog.broken(regclass) rename to pg_total_relation_size");

  it("GET sizes has every tenant, the largest first", async () => {
    const sizes = await console.get<FleetSizes>(SIZES);
    expect(sizes.estimated).to.equal(false);
    expect(sizes.schemaNames[0]).to.equal("beta");
    expect(sizes.schemaNames).to.have.members(["acme", "beta", "gamma"]);
    expect(sizes.total).to.equal(sizes.bytes.reduce((sum, one) => sum + one, 0));
    const [row] = await database.sql<{ bytes: string }>(
      "select pg_total_relation_size('beta.data')::text as bytes",
    );
    expect(sizes.bytes[0]).to.equal(Number(row?.bytes));
    expect(sizes.tables).to.deep.equal([1, 1, 1]);
  });

  it("GET sizes does not wait for a locked table: it estimates, and measures later", async () => {
    const other = await openTestConsole(database.adminUrl);
    const client = await database.openClient();
    try {
      await database.sql("analyze beta.data");
      await client.query("begin; lock table beta.data in access exclusive mode");
      const sizes = await other.get<FleetSizes>(SIZES);
      expect(sizes.estimated).to.equal(true);
      expect(sizes.schemaNames[0]).to.equal("beta");
      expect(sizes.bytes[0]).to.be.greaterThan(100_000);
      const page = await other.get<TenantPage>("/api/tenants?sort=bytes&order=desc");
      expect(page.tenants[0]).to.include({ schemaName: "beta", bytes: sizes.bytes[0] });
      await client.query("rollback");
      const again = await openTestConsole(database.adminUrl);
      expect((await again.get<FleetSizes>(SIZES)).estimated).to.equal(false);
      await again.close();
    } finally {
      await client.end();
      await other.close();
    }
  });

  it("GET sizes and GET tenants say that sizes are not available, and the terminal has why, once", async () => {
    const other = await openTestConsole(database.adminUrl);
    await breakSizes();
    try {
      for (const _ of [1, 2, 3]) {
        const answer = await other.send({ path: SIZES, headers: other.readHeaders() });
        expect(answer.status).to.equal(500);
        expect(answer.json).to.have.property("detail").that.includes("terminal");
      }
      const page = await other.get<TenantPage>("/api/tenants");
      expect(page.tenants.map(({ bytes }) => bytes)).to.deep.equal([null, null, null]);
      expect(page.sizes.at).to.equal(null);
      expect(page.sizes.problem).to.include("Cannot finish");
      const lines = other.notes.filter((line) => line.includes("sizes failed"));
      expect(lines).to.have.length(1);
      expect(JSON.parse(lines[0] ?? "")).to.have.nested.property("error.sqlState", "42883");
    } finally {
      await mendSizes();
    }
    expect(await other.get<FleetSizes>(SIZES)).to.include({ problem: null, estimated: false });
    const page = await other.get<TenantPage>("/api/tenants");
    expect(page.sizes.problem).to.equal(null);
    expect(Date.parse(page.sizes.at ?? "")).to.be.closeTo(Date.now(), 60_000);
    await other.close();
  });

  it("createSizes() estimates when it would have to open too many tables", async () => {
    const sizesUpTo = (mostTables: number): Promise<FleetSizes> => {
      const unused = { report: () => {}, explain: () => "" };
      return createSizes(console.registry, { ...unused, mostTables }).read();
    };
    expect(await sizesUpTo(3)).to.include({ estimated: false });
    await breakSizes();
    try {
      expect(await sizesUpTo(2)).to.include({ estimated: true, problem: null });
    } finally {
      await mendSizes();
    }
  });

  it("createSizes() keeps the sizes that it has, and says why they are old", async () => {
    let time = 0;
    const reported: unknown[] = [];
    const sizes = createSizes(console.registry, {
      report: (error) => reported.push(error),
      explain: () => "Cannot: broken",
      now: () => time,
    });
    const first = await sizes.read();
    await breakSizes();
    try {
      for (const age of [60_000, 3_600_000]) {
        time = age;
        await until("the failure is not told", async () => (await sizes.read()).problem !== null);
        expect(await sizes.read()).to.deep.equal({ ...first, problem: "Cannot: broken" });
        expect(sizes.state()).to.deep.equal({ at: first.at, problem: "Cannot: broken" });
        expect(sizes.find("beta")).to.equal(first.bytes[0]);
      }
      // Once for each attempt, and each attempt is some seconds after the one before.
      expect(reported).to.have.length(2);
    } finally {
      await mendSizes();
    }
    time += 60_000;
    expect(await sizes.read()).to.include({ problem: null });
  });
});

// The operator page's server asks the database as few questions for 10,000 tenants as for ten, and answers
// the views that list tenants with no more than a page of them.

import { expect } from "chai";
import type { Fleet, FleetSizes, Migrations, TenantPage } from "../../admin/console/api.ts";
import { openTestConsole } from "../support/console/console.ts";
import { useDatabase } from "../support/database/database.ts";
import { until } from "../support/until.ts";

const TENANTS = 10_000;
const SIZES = "/api/fleet/sizes";
// One of them reads the recorded names of the migrations.
const VIEWS: Readonly<Record<string, number>> = {
  "/api/fleet": 5,
  // Kept for a while.
  [SIZES]: 0,
  "/api/tenants": 2,
  "/api/tenants?search=t0099&sort=host&order=desc&limit=200": 2,
  "/api/tenants?sort=bytes&order=desc&offset=9000": 2,
  "/api/tenants?sort=host&order=desc": 2,
  "/api/tenants?only=failed": 2,
  // The tenant, the transaction that reads its tables, and its last changes.
  "/api/tenants/t00001": 5,
  "/api/migrations": 3,
};

describe("console with 10,000 tenants", () => {
  const database = useDatabase();

  /** Rows of the registry alone: what is counted are questions, and they are of the registry. */
  const addRows = (from: number, to: number): Promise<unknown> =>
    database.sql(
      `insert into rowhouse.tenant_migration (position, name) values (1, '0001-data') on conflict do nothing`,
      `insert into rowhouse.tenant (schema_name, role_name, version)
         select 't' || to_char(i, 'FM00000'), 'rh_' || i, i % 2 from generate_series(${from}, ${to}) as i`,
      `insert into rowhouse.domain (host, schema_name, role_name, status, statement_timeout_ms)
         select schema_name || '.example.com', schema_name, role_name, status, statement_timeout_ms
           from rowhouse.tenant as t on conflict do nothing`,
      `insert into rowhouse.migration_run (run_id, schema_name, from_version, to_version, outcome, ms, message)
         select gen_random_uuid(), schema_name, 0, 2, 'failed', 1, 'no' from rowhouse.tenant`,
    );

  /** How many questions each view asks. */
  const countQuestions = async (): Promise<Record<string, number>> => {
    const counts: Record<string, number> = {};
    const console = await openTestConsole(database.adminUrl);
    let asked = 0;
    try {
      await console.get("/api/migrations"); // what is asked once
      console.registry.sequelize.addHook("beforeQuery", () => void (asked += 1));
      await console.get(SIZES);
      // Begin and commit; the same for an estimate, where that came first. What is within a transaction is not counted.
      expect(asked).to.be.within(2, 4);
      await until("the sizes are not measured", async () => {
        return !(await console.get<FleetSizes>(SIZES)).estimated;
      });
      for (const path of Object.keys(VIEWS)) {
        asked = 0;
        await console.get(path);
        counts[path] = asked;
      }
    } finally {
      await console.close();
    }
    return counts;
  };

  it("asks the same few questions for each view, however many there are", async () => {
    await addRows(1, 10);
    expect(await countQuestions()).to.deep.equal(VIEWS);
    await addRows(11, TENANTS);
    expect(await countQuestions()).to.deep.equal(VIEWS);
  });

  it("answers with a page of them, and with all of them where the page draws all", async () => {
    const console = await openTestConsole(database.adminUrl);
    try {
      const fleet = await console.get<Fleet>("/api/fleet");
      expect(fleet.tenants).to.equal(TENANTS);
      expect(fleet.attention).to.include({ behind: TENANTS, failed: TENANTS, inTransition: 0 });
      expect(fleet.attention.tenants).to.have.length(200);
      const page = await console.get<TenantPage>("/api/tenants?search=example.com&offset=9990");
      expect([page.total, page.tenants.length]).to.deep.equal([TENANTS, 10]);
      const sizes = await console.get<FleetSizes>("/api/fleet/sizes");
      expect([sizes.schemaNames.length, sizes.bytes.length]).to.deep.equal([TENANTS, TENANTS]);
      const migrations = await console.get<Migrations>("/api/migrations");
      expect([migrations.behind, migrations.tenants.length]).to.deep.equal([TENANTS, 200]);
    } finally {
      await console.close();
    }
  });
});

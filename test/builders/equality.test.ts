// One program on Rowhouse's adapters and on the builders' own drivers: every result and its type is the same.

import { drizzle as nodePostgres } from "drizzle-orm/node-postgres";
import { drizzle as postgresJs } from "drizzle-orm/postgres-js";
import { expect } from "chai";
import { Kysely, PostgresDialect } from "kysely";
import process from "node:process";
import pg from "pg";
import postgres from "postgres";
import { drizzle } from "../../src/builders/drizzle/drizzle.ts";
import { kysely } from "../../src/builders/kysely/kysely.ts";
import { openDatabase, type OpenDatabase } from "../../src/database/database.ts";
import { parseHost } from "../../src/host.ts";
import { createTenant, type Tenant } from "../../src/tenant.ts";
import { useDatabase } from "../support/database.ts";
import { runDrizzle } from "./drizzle-program.ts";
import { runKysely } from "./kysely-program.ts";
import { makeTables } from "./tables.ts";

const SCHEMAS = ["kysely", "kysely_pg", "drizzle", "drizzle_pg", "drizzle_js"];

describe("the programs of", () => {
  const test = useDatabase(Object.fromEntries(SCHEMAS.map((name) => [name, `${name.replace("_", "-")}.test`])));
  const zone = process.env["TZ"];
  let database: OpenDatabase;
  const pools: pg.Pool[] = [];

  const tenantOf = (schema: string): Tenant =>
    createTenant(database, parseHost(`${schema.replace("_", "-")}.test`));
  const poolOf = (schema: string): pg.Pool => {
    const pool = new pg.Pool({
      connectionString: test.adminUrl,
      options: `-c search_path=${schema}`,
    });
    pools.push(pool);
    return pool;
  };

  before(async () => {
    // Where a driver reads or writes local time, it shows.
    process.env["TZ"] = "America/New_York";
    for (const schema of SCHEMAS) await test.sql(...makeTables(schema));
    database = openDatabase({ url: test.serviceUrl });
  });

  after(async () => {
    if (zone === undefined) delete process.env["TZ"];
    else process.env["TZ"] = zone;
    await Promise.all(pools.map((pool) => pool.end()));
    await database.close(1);
  });

  it("Kysely give the same on Rowhouse and on node-postgres", async () => {
    const own = await runKysely(
      <T>() => new Kysely<T>({ dialect: new PostgresDialect({ pool: poolOf("kysely_pg") }) }),
    );
    const ours = await runKysely(<T>() => kysely<T>(tenantOf("kysely")));
    expect(Object.fromEntries(ours)).to.deep.equal(Object.fromEntries(own));
  });

  it("Drizzle give the same on Rowhouse, on node-postgres and on postgres.js", async () => {
    const ours = await runDrizzle((schema) => drizzle(tenantOf("drizzle"), { schema }));
    const pool = poolOf("drizzle_pg");
    const own = await runDrizzle((schema) => nodePostgres(pool, { schema }));
    expect(Object.fromEntries(ours)).to.deep.equal(Object.fromEntries(own));
    const sql = postgres(test.adminUrl, {
      connection: { search_path: "drizzle_js" },
      onnotice: () => {},
    });
    const js = await runDrizzle((schema) => postgresJs(sql, { schema }));
    await sql.end();
    expect(Object.fromEntries(ours)).to.deep.equal(Object.fromEntries(js));
  });
});

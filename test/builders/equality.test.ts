// One program on Rowhouse's adapters and on the builders' own drivers: every result and its type is the same. What is
// not the same stands in the page's table, with what both give.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { expect } from "chai";
import { drizzle as nodePostgres } from "drizzle-orm/node-postgres";
import { drizzle as postgresJs } from "drizzle-orm/postgres-js";
import { Kysely, PostgresDialect } from "kysely";
import pg from "pg";
import postgres from "postgres";
import { drizzle } from "../../src/builders/drizzle/drizzle.ts";
import { kysely } from "../../src/builders/kysely/kysely.ts";
import { type OpenDatabase } from "../../src/database/database.ts";
import { openDatabase } from "../../src/database/open-database.ts";
import { parseHost } from "../../src/host.ts";
import { createTenant, type Tenant } from "../../src/tenant.ts";
import { ROOT } from "../support/pages/checkout.ts";
import { useDatabase } from "../support/database/database.ts";
import {
  type AnyDrizzle,
  type AnyKysely,
  type Difference,
  give,
  OF_DRIZZLE,
  OF_KYSELY,
  OF_POSTGRES_JS,
} from "./differences.ts";
import { runDrizzle } from "./drizzle-program.ts";
import { runKysely } from "./kysely-program.ts";
import { makeTables } from "./tables.ts";

const SCHEMAS = ["ours", "pg", "kysely", "drizzle"];

/** The rows of the page's table: the driver, what differs, and what both give. */
function readTable(): readonly string[] {
  const page = readFileSync(join(ROOT, "src/builders/README.md"), "utf8");
  const [, table = ""] = /\n## What is different\n.*?\n(\|.*?)\n\n/s.exec(page) ?? [];
  return table
    .split("\n")
    .slice(2)
    .map((line) =>
      line
        .split(/(?<!\\)\|/)
        .slice(1, 5)
        .map((cell) => cell.trim())
        .join(" | "),
    );
}

describe("one program on two drivers", () => {
  const test = useDatabase(Object.fromEntries(SCHEMAS.map((name) => [name, `${name}.test`])));
  const zone = process.env["TZ"];
  const ends: (() => Promise<unknown>)[] = [];
  let database: OpenDatabase;

  const tenantOf = (schema: string): Tenant => createTenant(database, parseHost(`${schema}.test`));
  const poolOf = (schema: string): pg.Pool => {
    const options = `-c search_path=${schema}`;
    const pool = new pg.Pool({ connectionString: test.adminUrl, options, max: 2 });
    ends.push(() => pool.end());
    return pool;
  };
  const ownKysely = <T>(schema: string): Kysely<T> =>
    new Kysely<T>({ dialect: new PostgresDialect({ pool: poolOf(schema) }) });
  const openPostgresJs = (schema: string): postgres.Sql => {
    const connection = { search_path: schema };
    const sql = postgres(test.adminUrl, { connection, onnotice: () => {}, max: 2 });
    ends.push(() => sql.end());
    return sql;
  };

  before(async () => {
    // A driver that reads or writes local time then gives another instant.
    process.env["TZ"] = "America/New_York";
    database = openDatabase({ url: test.serviceUrl });
    ends.push(() => database.close(1));
  });

  beforeEach(async () => {
    for (const schema of SCHEMAS) {
      await test.sql(
        `drop schema ${schema} cascade`,
        `create schema ${schema}`,
        `grant usage on schema ${schema} to public`,
        ...makeTables(schema),
      );
    }
  });

  after(async () => {
    if (zone === undefined) delete process.env["TZ"];
    else process.env["TZ"] = zone;
    for (const end of ends) await end();
  });

  it("Kysely gives the same on Rowhouse and on node-postgres", async () => {
    const ours = await runKysely(<T>() => kysely<T>(tenantOf("ours")));
    expect(ours.size).to.be.greaterThan(30);
    const own = await runKysely(<T>() => ownKysely<T>("pg"));
    expect(Object.fromEntries(ours)).to.deep.equal(Object.fromEntries(own));
  });

  it("Drizzle gives the same on Rowhouse and on node-postgres", async () => {
    const ours = await runDrizzle((schema) => drizzle(tenantOf("ours"), { schema }));
    expect(ours.size).to.be.greaterThan(30);
    const pool = poolOf("pg");
    const own = await runDrizzle((schema) => nodePostgres(pool, { schema }));
    expect(Object.fromEntries(ours)).to.deep.equal(Object.fromEntries(own));
  });

  it("Drizzle gives the same on Rowhouse and on postgres.js", async () => {
    const ours = await runDrizzle((schema) => drizzle(tenantOf("ours"), { schema }));
    const sql = openPostgresJs("pg");
    const own = await runDrizzle((schema) => postgresJs(sql, { schema }));
    expect(Object.fromEntries(ours)).to.deep.equal(Object.fromEntries(own));
  });

  it("whatever is different stands in the page's table, with what both give", async () => {
    const found: string[] = [];
    const compare = async <Db>(
      driver: string,
      differences: readonly Difference<Db>[],
      own: Db,
      ours: Db,
    ): Promise<void> => {
      for (const difference of differences) {
        const [theirs, mine] = [await give(difference, own), await give(difference, ours)];
        expect(mine, difference.what).to.not.equal(theirs);
        found.push(`${driver} | ${difference.what} | \`${theirs}\` | \`${mine}\``);
      }
    };
    const tenant = tenantOf("ours");
    const onRowhouse = drizzle(tenant);
    await compare<AnyKysely>("Kysely", OF_KYSELY, ownKysely("kysely"), kysely(tenant));
    const pool = poolOf("drizzle");
    await compare<AnyDrizzle>("Drizzle", OF_DRIZZLE, nodePostgres(pool), onRowhouse);
    const sql = openPostgresJs("drizzle");
    await compare<AnyDrizzle>("Drizzle, postgres.js", OF_POSTGRES_JS, postgresJs(sql), onRowhouse);
    expect(readTable()).to.deep.equal(found);
  });
});

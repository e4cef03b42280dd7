// Drift where migrations make names of the schema's name: PostgreSQL cuts them at 63 bytes, and they keep the name that
// the schema had when they were made.

import { expect } from "chai";
import { renameTenant } from "../../admin/rename/rename.ts";
import { type Drift, findDrift } from "../../admin/inspect/drift.ts";
import { createTenant } from "../../admin/lifecycle/tenant.ts";
import { loadTenantMigrations } from "../../admin/migrations/ordered.ts";
import { createTestDatabase, type TestDatabase } from "../support/database/database.ts";
import { makeMigrations, type MigrationsFolder } from "../support/sql/migrations.ts";
import { useRegistry } from "../support/database/use-registry.ts";

const TAIL = "notification_preferences_by_channel_and_user";

describe("drift and names made of the schema's name", () => {
  let database: TestDatabase;
  let migrations: MigrationsFolder;

  before(async () => {
    migrations = await makeMigrations();
    await migrations.write("0001-named", [
      'create table "${schema}"."${schema}_log" (id int primary key, user_id int, team_id int)',
      // With a name of 49 bytes, both would be cut to one.
      `create index "\${schema}_${TAIL}_a" on "\${schema}"."\${schema}_log" (user_id)`,
      `create index "\${schema}_${TAIL}_b" on "\${schema}"."\${schema}_log" (team_id)`,
      'create table "${schema}".line (log int references "${schema}"."${schema}_log", n int constraint "${schema}_n" check (n > 0))',
      'create view "${schema}"."${schema}_view" as select * from "${schema}"."${schema}_log"',
      'create type "${schema}"."${schema}_mood" as enum (\'ok\')',
      'create sequence "${schema}"."${schema}_ids"',
      'create index by_n on "${schema}".line (n)',
    ]);
    database = await createTestDatabase();
    await withRich(async (registry) => {
      for (const name of ["acme", "b", "a_longer_name"]) {
        await createTenant(registry, name, [`${name.replaceAll("_", "-")}.example`]);
      }
    });
  });

  after(async () => {
    await database.drop();
    await migrations.remove();
  });

  const withRich = useRegistry(
    () => database.adminUrl,
    () => migrations.folder,
  );
  const find = (...names: readonly string[]): Promise<Drift> =>
    withRich(async (registry) =>
      findDrift(
        registry,
        await loadTenantMigrations(registry),
        names.map((schemaName) => ({ schemaName, version: 1 })),
      ),
    );

  it("findDrift() makes references with names as long as each tenant's", async () => {
    expect(await find("acme", "b", "a_longer_name")).to.deep.equal({
      compared: 3,
      drifted: [],
      notCompared: [],
    });
  });

  for (const after of ["acme_incorporated_in_another_state", "ac"]) {
    it(`findDrift() finds none in a tenant that was renamed to "${after}"`, async () => {
      await withRich((registry) => renameTenant(registry, "acme", after));
      expect((await find(after, "b")).drifted).to.deep.equal([]);
      await database.sql(`drop index ${after}.by_n`, `alter table ${after}.line add m int`);
      const { drifted } = await find(after);
      expect(drifted[0]?.differences).to.deep.equal([
        `table "line": column "m" integer is not in version 1`,
        `table "line": index "by_n" is missing`,
      ]);
      await database.sql(
        `alter table ${after}.line drop m`,
        `create index by_n on ${after}.line (n)`,
      );
      // Of two names that would be cut to one, the second stays as it was.
      const [index] = await database.sql<{ name: string }>(
        `select indexname as name from pg_indexes where schemaname = '${after}' and indexdef like '%(user_id)'`,
      );
      await database.sql(
        `drop index ${after}.${index?.name}`,
        `create index ${index?.name} on ${after}.acme_log (team_id)`,
      );
      expect((await find(after)).drifted).to.have.length(1);
      await database.sql(
        `drop index ${after}.${index?.name}`,
        `create index ${index?.name} on ${after}.acme_log (user_id)`,
      );
      expect((await find(after)).drifted).to.deep.equal([]);
      await withRich((registry) => renameTenant(registry, after, "acme"));
      expect((await find("acme")).drifted).to.deep.equal([]);
    });
  }
});

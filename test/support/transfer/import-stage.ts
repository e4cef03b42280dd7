// An archive of a tenant "shop", and a place for what becomes of it: the tenant "made".

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Registry, withRegistry } from "../../../admin/registry/registry.ts";
import { exportTenant } from "../../../admin/transfer/export-tenant.ts";
import type { ImportOptions } from "../../../admin/transfer/import-archive.ts";
import { importTenant } from "../../../admin/transfer/import-tenant.ts";
import { createTestDatabase, type TestDatabase } from "../database/database.ts";
import type { MigrationsFolder } from "../sql/migrations.ts";
import { fillShop, makeShop } from "./shop.ts";

/** A database with the tenant "shop", and its archive. Whoever opened it closes it. */
export interface ImportStage {
  readonly database: TestDatabase;
  readonly shop: MigrationsFolder;
  readonly folder: string;
  /** The archive, to be left as it is. */
  readonly whole: string;
  /** Where a damaged one is written. */
  readonly broken: string;
  /** Runs `work` with the registry, for the shop's migrations. */
  withShop<T>(work: (registry: Registry) => Promise<T>): Promise<T>;
  /** Imports a file as the tenant "made". */
  importMade(registry: Registry, file: string, wanted?: Partial<ImportOptions>): Promise<unknown>;
  /** What there is of the tenant "made". */
  readMade(): Promise<Record<string, unknown>[]>;
  removeMade(): Promise<void>;
  close(): Promise<void>;
}

/** Makes all of it. */
export async function openImportStage(): Promise<ImportStage> {
  const folder = await mkdtemp(join(tmpdir(), "rowhouse-import-"));
  const whole = join(folder, "whole.zip");
  const shop = await makeShop();
  const database = await createTestDatabase();
  const withShop: ImportStage["withShop"] = (work) =>
    withRegistry(database.adminUrl, work, shop.folder);
  await database.addTenants({ shop: "shop.example.com" }, shop.folder);
  await fillShop(database, "shop");
  await withShop((registry) => exportTenant(registry, "shop", whole));
  return {
    database,
    shop,
    folder,
    whole,
    broken: join(folder, "broken.zip"),
    withShop,
    importMade: (registry, file, wanted = {}) =>
      importTenant(registry, file, { schemaName: "made", hosts: ["made.example.com"], ...wanted }),
    readMade: () =>
      database.sql(
        `select schema_name::text as left from rowhouse.tenant where schema_name = 'made'
     union all select host from rowhouse.domain where host = 'made.example.com'
     union all select nspname::text from pg_namespace where nspname = 'made'
     union all select rolname::text from pg_roles where rolname =
       (select 'rh_' || oid || '_made' from pg_database where datname = current_database())`,
      ),
    async removeMade() {
      const [role] = await database.sql<{ name: string }>(
        "select role_name as name from rowhouse.tenant where schema_name = 'made'",
      );
      await database.sql(
        "delete from rowhouse.domain where schema_name = 'made'",
        "delete from rowhouse.tenant where schema_name = 'made'",
        "drop schema made cascade",
        `drop owned by "${role?.name}"`,
        `drop role "${role?.name}"`,
      );
    },
    async close() {
      await database.drop();
      await shop.remove();
      await rm(folder, { recursive: true });
    },
  };
}

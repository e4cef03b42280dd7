// Brings the schema of a new tenant to a version, within transactions of the caller.

import { applyMigration, type Site } from "../migrations/commands/apply.ts";
import type { PlacedMigration } from "../migrations/folder/migration.ts";
import { recordMigrations } from "../migrations/recorded.ts";
import { applyTogether, cutParts } from "../migrations/commands/together.ts";
import { query, type Registry } from "../registry/registry.ts";
import type { Creation } from "./creation.ts";
import type { Transaction } from "../registry/connection/transaction-client.ts";

/** Returns where the migrations of a new tenant run. */
export function siteOf(
  registry: Registry,
  { migrations, traces }: Creation,
  schemaName: string,
): Site {
  const { sharedSchemas } = migrations;
  return { registry, schemaName, sharedSchemas, note: traces.begin(schemaName) };
}

/** Runs the migrations of a new schema in one transaction, as many as may in one message. */
export async function applyAll(
  site: Site,
  transaction: Transaction,
  migrations: readonly PlacedMigration[],
): Promise<void> {
  const path = { isSet: false };
  for (const part of cutParts(migrations)) {
    if (await applyTogether(site, transaction, part)) {
      path.isSet = false;
      continue;
    }
    for (const migration of part) {
      await applyMigration({ ...site, path }, transaction, migration, "up");
    }
  }
}

/**
 * Records that tenants have these migrations, and writes their version.
 * @param migrations neighbours, by ascending position
 */
export async function reachVersion(
  transaction: Transaction,
  schemaNames: readonly string[],
  migrations: readonly PlacedMigration[],
): Promise<void> {
  if (migrations.length === 0) return;
  await recordMigrations(transaction, migrations);
  const text = "update rowhouse.tenant set version = $2 where schema_name = any($1::text[])";
  await query(transaction, text, [schemaNames, migrations.at(-1)?.position]);
}

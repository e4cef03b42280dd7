// The schema of a reference. It is made in one transaction that is always rolled back. Where migrations may not share
// one, it is made as a tenant is made, under a row of the registry that keeps it from being served and lets a later run
// remove it.

import { randomInt } from "node:crypto";
import { undone } from "../../batch/undone.ts";
import { STAY_ON_NODE } from "../../citus/sql.ts";
import { applyMigration, type Site } from "../../migrations/commands/apply.ts";
import { adviceFor, describePlace, MigrationFailure } from "../../migrations/commands/failure.ts";
import type { TenantMigrations } from "../../migrations/ordered.ts";
import type { PlacedMigration } from "../../migrations/folder/migration.ts";
import { applyOutside } from "../../migrations/commands/outside.ts";
import { cutStages, mayNotShare } from "../../migrations/stages.ts";
import { withTemporary } from "../../migrations/unfinished.ts";
import { query, type Registry } from "../../registry/registry.ts";
import { readAdminRole } from "../../registry/roles/service-role.ts";
import type { Transaction } from "../../registry/connection/transaction-client.ts";

/** The error of a migration that fails while a reference is made; its message is one line. */
export class ReferenceFailure extends Error {
  override readonly name = "ReferenceFailure";
}

/** Called with the schema at each version, in a transaction. */
export type VisitVersion = (
  version: number,
  transaction: Transaction,
  schemaName: string,
) => Promise<void>;

type Order = Pick<TenantMigrations, "ordered" | "sharedSchemas"> & { readonly registry: Registry };

const LOCK_TIMEOUT_MS = 5000;

// Rare letters, so that a short name of them occurs in texts only where the schema is meant.
const LETTERS = "qxzjkvw";
const OTHERS = `${LETTERS}0123456789`;

/**
 * Makes a schema by all migrations of the order, shows it at each version, and removes it.
 * @param length of the schema's name
 * @throws {ReferenceFailure} when a migration fails
 */
export async function raiseReference(
  order: Order,
  length: number,
  visit: VisitVersion,
): Promise<void> {
  const [first, ...others] = cutStages(order.ordered, "all");
  if (others.length === 0 && first?.isTransactional !== false) {
    try {
      return await raiseUndone(order, length, visit);
    } catch (error) {
      if (!(error instanceof ReferenceFailure) || !mayNotShare(error.cause)) throw error;
    }
  }
  return raiseApart(order, length, visit);
}

function raiseUndone(order: Order, length: number, visit: VisitVersion): Promise<void> {
  return undone(order.registry, async (transaction) => {
    await query(transaction, `set local lock_timeout = ${LOCK_TIMEOUT_MS};${STAY_ON_NODE}`);
    const schemaName = await pickName(transaction, length);
    await query(transaction, `create schema "${schemaName}"`);
    await visit(0, transaction, schemaName);
    for (const migration of order.ordered) {
      await apply(siteOf(order, schemaName), transaction, migration);
      await visit(migration.position, transaction, schemaName);
    }
  });
}

async function raiseApart(order: Order, length: number, visit: VisitVersion): Promise<void> {
  const { registry, ordered } = order;
  const { withTransaction } = registry;
  const { schemaName, citus } = await withTransaction(async (transaction) => ({
    ...(await readAdminRole(transaction)),
    schemaName: await pickName(transaction, length),
  }));
  const site = siteOf(order, schemaName);
  await withTemporary(registry, schemaName, "build the reference schema", async () => {
    await withTransaction(async (transaction) => {
      await query(
        transaction,
        `insert into rowhouse.tenant (schema_name, role_name, status, transition)
         values ($1, current_user, 'suspended', 'arriving')`,
        [schemaName],
      );
      await query(transaction, `${STAY_ON_NODE};create schema "${schemaName}"`);
      await visit(0, transaction, schemaName);
    });
    for (const migration of ordered) {
      const { isTransactional, position } = migration;
      if (!isTransactional) {
        await explain(migration, schemaName, () => applyOutside(site, migration, "up"));
      }
      await withTransaction(async (transaction) => {
        if (citus) await query(transaction, STAY_ON_NODE);
        if (isTransactional) await apply(site, transaction, migration);
        await visit(position, transaction, schemaName);
      });
    }
  });
}

function siteOf({ registry, sharedSchemas }: Order, schemaName: string): Site {
  return { registry, schemaName, sharedSchemas };
}

/** Picks an unused name. */
async function pickName(transaction: Transaction, length: number): Promise<string> {
  const pick = (from: string): string => from.charAt(randomInt(from.length));
  for (;;) {
    let name = pick(LETTERS);
    while (name.length < length) name += pick(OTHERS);
    const taken = await query(
      transaction,
      `select from pg_catalog.pg_namespace where nspname = $1
       union all select from rowhouse.tenant where schema_name = $1`,
      [name],
    );
    if (taken.length === 0) return name;
  }
}

function apply(site: Site, transaction: Transaction, migration: PlacedMigration): Promise<void> {
  return explain(migration, site.schemaName, () =>
    applyMigration(site, transaction, migration, "up"),
  );
}

async function explain(
  { name }: PlacedMigration,
  schemaName: string,
  work: () => Promise<void>,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof MigrationFailure)) throw error;
    const { where, reason, sqlstate } = error;
    const told = reason.replaceAll(schemaName, "the reference");
    throw new ReferenceFailure(
      `Cannot build the reference schema: migration ${name} fails: ${describePlace(where)}: ${told}` +
        `${sqlstate === undefined ? "" : ` (SQLSTATE ${sqlstate})`}${adviceFor(sqlstate)}; mend it: status and migrate go without the reference ` +
        "with --no-drift",
      { cause: error },
    );
  }
}

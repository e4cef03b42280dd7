// The names of the migrations that tenants have, `rowhouse.tenant_migration`: position, name and checksum in the order
// in which they were first applied. A tenant's version is a position. A name binds while a tenant is at its position or
// beyond it; the next migration at the position replaces a name that does not bind.

import { type NewEvent, queryWithEvent } from "../events/event.ts";
import { AdminError } from "../registry/admin-error.ts";
import { databaseCode } from "../registry/database-code.ts";
import { query, readRows, type Registry } from "../registry/registry.ts";
import type { PlacedMigration } from "./folder/migration.ts";
import type { Transaction } from "../registry/connection/transaction-client.ts";

/** A recorded name. */
export interface RecordedMigration {
  readonly position: number;
  readonly name: string;
  /** Null for a module, and for what an older registry recorded. */
  readonly checksum: string | null;
}

/** What the registry knows beside its tenants. */
export interface Recorded {
  /** The names that bind, by position. */
  readonly recorded: readonly RecordedMigration[];
  readonly sharedSchemas: readonly string[];
  /** The extensions that every migration finds: those in a shared schema, and PostgreSQL's own. */
  readonly extensions: readonly string[];
}

/** An SQL condition on `tenant_migration as m`: the name binds. */
const BINDS = "m.position between 1 and (select max(version) from rowhouse.tenant)";

/** Reads the names that bind, in one query. */
export async function readRecorded(registry: Registry): Promise<Recorded> {
  const [row] = await readRows<Recorded>(
    registry,
    `select coalesce((select jsonb_agg(jsonb_build_object(
           'position', m.position, 'name', m.name, 'checksum', m.checksum) order by m.position)
         from rowhouse.tenant_migration as m where ${BINDS}), '[]') as recorded,
       i.shared_schemas as "sharedSchemas",
       array(select e.extname::text from pg_catalog.pg_extension as e
         join pg_catalog.pg_namespace as n on n.oid = e.extnamespace
         where n.nspname = 'pg_catalog' or n.nspname = any(i.shared_schemas)) as extensions
       from rowhouse.installation as i`,
  );
  return row ?? { recorded: [], sharedSchemas: [], extensions: [] };
}

/** Whether a migration is the recorded one, as far as both have a checksum. */
export function isSame(
  { name, checksum }: Pick<PlacedMigration, "name" | "checksum">,
  recorded: RecordedMigration,
): boolean {
  const isEqual = recorded.checksum === null || recorded.checksum === checksum;
  return name === recorded.name && isEqual;
}

/**
 * Records migrations that a transaction has applied, before it writes the tenants' versions. The wait for another
 * transaction that records the same names is as short as the rest of that transaction.
 * @param migrations neighbours, by ascending position
 * @throws {AdminError} when another run has recorded another name meanwhile
 */
export async function recordMigrations(
  transaction: Transaction,
  migrations: readonly PlacedMigration[],
): Promise<void> {
  const positions = migrations.map(({ position }) => position);
  const find = async (): Promise<ReadonlyMap<number, RecordedMigration>> => {
    const rows = await query<RecordedMigration>(
      transaction,
      "select position, name, checksum from rowhouse.tenant_migration where position = any($1::int[])",
      [positions],
    );
    return new Map(rows.map((row) => [row.position, row]));
  };
  let before = await find();
  const isKept = ({ position }: PlacedMigration): boolean => before.has(position);
  const findOther = (): PlacedMigration | undefined =>
    migrations.find((one) => isKept(one) && !isIn(before, one));
  if (findOther() !== undefined) {
    // Several tenants of one run may be the first at a position: one replaces the name, and the others find it.
    await query(transaction, "lock table rowhouse.tenant_migration in share row exclusive mode");
    before = await find();
  }
  const other = findOther();
  if (other === undefined && migrations.every(isKept)) return;
  if (other !== undefined) await forget(transaction, other);
  await query(
    transaction,
    `insert into rowhouse.tenant_migration (position, name, checksum)
     select * from unnest($1::int[], $2::text[], $3::text[]) on conflict do nothing`,
    [positions, migrations.map(({ name }) => name), migrations.map((one) => one.checksum ?? null)],
  );
  const after = await find();
  const lost = migrations.find((one) => !isIn(after, one));
  if (lost !== undefined) throw otherRun(lost);
}

function isIn(
  recorded: ReadonlyMap<number, RecordedMigration>,
  migration: PlacedMigration,
): boolean {
  const found = recorded.get(migration.position);
  return found !== undefined && isSame(migration, found);
}

/** Deletes the names from a position on. The foreign key of the tenants' versions keeps those that bind. */
async function forget(transaction: Transaction, migration: PlacedMigration): Promise<void> {
  const { position } = migration;
  const bound = await query(
    transaction,
    "select from rowhouse.tenant where version >= $1 limit 1",
    [position],
  );
  if (bound.length > 0) throw otherRun(migration);
  try {
    const text = "delete from rowhouse.tenant_migration where position >= $1";
    await query(transaction, text, [position]);
  } catch (error) {
    if (databaseCode(error) !== "23503") throw error;
    throw otherRun(migration);
  }
}

/**
 * Checks that the newest migration that any tenant has is the folder's, as it was when the folder was loaded.
 * @throws {AdminError} when another run has recorded another name meanwhile
 */
export async function requireNewest(
  registry: Registry,
  ordered: readonly PlacedMigration[],
): Promise<void> {
  const [newest] = await readRows<RecordedMigration>(
    registry,
    `select m.position, m.name, m.checksum from rowhouse.tenant_migration as m where ${BINDS}
      order by m.position desc limit 1`,
  );
  if (newest === undefined) return;
  const own = ordered[newest.position - 1];
  if (own === undefined || own.name !== newest.name) throw otherRun(newest);
}

/** The error when another run has recorded another name at a position. */
export function otherRun({
  name,
  position,
}: Pick<PlacedMigration, "name" | "position">): AdminError {
  return new AdminError(
    `Cannot apply migrations: number ${position}, "${name}", is not the same in another run with another folder at ` +
      "the same time; use one folder, and run again",
    { code: "migrations_invalid" },
  );
}

/** Replaces the recorded checksums of these migrations, after a person has accepted the edited files. */
export async function acceptEdited(
  registry: Registry,
  migrations: readonly PlacedMigration[],
): Promise<void> {
  const accepted = migrations.map(({ name }) => name);
  const details = { tenantMigrations: { accepted } };
  const event: NewEvent = { actor: registry.actor, verb: "migrate", schemaName: null, details };
  await registry.withTransaction((transaction) =>
    queryWithEvent(
      transaction,
      event,
      `update rowhouse.tenant_migration as m set checksum = e.checksum
         from unnest($1::text[], $2::text[]) as e (name, checksum) where m.name = e.name returning m.name`,
      [accepted, migrations.map(({ checksum }) => checksum ?? null)],
    ),
  );
}

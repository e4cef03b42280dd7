// The tables in which migration tools record what they ran. A tenant that another tool made has them beside its own
// tables, and Rowhouse's migrations never make them: they do not count as a difference.

import type { Fingerprint } from "./fingerprint.ts";

/** The tables by tool. */
const TABLES: Readonly<Record<string, readonly string[]>> = {
  Alembic: ["alembic_version"],
  Django: ["django_migrations"],
  Drizzle: ["__drizzle_migrations"],
  Flyway: ["flyway_schema_history"],
  goose: ["goose_db_version"],
  knex: ["knex_migrations", "knex_migrations_lock"],
  Liquibase: ["databasechangelog", "databasechangeloglock"],
  "node-pg-migrate": ["pgmigrations"],
  Prisma: ["_prisma_migrations"],
  "Rails, Ecto, dbmate, golang-migrate": ["schema_migrations", "ar_internal_metadata"],
  Sequelize: ["SequelizeMeta"],
  sqlx: ["_sqlx_migrations"],
};

const NAMES = Object.values(TABLES).flat().join("|");

/** A regular expression, for PostgreSQL and JavaScript: the owners of such objects in a fingerprint. */
export const BOOKKEEPING: string = `^(table|sequence) "(${NAMES})(_[a-z]+_seq)?"$`;

const OWNER = new RegExp(BOOKKEEPING);

/** Returns the objects of a fingerprint that do not belong to a migration tool. */
export function withoutBookkeeping(objects: Fingerprint): Fingerprint {
  return objects.filter(({ owner }) => !OWNER.test(owner));
}

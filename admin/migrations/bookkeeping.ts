// The tables in which migration tools record what they have run. Rowhouse's migrations must not touch them, and a
// tenant that another tool made may have them.

const TABLES: Readonly<Record<string, readonly string[]>> = {
  Alembic: ["alembic_version"],
  Atlas: ["atlas_schema_revisions"],
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

/** The names of these tables. */
export const BOOKKEEPING_TABLES: readonly string[] = Object.values(TABLES).flat();

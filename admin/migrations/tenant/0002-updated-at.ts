// When each entry was last written. The statements keep it, by the default and in ON CONFLICT.

import { DataTypes, literal } from "sequelize";
import type { TenantMigration } from "../tenant-migrations.ts";

/** Adds the column `updated_at`; what is there counts as written now. PostgreSQL rewrites no row. */
export const up: TenantMigration["up"] = async ({ schema, queryInterface, transaction }) => {
  const column = { type: DataTypes.DATE, allowNull: false, defaultValue: literal("now()") };
  const table = { tableName: "data", schema };
  await queryInterface.addColumn(table, "updated_at", column, { transaction });
};

/** Drops the column, with what it knows. */
export const down: TenantMigration["down"] = async ({ schema, queryInterface, transaction }) => {
  const table = { tableName: "data", schema };
  await queryInterface.removeColumn(table, "updated_at", { transaction });
};

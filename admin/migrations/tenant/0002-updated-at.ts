// Adds the time of each entry's last write. The default and ON CONFLICT of the statements maintain it.

import { DataTypes, literal } from "sequelize";
import type { TenantMigration } from "../tenant-migrations.ts";

/** Adds the column `updated_at`; existing rows get the current time. PostgreSQL does not rewrite the rows. */
export const up: TenantMigration["up"] = async ({ schema, queryInterface, transaction }) => {
  const column = { type: DataTypes.DATE, allowNull: false, defaultValue: literal("now()") };
  const table = { tableName: "data", schema };
  await queryInterface.addColumn(table, "updated_at", column, { transaction });
};

/** Drops the column with its values. */
export const down: TenantMigration["down"] = async ({ schema, queryInterface, transaction }) => {
  const table = { tableName: "data", schema };
  await queryInterface.removeColumn(table, "updated_at", { transaction });
};

// The key-value store's table.

import { DataTypes } from "sequelize";
import type { TenantMigration } from "../tenant-migrations.ts";

/** Creates the table `data`. */
export const up: TenantMigration["up"] = async ({ schema, queryInterface, transaction }) => {
  const columns = {
    key: { type: DataTypes.INTEGER, primaryKey: true },
    value: { type: DataTypes.INTEGER, allowNull: false },
  };
  await queryInterface.createTable({ tableName: "data", schema }, columns, { transaction });
};

/** Drops the table `data`, with its rows. */
export const down: TenantMigration["down"] = async ({ schema, queryInterface, transaction }) => {
  await queryInterface.dropTable({ tableName: "data", schema }, { transaction });
};

// The Sequelize models of the registry. This file alone loads Sequelize, when a verb first needs a model or a transaction.

import { createRequire } from "node:module";
import type pg from "pg";
import type * as sequelizeModule from "sequelize";
import type { ModelStatic, Sequelize } from "sequelize";
import type { ServerConnection } from "./connection.ts";
import { markedClient } from "./marked-client.ts";
import type { DomainRow, TenantModel } from "../rows.ts";
import { isReusable } from "./transaction-client.ts";

const require = createRequire(import.meta.url);

/** Sequelize and the models of the registry. */
export interface Models {
  readonly sequelize: Sequelize;
  readonly Tenant: ModelStatic<TenantModel>;
  readonly Domain: ModelStatic<DomainRow>;
}

/**
 * Loads Sequelize and defines the models. It does not connect yet; the caller closes `sequelize`.
 * @param database its name
 * @param pool the maximum number of connections, and how long one waits for more work before it is closed
 */
export function openModels(
  connection: ServerConnection,
  database: string,
  pool: { readonly most: number; readonly idleMs: number },
): Models {
  const driver = require("pg") as typeof pg;
  const { DataTypes, Sequelize } = require("sequelize") as typeof sequelizeModule;
  // The verbs ask the catalogs with many joins: PostgreSQL would spend more time on compiling than on the query.
  const Client = markedClient(driver, database, ["set jit = off"]);
  const { ssl, application_name, user, ...server } = connection;
  const settings = {
    ...server,
    username: user,
    dialect: "postgres" as const,
    // The oldest that is supported. Without it Sequelize opens a connection more, to ask for the version alone.
    databaseVersion: "15.0.0",
    dialectModule: { ...driver, Client },
    logging: false as const,
    pool: { max: pool.most, idle: pool.idleMs, validate: isReusable },
    dialectOptions: { ssl, application_name, connectionTimeoutMillis: 10_000 },
  };
  const sequelize = new Sequelize(settings);
  readFewTypes(sequelize);
  const options = { schema: "rowhouse", timestamps: false, underscored: true };
  const status = { type: DataTypes.TEXT, allowNull: false };
  const Tenant = sequelize.define<TenantModel>(
    "Tenant",
    {
      schemaName: { type: DataTypes.TEXT, primaryKey: true },
      roleName: { type: DataTypes.TEXT, allowNull: false },
      status,
      version: { type: DataTypes.INTEGER, allowNull: false },
      statementTimeoutMs: { type: DataTypes.INTEGER, allowNull: false },
      settings: { type: DataTypes.JSONB, allowNull: false },
      createdAt: { type: DataTypes.DATE, allowNull: false },
      transition: { type: DataTypes.TEXT },
      peer: { type: DataTypes.TEXT },
      transferId: { type: DataTypes.UUID },
      statusBefore: { type: DataTypes.TEXT },
    },
    { ...options, tableName: "tenant" },
  );
  const Domain = sequelize.define<DomainRow>(
    "Domain",
    {
      host: { type: DataTypes.TEXT, primaryKey: true },
      schemaName: { type: DataTypes.TEXT, allowNull: false },
      roleName: { type: DataTypes.TEXT },
      status: { type: DataTypes.TEXT },
      statementTimeoutMs: { type: DataTypes.INTEGER },
      database: { type: DataTypes.TEXT },
    },
    { ...options, tableName: "domain" },
  );
  return { sequelize, Tenant, Domain };
}

/**
 * Keeps Sequelize from reading the row types of all tables of all tenants, when it reads the types of the database with its
 * first connection. It uses none of them: only PostgreSQL's own types, those of extensions, enums, and what ranges are of.
 */
function readFewTypes(sequelize: Sequelize): void {
  const manager = Object(Reflect.get(sequelize, "connectionManager")) as object;
  const refresh: unknown = Reflect.get(manager, "_refreshDynamicOIDs");
  if (typeof refresh !== "function") return;
  Reflect.set(manager, "_refreshDynamicOIDs", (client: Pick<pg.Client, "query">): unknown => {
    const query = (text: string): unknown =>
      client.query(text.replace("WHERE (", `WHERE ${FEW_TYPES} AND (`));
    return Reflect.apply(refresh, manager, [{ query }]) as unknown;
  });
}

// Sequelize finds an array type in the row of its element. PostgreSQL's own types have lower numbers, and no rows in pg_depend.
// https://www.postgresql.org/docs/current/system-catalog-initial-data.html
const FEW_TYPES = `pg_type.typcategory <> 'A' AND pg_type.oid = ANY (ARRAY(
  SELECT oid FROM pg_type WHERE oid < 16384
  UNION SELECT enumtypid FROM pg_enum
  UNION SELECT rngsubtype FROM pg_range
  UNION SELECT objid FROM pg_depend WHERE classid = 'pg_type'::regclass AND deptype = 'e'
    AND refclassid = 'pg_extension'::regclass AND refobjid IN (SELECT oid FROM pg_extension)))`;

// The rows of the registry's tables.

import type { CreationOptional, InferAttributes, InferCreationAttributes, Model } from "sequelize";
import type { Settings, TenantStatus, Transition } from "./tenants/state.ts";

/** The model of `rowhouse.tenant`. */
export interface TenantModel extends Model<
  InferAttributes<TenantModel>,
  InferCreationAttributes<TenantModel>
> {
  schemaName: string;
  roleName: string;
  status: CreationOptional<TenantStatus>;
  /** The number of the newest tenant migration that the schema has. */
  version: CreationOptional<number>;
  statementTimeoutMs: CreationOptional<number>;
  settings: CreationOptional<Settings>;
  createdAt: CreationOptional<Date>;
  transition: CreationOptional<Transition | null>;
  /** The other database of a move, as host, port and name. */
  peer: CreationOptional<string | null>;
  /** Identifies one move in both databases. */
  transferId: CreationOptional<string | null>;
  /** The status that the tenant gets back when it is resumed or its move ends. */
  statusBefore: CreationOptional<TenantStatus | null>;
}

/** A row of `rowhouse.tenant`. */
export type TenantRow = InferAttributes<TenantModel>;

/**
 * A row of `rowhouse.domain`: a host, with copies of the tenant's columns that an entry needs; or the host of a tenant in
 * another database, whose copies are null.
 */
export interface DomainRow extends Model<
  InferAttributes<DomainRow>,
  InferCreationAttributes<DomainRow>
> {
  host: string;
  schemaName: string;
  roleName: CreationOptional<string | null>;
  status: CreationOptional<TenantStatus | null>;
  statementTimeoutMs: CreationOptional<number | null>;
  /** The database of the host's tenant; null for a tenant of this one. */
  database: CreationOptional<string | null>;
}

/** The one row of `rowhouse.installation`. */
export interface Installation {
  readonly serviceRole: string;
  readonly tenantRoles: boolean;
  /** The schemas that stand behind the tenant's own in the search_path, in this order. */
  readonly sharedSchemas: readonly string[];
}

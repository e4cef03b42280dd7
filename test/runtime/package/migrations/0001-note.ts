import type { TenantMigration } from "rowhouse/tenant-migrations";

export const up: TenantMigration["up"] = ({ schema, sql }) =>
  sql(`create table "${schema}".note (id serial primary key, text text not null)`);

export const down: TenantMigration["down"] = ({ schema, sql }) =>
  sql(`drop table "${schema}".note`);

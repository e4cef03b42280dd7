// The example's table with a witness of its writes, which moves with the tenant: a row in public.witness of the same
// database, by the writing transaction itself, with the tenant's number, which is its value under key 0.

import * as example from "../../../admin/migrations/tenant/0001-data.ts";
import type { TenantMigration } from "../../../admin/migrations/tenant-migrations.ts";

/** Creates the table, and a trigger that sees every insert and update. */
export const up: TenantMigration["up"] = async (context) => {
  await example.up(context);
  const { schema, sql } = context;
  await sql(
    `create function "${schema}".witness() returns trigger language plpgsql as $$
     begin
       execute format('insert into public.witness select value, $1, $2 from %I.data where key = 0', tg_table_schema)
         using new.key, new.value;
       return null;
     end $$`,
  );
  await sql(
    `create trigger witness after insert or update on "${schema}".data
       for each row execute function "${schema}".witness()`,
  );
};

/** Drops the table and its witness. */
export const down: TenantMigration["down"] = async (context) => {
  await example.down?.(context);
  await context.sql(`drop function "${context.schema}".witness()`);
};

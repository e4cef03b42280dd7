// Pointers: the tenants that live in another database, and their hosts. An entry that finds a pointer runs nothing and
// names the database. A host is served here or points elsewhere, never both.

import type { RegistryMigration } from "../registry-migrations.ts";

/** Creates the table `pointer`, and lets a host's row and both look-ups of an entry name another database. */
export const up: RegistryMigration = async (sql) => {
  // A tenant may have a row here beside its pointer: what a move left behind, or is bringing back.
  await sql(`
    create table rowhouse.pointer (
      schema_name text primary key check (schema_name ~ '^[a-z_][a-z0-9_]{0,47}$'),
      database text not null check (database ~ '^[a-z][a-z0-9_]{0,30}$'),
      unique (schema_name, database)
    )`);
  await sql(`revoke all on rowhouse.pointer from public`);
  await sql(`alter table rowhouse.domain drop column entry`);
  // PostgreSQL checks a foreign key only where no column is null: a host's row refers to a tenant or to a pointer.
  await sql(`
    alter table rowhouse.domain
      add column database text,
      alter column role_name drop not null,
      alter column status drop not null,
      alter column statement_timeout_ms drop not null,
      add constraint domain_place_check check (
        num_nulls(role_name, status, statement_timeout_ms) = case when database is null then 0 else 3 end
        and (database is null or not has_settings)
      ),
      add constraint domain_pointer_fkey foreign key (schema_name, database)
        references rowhouse.pointer (schema_name, database) on update cascade on delete cascade`);
  // The fifth element is what the entry returns; null when the tenant's row must be read first. A pointer has its own
  // name there, because of several hosts the service must know which one was found. The status of a pointer is not a
  // tenant's, so that an active tenant's entry has nothing more to ask.
  await sql(`
    alter table rowhouse.domain add column entry text[] not null generated always as (array[
      schema_name, role_name, coalesce(status, 'moved'), statement_timeout_ms::text,
      case when database is not null then host
           when not has_settings and status <> 'read_only' then schema_name end,
      database
    ]) stored`);
  await sql(RESOLVE_SCHEMA);
};

// An exclamation mark says that a move alone keeps the tenant read-only: its writes may wait.
const RESOLVE_SCHEMA = `
  create or replace function rowhouse.resolve_schema(wanted text) returns text[]
  language plpgsql stable parallel restricted security definer
  set search_path = pg_catalog, pg_temp
  as $$
  declare
    found_entry text[];
    moved_entry text[];
    is_moved boolean;
  begin
    select array[t.schema_name, t.role_name, t.status, t.statement_timeout_ms::text,
          t.schema_name
          || case when t.status = 'read_only' and t.transition in ('moving', 'arriving') then '!' else '' end
          || case when t.has_settings then t.settings::text else '' end,
          null],
        t.status = 'suspended' and t.transition is not null
      into found_entry, is_moved from rowhouse.tenant as t where t.schema_name = wanted;
    if found and not is_moved then
      return found_entry;
    end if;
    select array[p.schema_name, null, 'moved', null, p.schema_name, p.database]
      into moved_entry from rowhouse.pointer as p where p.schema_name = wanted;
    return coalesce(moved_entry, found_entry);
  end
  $$`;

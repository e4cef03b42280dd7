// The settings of a tenant, which its handlers read, and the look-up of a tenant by its schema's name.

import type { RegistryMigration } from "../registry-migrations.ts";

/** Adds the settings to `tenant`, and lets an entry find a tenant by its schema and return its settings. */
export const up: RegistryMigration = async (sql) => {
  await sql(`
    alter table rowhouse.tenant add column settings jsonb not null default '{}'
      constraint tenant_settings_check
      check (jsonb_typeof(settings) = 'object' and octet_length(settings::text) <= 8192)`);
  // Most tenants have no settings, and a host's row says so: their entry reads nothing more than before.
  await sql(`
    alter table rowhouse.tenant add column has_settings boolean not null
      generated always as (settings <> '{}'::jsonb) stored`);
  await sql(`alter table rowhouse.domain add column has_settings boolean not null default false`);
  const keys = await sql<{ place: string; name: string }>(`
    select conrelid::regclass::text as place, quote_ident(conname) as name from pg_catalog.pg_constraint
     where (conrelid = 'rowhouse.domain'::regclass and contype = 'f')
        or (conrelid = 'rowhouse.tenant'::regclass and contype = 'u')
     order by contype`);
  for (const { place, name } of keys) await sql(`alter table ${place} drop constraint ${name}`);
  const copied = "schema_name, role_name, status, statement_timeout_ms, has_settings";
  await sql(`alter table rowhouse.tenant add constraint tenant_copied_key unique (${copied})`);
  await sql(`
    alter table rowhouse.domain add constraint domain_copied_fkey foreign key (${copied})
      references rowhouse.tenant (${copied}) on update cascade`);
  await sql(`alter table rowhouse.domain drop column entry`);
  // Its last element is what the entry returns; null when the settings must be read first.
  await sql(`
    alter table rowhouse.domain add column entry text[] not null generated always as (array[
      schema_name, role_name, status, statement_timeout_ms::text,
      case when not has_settings then schema_name end
    ]) stored`);
  await sql(RESOLVE_HOST);
  await sql(RESOLVE_SCHEMA);
  await sql(`revoke all on function rowhouse.resolve_schema(text) from public`);
};

// Runs as the registry's owner, so that the service role can resolve a host that it knows and read
// nothing else. https://www.postgresql.org/docs/current/sql-createfunction.html#SQL-CREATEFUNCTION-SECURITY
const RESOLVE_HOST = `
  create or replace function rowhouse.resolve_host(hosts text[]) returns text[]
  language plpgsql stable parallel restricted security definer
  set search_path = pg_catalog, pg_temp
  as $$
  declare
    candidate text;
    found_entry text[];
  begin
    foreach candidate in array hosts loop
      select d.entry into found_entry from rowhouse.domain as d where d.host = candidate;
      if found then
        if found_entry[5] is null then
          return rowhouse.resolve_schema(found_entry[1]);
        end if;
        return found_entry;
      end if;
    end loop;
    return null;
  end
  $$`;

const RESOLVE_SCHEMA = `
  create function rowhouse.resolve_schema(wanted text) returns text[]
  language plpgsql stable parallel restricted security definer
  set search_path = pg_catalog, pg_temp
  as $$
  declare
    found_entry text[];
  begin
    select array[t.schema_name, t.role_name, t.status, t.statement_timeout_ms::text,
        case when t.has_settings then t.schema_name || t.settings::text else t.schema_name end]
      into found_entry from rowhouse.tenant as t where t.schema_name = wanted;
    return found_entry;
  end
  $$`;

// Makes an entry cheaper: it reads one value of the host's row, and one condition checks that all settings are right.

import type { RegistryMigration } from "../registry-migrations.ts";

/** Adds the column `entry` to `domain`, and replaces both functions of an entry. */
export const up: RegistryMigration = async (sql) => {
  await sql(`
    alter table rowhouse.domain add column entry text[] not null
      generated always as (array[schema_name, role_name, status, statement_timeout_ms::text]) stored`);
  // Its result has another type, which no "create or replace" can give it.
  await sql(`drop function rowhouse.resolve_host(text[])`);
  await sql(RESOLVE_HOST);
  await sql(`revoke all on function rowhouse.resolve_host(text[]) from public`);
  await sql(ENTER_TENANT);
};

// Runs as the registry's owner, so that the service role can resolve a host that it knows and read
// nothing else. https://www.postgresql.org/docs/current/sql-createfunction.html#SQL-CREATEFUNCTION-SECURITY
const RESOLVE_HOST = `
  create function rowhouse.resolve_host(hosts text[]) returns text[]
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
        return found_entry;
      end if;
    end loop;
    return null;
  end
  $$`;

// Every name, operator and type is qualified: the session's search_path decides nothing here. The last
// settings are made in one expression, because each later one would be planned again under the
// tenant's search_path; the role comes last, because from then on the tenant's role is asked.
const ENTER_TENANT = `
  create or replace function rowhouse.enter_tenant(hosts text[]) returns text
  language plpgsql volatile parallel unsafe security invoker
  as $$
  declare
    entry pg_catalog.text[];
    entered_schema pg_catalog.text;
    ignored pg_catalog.text;
  begin
    if pg_catalog.current_setting('role') operator(pg_catalog.<>) 'none'
      or pg_catalog.current_setting('standard_conforming_strings') operator(pg_catalog.<>) 'on'
      or pg_catalog.current_setting('client_encoding') operator(pg_catalog.<>) 'UTF8'
      or pg_catalog.current_setting('transaction_read_only') operator(pg_catalog.<>) 'off'
      or pg_catalog.current_setting('bytea_output') operator(pg_catalog.<>) 'hex'
      or pg_catalog.current_setting('DateStyle') operator(pg_catalog.!~~) 'ISO%'
    then
      if pg_catalog.current_setting('role') operator(pg_catalog.<>) 'none' then
        raise exception using errcode = '42501', message = 'a tenant is entered already';
      end if;
      if pg_catalog.current_setting('standard_conforming_strings') operator(pg_catalog.<>) 'on'
        or pg_catalog.current_setting('client_encoding') operator(pg_catalog.<>) 'UTF8'
      then
        raise exception using errcode = 'RH500',
          message = 'standard_conforming_strings must be on and client_encoding UTF8';
      end if;
      if pg_catalog.current_setting('transaction_read_only') operator(pg_catalog.=) 'on' then
        perform rowhouse.reset_read_only();
      end if;
      ignored := pg_catalog.set_config('bytea_output', 'hex', true)
        operator(pg_catalog.||) pg_catalog.set_config('DateStyle', 'ISO', true);
    end if;

    entry := rowhouse.resolve_host(hosts);
    entered_schema := entry[1];
    if entered_schema is null then
      raise exception using errcode = 'RH404', message = 'no tenant has this host';
    end if;
    if entry[3] operator(pg_catalog.<>) 'active' then
      if entry[3] operator(pg_catalog.<>) 'read_only' then
        raise exception using errcode = 'RH403', message = 'the tenant is suspended';
      end if;
      ignored := pg_catalog.set_config('transaction_read_only', 'on', true);
    end if;

    ignored := pg_catalog.set_config('statement_timeout', entry[4], true)
      operator(pg_catalog.||) pg_catalog.set_config('search_path',
        '"' operator(pg_catalog.||) entered_schema operator(pg_catalog.||) '", pg_temp', true)
      operator(pg_catalog.||) pg_catalog.set_config('role', entry[2], true);
    return entered_schema;
  end
  $$`;

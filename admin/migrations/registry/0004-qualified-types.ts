// The entry, with the type of its variable qualified as well: PL/pgSQL looks types up in the session's search_path,
// where a schema of somebody's could have another "record".

import type { RegistryMigration } from "../registry-migrations.ts";

/** Replaces `enter_tenant`; who may call it stays as it is. */
export const up: RegistryMigration = async (sql) => {
  await sql(ENTER_TENANT);
};

// Every name, operator and type is qualified: the session's search_path decides nothing here. The last
// settings are made in one expression, because each later one would be planned anew under the
// tenant's search_path; the role comes last, because from then on the tenant's role is asked.
const ENTER_TENANT = `
  create or replace function rowhouse.enter_tenant(hosts text[]) returns text
  language plpgsql volatile parallel unsafe security invoker
  as $$
  declare
    entry pg_catalog.record;
    entered_schema pg_catalog.text;
    ignored pg_catalog.text;
  begin
    if pg_catalog.current_setting('role') operator(pg_catalog.<>) 'none' then
      raise exception using errcode = '42501', message = 'a tenant is entered already';
    end if;
    if pg_catalog.current_setting('standard_conforming_strings') operator(pg_catalog.<>) 'on'
      or pg_catalog.current_setting('client_encoding') operator(pg_catalog.<>) 'UTF8' then
      raise exception using errcode = 'RH500',
        message = 'standard_conforming_strings must be on and client_encoding UTF8';
    end if;

    entry := rowhouse.resolve_host(hosts);
    entered_schema := entry.schema_name;
    if entered_schema is null then
      raise exception using errcode = 'RH404', message = 'no tenant has this host';
    end if;
    if entry.status operator(pg_catalog.<>) 'active' then
      if entry.status operator(pg_catalog.<>) 'read_only' then
        raise exception using errcode = 'RH403', message = 'the tenant is suspended';
      end if;
      ignored := pg_catalog.set_config('transaction_read_only', 'on', true);
    elsif pg_catalog.current_setting('transaction_read_only') operator(pg_catalog.=) 'on' then
      perform rowhouse.reset_read_only();
    end if;
    if pg_catalog.current_setting('bytea_output') operator(pg_catalog.<>) 'hex' then
      ignored := pg_catalog.set_config('bytea_output', 'hex', true);
    end if;
    if pg_catalog.current_setting('DateStyle') operator(pg_catalog.!~~) 'ISO%' then
      ignored := pg_catalog.set_config('DateStyle', 'ISO', true);
    end if;

    ignored := pg_catalog.set_config('statement_timeout', entry.statement_timeout, true)
      operator(pg_catalog.||) pg_catalog.set_config('search_path',
        '"' operator(pg_catalog.||) entered_schema operator(pg_catalog.||) '", pg_temp', true)
      operator(pg_catalog.||) pg_catalog.set_config('role', entry.role_name, true);
    return entered_schema;
  end
  $$`;

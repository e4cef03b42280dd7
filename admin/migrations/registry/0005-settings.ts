// Makes an entry reset every setting that earlier clients left on a pooled connection: a setting of a shared session
// decides what a literal, an operator or a write means for the next tenant.

import type { RegistryMigration } from "../registry-migrations.ts";

/** Replaces the function of an entry, and drops the helper that did a part of this. */
export const up: RegistryMigration = async (sql) => {
  await sql(ENTER_TENANT);
  await sql(`drop function rowhouse.reset_read_only()`);
};

// Every name, operator and type is qualified: the session's search_path decides nothing here.
//
// RESET ALL gives every setting, those of extensions included, the value that the server, the database and the role
// were configured with; measured, it costs less than looking at a dozen of them. The whole message has been lexed by
// then: the settings that affect lexing must have been right before. The two that a pooler sets for each of its clients
// stay, since the pooler assumes that they do. A session that was left read-only stays so for this message.
//
// Settings whose configured value may change literals or results are then corrected. The last settings are made
// in one expression, because each later one would be planned again under the tenant's search_path; the role comes
// last, because from then on the tenant's role is asked.
const ENTER_TENANT = `
  create or replace function rowhouse.enter_tenant(hosts text[]) returns text
  language plpgsql volatile parallel unsafe security invoker
  as $$
  declare
    entry pg_catalog.text[];
    entered_schema pg_catalog.text;
    application pg_catalog.text := pg_catalog.current_setting('application_name');
    ignored pg_catalog.text;
  begin
    if pg_catalog.current_setting('role') operator(pg_catalog.<>) 'none' then
      raise exception using errcode = '42501', message = 'a tenant is entered already';
    end if;
    if pg_catalog.current_setting('standard_conforming_strings') operator(pg_catalog.<>) 'on'
      or pg_catalog.current_setting('client_encoding') operator(pg_catalog.<>) 'UTF8'
    then
      raise exception using errcode = 'RH500',
        message = 'standard_conforming_strings must be on and client_encoding UTF8';
    end if;
    reset all;
    if pg_catalog.current_setting('application_name') operator(pg_catalog.<>) application
      or pg_catalog.current_setting('client_encoding') operator(pg_catalog.<>) 'UTF8'
    then
      ignored := pg_catalog.set_config('application_name', application, false)
        operator(pg_catalog.||) pg_catalog.set_config('client_encoding', 'UTF8', false);
    end if;
    if pg_catalog.current_setting('transform_null_equals') operator(pg_catalog.<>) 'off'
      or pg_catalog.current_setting('array_nulls') operator(pg_catalog.<>) 'on'
      or pg_catalog.current_setting('bytea_output') operator(pg_catalog.<>) 'hex'
      or pg_catalog.current_setting('DateStyle') operator(pg_catalog.!~~) 'ISO%'
      or pg_catalog.current_setting('extra_float_digits') operator(pg_catalog.<>) '1'
    then
      ignored := pg_catalog.set_config('transform_null_equals', 'off', true)
        operator(pg_catalog.||) pg_catalog.set_config('array_nulls', 'on', true)
        operator(pg_catalog.||) pg_catalog.set_config('bytea_output', 'hex', true)
        operator(pg_catalog.||) pg_catalog.set_config('DateStyle', 'ISO', true)
        operator(pg_catalog.||) pg_catalog.set_config('extra_float_digits', '1', true);
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

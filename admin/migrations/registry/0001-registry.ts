// The registry: the tenants, their hosts, and the only entry to a tenant's schema.

import type { RegistryMigration } from "../registry-migrations.ts";

/** Creates the schema "rowhouse" with its tables and functions. */
export const up: RegistryMigration = async (sql) => {
  await sql(`create schema rowhouse`);
  await sql(`
    create table rowhouse.registry_migration (
      name text primary key,
      applied_at timestamptz not null default now()
    )`);
  await sql(`
    create table rowhouse.installation (
      only_row boolean primary key default true check (only_row),
      service_role text not null,
      tenant_roles boolean not null
    )`);
  await sql(`
    create table rowhouse.tenant (
      schema_name text primary key check (schema_name ~ '^[a-z_][a-z0-9_]{0,47}$'),
      role_name text not null,
      status text not null default 'active' check (status in ('active', 'read_only', 'suspended')),
      version integer not null default 0 check (version >= 0),
      statement_timeout_ms integer not null default 10000
        check (statement_timeout_ms between 1 and 86400000),
      created_at timestamptz not null default now(),
      unique (schema_name, role_name, status, statement_timeout_ms)
    )`);
  // The host's row holds everything that an entry needs. The foreign key keeps these copies equal: PostgreSQL
  // changes them with the tenant, in the same transaction, and does not accept other values.
  await sql(`
    create table rowhouse.domain (
      host text primary key,
      schema_name text not null,
      role_name text not null,
      status text not null,
      statement_timeout_ms integer not null,
      foreign key (schema_name, role_name, status, statement_timeout_ms)
        references rowhouse.tenant (schema_name, role_name, status, statement_timeout_ms)
        on update cascade
    )`);
  await sql(`create index domain_tenant on rowhouse.domain (schema_name)`);
  await sql(RESOLVE_HOST);
  await sql(RESET_READ_ONLY);
  await sql(ENTER_TENANT);
  await sql(`revoke all on function rowhouse.resolve_host(text[]) from public`);
  await sql(`revoke all on function rowhouse.reset_read_only() from public`);
  await sql(`revoke all on function rowhouse.enter_tenant(text[]) from public`);
};

// Runs as the registry's owner, so that the service role can resolve a host that it knows and read
// nothing else. https://www.postgresql.org/docs/current/sql-createfunction.html#SQL-CREATEFUNCTION-SECURITY
const RESOLVE_HOST = `
  create function rowhouse.resolve_host(
    hosts text[],
    out schema_name text, out role_name text, out status text, out statement_timeout text
  )
  language plpgsql stable parallel restricted security definer
  set search_path = pg_catalog, pg_temp
  as $$
  declare
    candidate text;
  begin
    foreach candidate in array hosts loop
      select d.schema_name, d.role_name, d.status, d.statement_timeout_ms::text
        into schema_name, role_name, status, statement_timeout
        from rowhouse.domain as d where d.host = candidate;
      if found then
        return;
      end if;
    end loop;
  end
  $$`;

// A session that earlier SQL has left read-only becomes writable again with the next message that succeeds.
// A database or role that was set read-only on purpose stays so.
const RESET_READ_ONLY = `
  create function rowhouse.reset_read_only() returns void
  language plpgsql volatile security invoker
  set search_path = pg_catalog, pg_temp
  as $$
  begin
    if exists (
      select from pg_settings where name = 'default_transaction_read_only' and source = 'session'
    ) then
      reset default_transaction_read_only;
    end if;
  end
  $$`;

// Every name, operator and type is qualified: the session's search_path decides nothing here. The last
// settings are made in one expression, because each later one would be planned again under the
// tenant's search_path; the role comes last, because from then on the tenant's role is asked.
const ENTER_TENANT = `
  create function rowhouse.enter_tenant(hosts text[]) returns text
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

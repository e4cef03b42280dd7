// The text of `rowhouse.enter_tenant`, the only entry to a tenant's schema. The shared schemas stand in this text, so that
// a message does not look them up: init-db replaces the function whenever its text differs.

import type { Transaction } from "sequelize";
import { literal } from "../../src/sql/literal.ts";
import { query } from "../registry/registry.ts";
import { pathBehind } from "./search-path.ts";

/**
 * Replaces the entry if its text is not the one of this version and these shared schemas. Messages that run
 * meanwhile end with the old text; its privileges stay.
 * @returns whether it replaced the entry
 */
export async function writeEntry(
  transaction: Transaction,
  sharedSchemas: readonly string[],
): Promise<boolean> {
  if (await isEntryCurrent(transaction, sharedSchemas)) return false;
  const body = entryBody(sharedSchemas);
  let tag = "$entry$";
  while (body.includes(tag)) tag = tag.replace("$", "$_");
  await query(
    transaction,
    `create or replace function rowhouse.enter_tenant(hosts text[]) returns text
     language plpgsql volatile parallel unsafe security invoker as ${tag}${body}${tag}`,
  );
  return true;
}

/** Returns whether the entry in the database has the text of this version and these shared schemas. */
export async function isEntryCurrent(
  transaction: Transaction,
  sharedSchemas: readonly string[],
): Promise<boolean> {
  const rows = await query(
    transaction,
    "select from pg_catalog.pg_proc where oid = to_regprocedure('rowhouse.enter_tenant(text[])') and prosrc = $1",
    [entryBody(sharedSchemas)],
  );
  return rows.length > 0;
}

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
const entryBody = (sharedSchemas: readonly string[]): string => `
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
      '"' operator(pg_catalog.||) entered_schema operator(pg_catalog.||) ${literal(`"${pathBehind(sharedSchemas)}`, "path")}, true)
    operator(pg_catalog.||) pg_catalog.set_config('role', entry[2], true);
  return entered_schema;
end
`;

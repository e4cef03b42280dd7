// The texts of `rowhouse.enter_tenant`, `enter_schema` and `enter_shared`, the only entries to schemas. The shared schemas
// stand in these texts, so that a message does not look them up: init-db replaces a function whenever its text differs.

import { literal } from "../../src/sql/literal.ts";
import { query } from "../registry/registry.ts";
import { pathBehind } from "./search-path.ts";
import type { Transaction } from "../registry/connection/transaction-client.ts";

/** What the texts of the entries depend on. */
export interface EntryNeeds {
  /** In the order of the search_path. */
  readonly sharedSchemas: readonly string[];
  /** The role of messages without a tenant, as readSharedRole gives it. */
  readonly sharedRole: string;
}

/** The entries, as GRANT names them. */
export const ENTRIES = ["enter_tenant(text[])", "enter_schema(text)", "enter_shared()"] as const;

/**
 * Replaces each entry whose text is not the one of this version and these needs. Messages that run meanwhile end with
 * the old text; privileges stay.
 */
export async function writeEntries(transaction: Transaction, needs: EntryNeeds): Promise<void> {
  for (const entry of await findOldEntries(transaction, needs)) {
    const body = bodyOf(entry, needs);
    let tag = "$entry$";
    while (body.includes(tag)) tag = tag.replace("$", "$_");
    await query(
      transaction,
      `create or replace function rowhouse.${HEADS[entry]} returns text
       language plpgsql volatile parallel unsafe security invoker as ${tag}${body}${tag}`,
    );
    await query(transaction, `revoke all on function rowhouse.${entry} from public`);
  }
}

/** Finds the entries whose text in the database is not the one of this version and these needs. */
export async function findOldEntries(
  transaction: Transaction,
  needs: EntryNeeds,
): Promise<readonly (typeof ENTRIES)[number][]> {
  const rows = await query<{ text: string }>(
    transaction,
    `select p.prosrc as text from pg_catalog.pg_proc as p
      where p.oid in (select to_regprocedure('rowhouse.' || name) from unnest($1::text[]) as name)`,
    [ENTRIES],
  );
  return ENTRIES.filter((entry) => !rows.some(({ text }) => text === bodyOf(entry, needs)));
}

const HEADS: Readonly<Record<(typeof ENTRIES)[number], string>> = {
  "enter_tenant(text[])": "enter_tenant(hosts text[])",
  "enter_schema(text)": "enter_schema(wanted text)",
  "enter_shared()": "enter_shared()",
};

function bodyOf(entry: (typeof ENTRIES)[number], needs: EntryNeeds): string {
  if (entry === "enter_shared()") return sharedBody(needs);
  return entry === "enter_schema(text)"
    ? tenantBody(needs, "rowhouse.resolve_schema(wanted)", "no tenant has this schema")
    : tenantBody(needs, "rowhouse.resolve_host(hosts)", "no tenant has this host");
}

// Every name, operator and type is qualified: the session's search_path decides nothing here.
//
// RESET ALL gives every setting, those of extensions included, the value that the server, the database and the role
// were configured with; measured, it costs less than looking at a dozen of them. The whole message has been lexed by
// then: the settings that affect lexing must have been right before. The two that a pooler sets for each of its clients
// stay, since the pooler assumes that they do. A session that was left read-only stays so for this message.
//
// Settings whose configured value may change literals or results are then corrected.
const CLEAN_SESSION = `
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
`;

// All settings are made in one expression, because a later one would be planned again under the tenant's search_path, in
// each message; so would what RETURN computes, and a variable is not computed. The role comes last, because from then on
// the tenant's role is asked. Operators are evaluated from the left.
const settleAndReturn = (result: string, ...settings: readonly string[]): string => `
  entered := case when ${settings.join(`
    operator(pg_catalog.||) `)} is not null
    then ${result} end;
  return entered;
end
`;

const set = (name: string, value: string): string =>
  `pg_catalog.set_config('${name}', ${value}, true)`;

const tenantBody = ({ sharedSchemas }: EntryNeeds, resolution: string, problem: string): string => `
declare
  entry pg_catalog.text[];
  application pg_catalog.text := pg_catalog.current_setting('application_name');
  ignored pg_catalog.text;
  entered pg_catalog.text;
begin${CLEAN_SESSION}
  entry := ${resolution};
  if (entry[3] operator(pg_catalog.=) 'active') is not true then
    if entry is null then
      raise exception using errcode = 'RH404', message = '${problem}';
    end if;
    if entry[6] is not null then
      raise exception using errcode = 'RH301', message = 'the tenant is in another database',
        detail = entry[6], hint = entry[5];
    end if;
    if (entry[3] operator(pg_catalog.=) 'read_only') is not true then
      raise exception using errcode = 'RH403', message = 'the tenant is suspended';
    end if;
    ignored := ${set("transaction_read_only", "'on'")};
  end if;
${settleAndReturn(
  "entry[5]",
  set("statement_timeout", "entry[4]"),
  set(
    "search_path",
    `'"' operator(pg_catalog.||) entry[1] operator(pg_catalog.||) ${literal(`"${pathBehind(sharedSchemas)}`, "path")}`,
  ),
  set("role", "entry[2]"),
)}`;

// As strict as a tenant that is read-only and has no schema. The role may do only what PUBLIC may.
const sharedBody = ({ sharedSchemas, sharedRole }: EntryNeeds): string => `
declare
  application pg_catalog.text := pg_catalog.current_setting('application_name');
  ignored pg_catalog.text;
  entered pg_catalog.text;
begin${CLEAN_SESSION}${settleAndReturn(
  "''",
  set("transaction_read_only", "'on'"),
  set("statement_timeout", "'10000'"),
  set("search_path", literal(pathBehind(sharedSchemas).slice(2), "path")),
  set("role", literal(sharedRole, "role")),
)}`;

// What SQL of a tenant's could try in order to cross, beside what privileges.test.ts has, and what comes of it.
// $OTHER is another tenant's role, $ROLE its own, $SERVICE the service role, $BACKEND a session of another tenant,
// $LARGE a large object that is not its own.

/** SQL that PostgreSQL refuses with this SQLSTATE, by what it is about. */
export const REFUSED: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  "another schema": {
    "select * from other.data": "42501",
    "select 'other.data'::regclass": "42501",
    "select to_regclass('other.data')": "42501",
    "select has_table_privilege('other.data', 'select')": "42501",
    "select pg_total_relation_size('other.data')": "42501",
    "select schema_to_xml('other', true, true, '')": "42501",
    "select table_to_xml('other.data', true, true, '')": "42501",
    "lock table other.data in access share mode": "42501",
    "select * from pg_statistic": "42501",
  },
  "the registry": {
    "select pg_get_functiondef('rowhouse.enter_tenant(text[])'::regprocedure)": "42501",
    "lock table rowhouse.tenant": "42501",
  },
  "files and programs": {
    "select pg_read_binary_file('PG_VERSION')": "42501",
    "select pg_stat_file('PG_VERSION')": "42501",
    "select * from pg_ls_dir('.')": "42501",
    "select * from pg_ls_logdir()": "42501",
    "select lo_import('PG_VERSION')": "42501",
    "select lo_export(1, 'file')": "42501",
    "copy data to 'file'": "42501",
    "copy data from 'file'": "42501",
    "copy data to program 'true'": "42501",
    "load 'plpgsql'": "42501",
    "select current_setting('data_directory')": "42501",
  },
  roles: {
    "set session authorization postgres": "42501",
    "select * from pg_authid": "42501",
    "select passwd from pg_shadow": "42501",
    "alter role \"$SERVICE\" password 'x'": "42501",
    'alter role "$SERVICE" set search_path to other': "42501",
    'grant "$OTHER" to "$ROLE"': "42501",
    'grant "$SERVICE" to "$ROLE"': "42501",
    'alter role "$ROLE" login': "42501",
    "alter role \"$OTHER\" password 'x'": "42501",
  },
  settings: {
    "select query_to_xml('select set_config(''role'', ''none'', true)', true, true, '')": "42501",
    "select query_to_xml('set local role none', true, true, '')": "42501",
    "do $$ begin perform set_config('role', 'none', true); end $$": "42501",
    "alter database $DATABASE set search_path to other": "42501",
    "select pg_reload_conf()": "42501",
  },
  "what would stay": {
    "create temporary sequence s": "42501",
    "create type pg_temp.record as (a int)": "42501",
    "create function pg_temp.lower(text) returns text return 'x'": "42501",
    "create operator pg_temp.= (leftarg = int, rightarg = int, function = int4eq)": "42501",
    "create cast (int as text) with inout": "42501",
    "create table acme.t ()": "42501",
    "create table other.t ()": "42501",
    "create table rowhouse.t ()": "42501",
    "create table pg_catalog.t ()": "42501",
    "create table information_schema.t ()": "42501",
    "create view v as select 1": "42501",
    "create rule r as on insert to data do also nothing": "42501",
    "create trigger t before insert on data execute function suppress_redundant_updates_trigger()":
      "42501",
    "create policy p on data": "42501",
    "create domain d as int": "42501",
    "create event trigger e on ddl_command_start execute function suppress_redundant_updates_trigger()":
      "42501",
    "create publication p": "42501",
    "create extension dblink": "42501",
    "create extension postgres_fdw": "42501",
    "update pg_class set relowner = 0 where false": "42501",
    "delete from pg_proc where false": "42501",
    "prepare transaction 'x'": "55000",
  },
  "functions that are taken from PUBLIC": {
    "select lo_create(0)": "42501",
    "select lo_from_bytea(0, 'a')": "42501",
    "select pg_try_advisory_lock(1)": "42501",
    "select pg_advisory_unlock_all()": "42501",
    "select setseed(0.5)": "42501",
    "select query_to_xml('select 1', true, true, '')": "42501",
    "select query_to_xmlschema('select 1', true, true, '')": "42501",
    "select cursor_to_xml('c', 1, true, true, '')": "42501",
    "select * from ts_stat('select to_tsvector(''a'')')": "42501",
    "select ts_rewrite('a'::tsquery, 'select ''a''::tsquery, ''b''::tsquery')": "42501",
  },
  "other sessions": {
    "select pg_terminate_backend($BACKEND)": "42501",
    "select pg_cancel_backend($BACKEND)": "42501",
    "select pg_log_backend_memory_contexts($BACKEND)": "42501",
    "select pg_stat_reset()": "42501",
    "select lo_get($LARGE)": "42501",
    "select lo_unlink($LARGE)": "42501",
    "select * from pg_largeobject": "42501",
    "select lastval()": "55000",
  },
};

/** SQL that PostgreSQL does not refuse, and the lexer does: what it would do is shown by the rows of its last query. */
export const UNREFUSED: Readonly<Record<string, unknown>> = {
  "reset role; select current_user = session_user as v": true,
  "set local role none; select current_user = session_user as v": true,
  'set local role "$OTHER"; select value as v from other.data': 20,
  "set session authorization default; select current_user = session_user as v": true,
  "do $$ begin set local role none; end $$; select current_user = session_user as v": true,
  "commit; select current_user = session_user as v": true,
  "rollback; select current_user = session_user as v": true,
  "set local search_path to other; select current_setting('search_path') as v": "other",
  "set local statement_timeout = 0; select current_setting('statement_timeout') as v": "0",
  "prepare q as select 1; select name as v from pg_prepared_statements": "q",
  "declare c cursor with hold for select 1; select name as v from pg_cursors": "c",
  "listen x; select 1 as v": 1,
  "alter role current_user password 'x'; select 1 as v": 1,
  "alter role current_user set search_path to other; select 1 as v": 1,
  "drop owned by current_user; select 1 as v": 1,
  "lock table data; select mode as v from pg_locks where relation = 'data'::regclass":
    "AccessExclusiveLock",
};

/** SQL that neither refuses. */
export const ADMITTED: Readonly<Record<string, unknown>> = {
  // Names, columns, sizes and counts are in catalogs that everybody may read.
  "select nspname as v from pg_namespace where nspname = 'other'": "other",
  "select rolname as v from pg_roles where rolname = '$OTHER'": "$OTHER",
  "select 'other'::regnamespace::text as v": "other",
  "select attname as v from pg_attribute as a join pg_class as c on c.oid = attrelid join pg_namespace as n on n.oid = relnamespace where nspname = 'other' and relname = 'data' and attnum = 1":
    "key",
  "select (pg_relation_size(c.oid) > 0) as v from pg_class as c join pg_namespace as n on n.oid = relnamespace where nspname = 'other' and relname = 'data'": true,
  // Rows, most common values and running statements are not.
  "select count(*)::int as v from pg_stats where schemaname = 'other'": 0,
  "select count(*)::int as v from pg_stat_activity where pid = $BACKEND and query <> '<insufficient privilege>'": 0,
  // All tenants have one space of advisory keys and of channels.
  "select pg_try_advisory_xact_lock(pg_catalog.hashtextextended('rowhouse tenant other', 0)) as v": true,
  "select pg_notify('x', 'y')::text as v": "",
  // Text that runs as SQL runs as the tenant's role.
  "select (table_to_xml('data', true, true, '')::text like '%10%') as v": true,
};

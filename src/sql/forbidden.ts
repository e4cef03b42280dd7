// The names and functions that a tenant's statement must not use. This is the second line of defence: the database
// decides what a tenant may execute.

// Functions that change what enter_tenant has set, run text as SQL, hold a lock or set something for longer than the
// message, or keep data outside every schema. The lexer rejects only their calls: a column may have such a name.
// https://www.postgresql.org/docs/current/functions-admin.html, …/lo-funcs.html, …/functions-xml.html
const FORBIDDEN_CALLS = new Set([
  ...["set_config", "setseed", "ts_stat", "ts_rewrite"],
  ...["enter_tenant", "enter_schema", "enter_shared", "resolve_host", "resolve_schema"],
  ...["query_to_xml", "query_to_xmlschema", "query_to_xml_and_xmlschema"],
  ...["cursor_to_xml", "cursor_to_xmlschema"],
  ...["pg_advisory_lock", "pg_advisory_lock_shared", "pg_try_advisory_lock"],
  ...["pg_try_advisory_lock_shared", "pg_advisory_unlock", "pg_advisory_unlock_shared"],
  "pg_advisory_unlock_all",
  ...["lo_creat", "lo_create", "lo_unlink", "lo_import", "lo_export", "lo_open", "lo_close"],
  ...["lo_lseek", "lo_lseek64", "lo_tell", "lo_tell64", "lo_truncate", "lo_truncate64"],
  ...["lo_get", "lo_put", "lo_from_bytea", "loread", "lowrite"],
  // Of extensions that come with PostgreSQL: https://www.postgresql.org/docs/current/contrib.html
  ...["crosstab", "crosstab2", "crosstab3", "crosstab4", "crosstabn", "connectby", "normal_rand"],
  ...["dblink", "dblink_connect", "dblink_connect_u", "dblink_exec", "dblink_open", "dblink_fetch"],
  ...["dblink_send_query", "dblink_get_result", "dblink_close", "dblink_disconnect"],
  ...["xpath_table", "set_limit", "xslt_process"],
  // Of Citus: they run text on a node, or copy the result of a text.
  ...["master_run_on_worker", "worker_partition_query_result"],
  ...["worker_create_or_replace_object", "worker_create_or_replace_object_all"],
  ...["worker_apply_shard_ddl_command", "worker_apply_inter_shard_ddl_command"],
  ...["worker_apply_sequence_command", "worker_save_query_explain_analyze"],
  ...["create_intermediate_result", "broadcast_intermediate_result", "fetch_intermediate_results"],
]);
// Citus changes the cluster by functions with these names, and runs text on every node by the first. A worker calls them
// with the privileges that PUBLIC has there: https://docs.citusdata.com/en/stable/develop/api_udf.html
const FORBIDDEN_PREFIX = /^(?:run_command_on_|citus_)/;
// A view through which a statement can change settings.
const FORBIDDEN_NAMES = new Set(["pg_settings"]);

/** Whether a name is forbidden anywhere in a statement. */
export function isForbiddenName(name: string): boolean {
  return FORBIDDEN_NAMES.has(name.toLowerCase());
}

/** Whether a statement must not call a function of this name, in any schema. */
export function isForbiddenCall(name: string): boolean {
  const lower = name.toLowerCase();
  return FORBIDDEN_CALLS.has(lower) || FORBIDDEN_PREFIX.test(lower);
}

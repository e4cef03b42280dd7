// What Rowhouse sees of Citus, without Citus: its extension, catalogs and functions by name, and event triggers that do
// what Citus does with schemas and tables. The answers are those of a cluster of version 13.2 with two workers.

import type { Cluster } from "../../../admin/citus/cluster.ts";
import { runAsAdmin } from "./server.ts";

/** The size that the fake gives each distributed table. */
export const SHARD_BYTES = 7_340_032;

/** Makes a database look like the coordinator's. */
export async function plantCitus(database: string): Promise<void> {
  await runAsAdmin(database, [
    "set allow_system_table_mods = on",
    `insert into pg_extension (oid, extname, extowner, extnamespace, extrelocatable, extversion)
       select 9999, 'citus', oid, 'pg_catalog'::regnamespace, false, '13.2-1' from pg_roles
        where rolname = current_user`,
    "create table pg_catalog.pg_dist_local_group (groupid int primary key)",
    "insert into pg_catalog.pg_dist_local_group values (0)",
    "create table pg_catalog.pg_dist_node (nodename text, nodeport int, isactive bool, noderole text)",
    "create table pg_catalog.pg_dist_schema (schemaid oid primary key)",
    "create table pg_catalog.pg_dist_partition (logicalrelid regclass primary key)",
    `create view pg_catalog.citus_shards as
       select logicalrelid as table_name, ${SHARD_BYTES}::bigint as shard_size from pg_catalog.pg_dist_partition`,
    ...["citus_table_size", "citus_total_relation_size"].map(
      (name) =>
        `create function pg_catalog.${name}(regclass, bool) returns bigint language sql as 'select ${SHARD_BYTES}'`,
    ),
    "create schema citus_internal",
    "create table citus_internal.answer (nodename text, nodeport int, success bool, result text)",
    `create function pg_catalog.run_command_on_workers(command text, parallel bool default true, out nodename text,
         out nodeport int, out success bool, out result text) returns setof record language sql
       as 'select * from citus_internal.answer'`,
    `insert into pg_depend select classid, objid, 0, 'pg_extension'::regclass, 9999, 0, 'e' from (values
         ('pg_proc'::regclass, 'pg_catalog.run_command_on_workers(text, bool)'::regprocedure::oid),
         ('pg_namespace'::regclass, 'citus_internal'::regnamespace::oid)) as owned (classid, objid)`,
    // What DDL has reached the other nodes.
    "create table citus_internal.propagated (tag text, identity text)",
    `create function citus_internal.follow() returns event_trigger language plpgsql as $$
       declare
         made record;
       begin
         if current_setting('citus.enable_ddl_propagation', true) = 'off' then
           return;
         end if;
         for made in select * from pg_event_trigger_ddl_commands() where command_tag <> 'CREATE INDEX' loop
           insert into citus_internal.propagated values (made.command_tag, made.object_identity);
           if made.command_tag = 'CREATE SCHEMA'
               and current_setting('citus.enable_schema_based_sharding', true) = 'on' then
             insert into pg_catalog.pg_dist_schema values (made.objid);
           elsif made.command_tag = 'CREATE TABLE' and exists (
               select from pg_catalog.pg_dist_schema where schemaid = made.schema_name::regnamespace) then
             insert into pg_catalog.pg_dist_partition values (made.objid);
           end if;
         end loop;
       end $$`,
    `create event trigger fake_citus on ddl_command_end when tag in ('CREATE SCHEMA', 'CREATE TABLE')
       execute function citus_internal.follow()`,
  ]);
}

/** A cluster in order. */
export const SOUND: Cluster = {
  version: "13.2-1",
  groupId: 0,
  tenantRoles: false,
  tenants: 50,
  clients: 100,
  local: [],
  disabled: [],
  workers: [
    { name: "worker-1:5432", maxConnections: 100, directSessions: 0 },
    { name: "worker-2:5432", maxConnections: 100, directSessions: 0 },
  ],
};
